"""The one projection: what of an appointment reaches whom, decided in the database (SCH-19).

Every output reads appointments through it: boards, cards, the portal, search, print, streams. The text of
what somebody may not see never leaves the database, so that nothing above can show, count or log it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from mikage.access.actor import Actor


class Shown(NamedTuple):
    """The item of an appointment, for those for whom it exists.

    ``place`` is empty without the details. ``version`` is told only to those who may change it: it grows
    with every change, and would tell everybody else that something they may not see was changed.
    """

    entry_id: str
    title: str
    category: str
    mark: str
    colour: str
    is_away: bool
    is_all_day: bool
    is_important: bool
    is_tentative: bool
    place: str
    can_change: bool
    version: int


class Slot(NamedTuple):
    """A time somebody is busy. For whom the item does not exist, this is all there is: whose, start, end."""

    subject: str
    starts_at: datetime
    ends_at: datetime
    shown: Shown | None

    @property
    def is_busy_only(self) -> bool:
        return self.shown is None


_SLOTS = """
SELECT place.subject, extract(epoch FROM entry.starts_at)::float8, extract(epoch FROM entry.ends_at)::float8,
       CASE WHEN sees.item THEN entry.id::text END AS entry_id,
       CASE WHEN sees.item THEN CASE WHEN entry.title = '' THEN {name} ELSE entry.title END END,
       coalesce({name}, ''), coalesce(category.mark, ''), coalesce(category.colour, ''),
       coalesce(category.is_away, false),
       CASE WHEN sees.item THEN entry.is_all_day END,
       CASE WHEN sees.item THEN entry.importance = 'important' END,
       CASE WHEN sees.item THEN entry.is_tentative END,
       CASE WHEN sees.details THEN entry.place ELSE '' END,
       sees.can_change,
       CASE WHEN sees.can_change THEN entry.version ELSE 0 END
FROM (
    SELECT entry_id, 'person:' || person_id AS subject
    FROM schedule_participant WHERE person_id = ANY(%(people)s::bigint[])
    UNION ALL
    SELECT entry_id, 'org:' || organisation_id
    FROM schedule_participating_organisation WHERE organisation_id = ANY(%(organisations)s::bigint[])
) AS place
JOIN schedule_entry AS entry
  ON entry.id = place.entry_id AND entry.deleted_at IS NULL
 AND entry.starts_at < %(end)s AND entry.ends_at > %(start)s
CROSS JOIN LATERAL (
    SELECT entry.item_readers && %(keys)s::varchar[] AS item,
           entry.details_readers && %(keys)s::varchar[] AS details,
           entry.owner_id = %(me)s OR entry.id IN (
               SELECT own.entry_id FROM schedule_participant AS own WHERE own.person_id = %(me)s
           ) AS can_change
) AS sees
LEFT JOIN schedule_category AS category ON sees.item AND category.id = entry.category_id
ORDER BY place.subject, entry.starts_at, entry.ends_at, CASE WHEN sees.item THEN entry.id END
"""
_IN_JAPANESE, _IN_ENGLISH = (_SLOTS.format(name=name) for name in ("category.name", "category.english_name"))


def slots(
    actor: Actor,
    *,
    people: Iterable[int] = (),
    organisations: Iterable[int] = (),
    start: datetime,
    end: datetime,
    is_english: bool = False,
) -> list[Slot]:
    """Others learn of a hidden appointment its start and its end, and that somebody is busy (B-03, SCH-19).

    Ordered by whose it is, start and end; equal times by what the actor may see, never by what they may
    not. ``end`` is not included. One query, whatever the number of people.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _IN_ENGLISH if is_english else _IN_JAPANESE,
            {
                "people": list(people),
                "organisations": list(organisations),
                "keys": sorted(actor.keys),
                "me": actor.person_id,
                "start": start,
                "end": end,
            },
        )
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    # Most appointments share their hours: each moment is made once, which halves the cost of a board.
    moments = {second: datetime.fromtimestamp(second, UTC) for row in rows for second in row[1:3]}
    return [
        Slot(row[0], moments[row[1]], moments[row[2]], None if row[3] is None else Shown._make(row[3:]))
        for row in rows
    ]
