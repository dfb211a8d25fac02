"""The one way in: an operation says for whom, or on which board, something changed.

Both calls speak inside the transaction of the operation: the database delivers at the commit and never
after a rollback, and nothing durable waits for a callback that a dying process would forget (TR-J8).
"""

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from django.apps import apps
from django.db import connection
from django.db.transaction import TransactionManagementError

from mikage.access import keys
from mikage.kernel import clock

CHANNEL = "mikage_live"
# PostgreSQL refuses a notification of 8,000 bytes or more.
PAYLOAD_BYTES = 7_600
PEOPLE_PER_NOTICE = 150
_SUBJECT = re.compile(r"[a-z]{2,20}:[1-9]\d{0,17}", re.ASCII)

_PING = """
WITH advanced AS (
    INSERT INTO live_stream (person_id, sequence)
    SELECT person_id, 1 FROM unnest(%(people)s::bigint[]) AS person_id ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET sequence = live_stream.sequence + 1
    RETURNING person_id, sequence
), stored AS (
    INSERT INTO live_stream_event (stream_id, sequence, topic, at)
    SELECT person_id, sequence, %(topic)s, %(at)s FROM advanced
), numbered AS (
    SELECT person_id, sequence, (row_number() OVER (ORDER BY person_id) - 1) / %(size)s AS part FROM advanced
)
SELECT pg_notify(%(channel)s, json_build_object(
    'ping', %(topic)s::text, 'people', json_agg(json_build_array(person_id, sequence)))::text)
FROM numbered GROUP BY part
"""

_NOTIFY = "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload"


class Undeclared(Exception):
    """A topic that no AppConfig declares, or a subject that is no id."""


@lru_cache(maxsize=1)
def topics() -> dict[str, str]:
    """Every topic with the function that opens it, as the rooms declare them in ``topics``."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        found.update(getattr(config, "topics", {}))
    return found


def is_subject(text: str) -> bool:
    """Whether the text names a thing one may watch: a kind and an id, never a name (TR-D13)."""
    return _SUBJECT.fullmatch(text) is not None


def ping(person_ids: Iterable[int], topic: str) -> None:
    """Something of this topic changed for these people: one numbered event in the stream of each.

    Name everybody in one call, and late in the operation: the streams are locked in the order of their
    ids until the commit. One statement, whatever the number of people.
    """
    people = sorted(set(person_ids))
    _demand(topic)
    if not people:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _PING,
            {
                "people": people,
                "topic": topic,
                "at": clock.now(),
                "size": PEOPLE_PER_NOTICE,
                "channel": CHANNEL,
            },
        )


def changed(topic: str, subjects: Iterable[str], *, audience: Iterable[str] | None = None) -> None:
    """The boards that show these subjects are no longer what the database says.

    It reaches those who watch one of the subjects, may use the function, and hold one of the ``audience``
    keys; without an audience, everybody who may use the function. Nothing is stored: who was away loads
    the board anew.
    """
    _demand(topic)
    named = sorted(set(subjects))
    if not all(is_subject(subject) for subject in named):
        raise Undeclared(f"not subjects: {named!r}")
    held = None if audience is None else keys.canonical(audience)
    if not named or held == []:
        return
    payloads = list(_payloads(topic, named, held))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [CHANNEL, payloads]
        )


def _demand(topic: str) -> None:
    """Only declared topics, and only inside a transaction: an event belongs to a change."""
    if topic not in topics():
        raise Undeclared(topic)
    if not connection.in_atomic_block:
        raise TransactionManagementError("live events are told inside the operation that caused them")


def _payloads(topic: str, subjects: list[str], audience: list[str] | None) -> Iterator[str]:
    """One notification where it fits; otherwise several that share a token, so that nobody is told twice."""
    whole: dict[str, object] = {"changed": topic, "subjects": subjects, "audience": audience}
    text = json.dumps(whole, separators=(",", ":"))
    if len(text) < PAYLOAD_BYTES:
        yield text
        return
    token = secrets.token_hex(4)
    for number, some_subjects in enumerate(_slices(subjects)):
        for some_keys in [None] if audience is None else _slices(audience):
            part = {"changed": topic, "subjects": some_subjects, "audience": some_keys}
            yield json.dumps(part | {"part": f"{token}.{number}"}, separators=(",", ":"))


def _slices(texts: Sequence[str]) -> Iterator[list[str]]:
    """Runs of texts that together fill less than half a notification."""
    # The longest key or subject is 41 characters, with quotes and comma 44.
    size = PAYLOAD_BYTES // 2 // 48
    for start in range(0, len(texts), size):
        yield list(texts[start : start + size])
