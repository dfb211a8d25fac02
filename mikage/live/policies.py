"""Who hears what: a stream is its person's alone, a topic is for those who may use its function, and a
change of a board reaches those whom its audience names today. Everybody else receives nothing at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from mikage.access.actor import Actor
from mikage.access.rights import CHANNEL as RIGHTS_CHANNEL
from mikage.access.rights import rights_version
from mikage.identity import policies as identity
from mikage.identity.sessions import SessionStore, live_sessions
from mikage.kernel import clock
from mikage.live.live import is_subject, topics

SESSION_CHANNEL = "mikage_session"
MOST_SUBJECTS = 400

__all__ = [
    "RIGHTS_CHANNEL",
    "SESSION_CHANNEL",
    "Pulse",
    "may_hear",
    "may_watch",
    "position",
    "pulse",
    "reaches",
    "renewed",
    "watched",
    "who_asks",
]


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the hub looks at every few seconds: the state of rights, and which of its sessions live."""

    rights: tuple[int, date]
    live_sessions: frozenset[str]


def watched(asked: Iterable[str]) -> dict[str, frozenset[str]]:
    """What a page asks to watch: ``schedule/person:12,person:13``. Raises ValueError for anything else."""
    found: dict[str, frozenset[str]] = {}
    for each in asked:
        topic, slash, names = each.partition("/")
        subjects = frozenset(names.split(","))
        if not slash or not all(is_subject(subject) for subject in subjects):
            raise ValueError("not a topic with subjects")
        found[topic] = found.get(topic, frozenset()) | subjects
    if sum(len(subjects) for subjects in found.values()) > MOST_SUBJECTS:
        raise ValueError("too many subjects")
    return found


def may_hear(actor: Actor, topic: str) -> bool:
    """A topic is heard by those who may use its function; one that no room declares, by nobody (A-04)."""
    function = topics().get(topic)
    return function is not None and actor.may(function)


def may_watch(actor: Actor, watches: Mapping[str, object]) -> bool:
    """A page watches only what its person may use."""
    return all(may_hear(actor, topic) for topic in watches)


def reaches(actor: Actor, topic: str, audience: frozenset[str] | None) -> bool:
    """Whether a change is told to this actor; without an audience, to all who may use the function."""
    return may_hear(actor, topic) and (audience is None or not actor.keys.isdisjoint(audience))


def who_asks(session_key: str, terminal: str) -> Actor:
    """The person behind a session cookie, ANONYMOUS where there is none. Asking is no activity."""
    store = SessionStore(session_key or None)
    store.load()
    if store.row is None:
        return Actor(kind="anonymous", terminal=terminal)
    return identity.actor_for(store.row, rights_version=store.rights_version, terminal=terminal)


def position(actor: Actor) -> int:
    """Where the person's own stream stands: a page that shows this moment resumes from here."""
    if not actor.is_person:
        return 0
    # Every page asks this: a plain statement costs a tenth of the ORM's building of it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence FROM live_stream WHERE person_id = %s", [actor.person_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def pulse(session_ids: Iterable[str]) -> Pulse:
    """The state of rights and the sessions of these that still live, in two queries for any number."""
    return Pulse(
        rights=(rights_version(), clock.today()),
        live_sessions=frozenset(identity.live_session_ids(session_ids)),
    )


def renewed(actors: Sequence[Actor]) -> list[Actor | None]:
    """The same people with the rights of now; None where the session is over."""
    version = rights_version()
    asked = [actor.session_id for actor in actors]
    rows = live_sessions().filter(public_id__in=asked).select_related("account__person")
    by_id = {str(row.public_id): row for row in rows}
    return [
        identity.actor_for(by_id[actor.session_id], rights_version=version, terminal=actor.terminal)
        if actor.session_id in by_id
        else None
        for actor in actors
    ]
