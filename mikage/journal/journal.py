"""The one way into the journal (A-05): who, when, from where, what, on which thing, with which outcome.

An operation is recorded inside its own transaction, so that it exists exactly when the change does.
What was refused, failed or merely read is recorded in a transaction of its own, on a connection of its
own with a bounded wait: a rollback cannot take it away, and a table that hangs cannot hang the city.
"""

import logging
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol, cast

from django.apps import apps
from django.db import DatabaseError, connections, models
from django.http import HttpRequest
from django.utils.functional import Promise
from psycopg import sql

from mikage.journal.choices import Outcome
from mikage.journal.models import Access, Record
from mikage.kernel import clock, operations

logger = logging.getLogger("mikage.journal")

# After a record could not be written, how long the next ones do not even try.
PAUSE_SECONDS = 5.0
Detail = int | bool | str
_CODE_LENGTH = 60


class Who(Protocol):
    """What the journal wants to know of an actor; `access.actor.Actor` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def organisation_name(self) -> str: ...
    @property
    def post_name(self) -> str: ...
    @property
    def terminal(self) -> str: ...
    @property
    def plane(self) -> str: ...
    @property
    def strength(self) -> str: ...
    @property
    def request_id(self) -> str: ...


class Acted(Protocol):
    """A request whose sign-in layer said who is acting."""

    @property
    def actor(self) -> Who: ...


class Undeclared(Exception):
    """An action code that no AppConfig declares with its sentence."""


@lru_cache(maxsize=1)
def actions() -> dict[str, str | Promise]:
    """Every action code with the sentence shown for it, as the rooms declare them."""
    found: dict[str, str | Promise] = {}
    for config in apps.get_app_configs():
        found.update(getattr(config, "actions", {}))
    return found


def who(actor: Who) -> dict[str, Any]:
    """The columns that say who acted, as they were at that moment."""
    return {
        "at": clock.now(),
        "request_id": uuid.UUID(actor.request_id) if actor.request_id else None,
        "actor_kind": actor.kind,
        "person_id": actor.person_id,
        "person_label": actor.name[:200],
        "organisation_id": actor.organisation_id,
        "organisation_label": actor.organisation_name[:200],
        "post_label": actor.post_name[:200],
        "terminal": actor.terminal[:64],
        "plane": actor.plane,
        "strength": actor.strength,
    }


def _target(target: models.Model | None) -> dict[str, str]:
    if target is None:
        return {"target_kind": "", "target_id": ""}
    return {"target_kind": target._meta.label_lower[:60], "target_id": str(target.pk)[:64]}


def _details(details: Mapping[str, Detail] | None) -> dict[str, Detail]:
    """Counts, switches, ids and codes: nothing a person typed. A text with a space is content."""
    checked: dict[str, Detail] = {}
    for name, value in (details or {}).items():
        if isinstance(value, str) and (len(value) > _CODE_LENGTH or not value.isascii() or " " in value):
            raise ValueError(f"journal detail {name!r} looks like content; keep codes and ids only")
        checked[name] = value
    return checked


def _declared(action: str) -> str:
    if action not in actions():
        raise Undeclared(action)
    return action


def record(
    actor: Who,
    action: str,
    target: models.Model | None = None,
    *,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Record what the running operation did to ``target``, in its transaction (A-05)."""
    Record.objects.create(
        **who(actor),
        **_target(target),
        action=_declared(action),
        outcome=Outcome.DONE,
        details=_details(details),
    )
    operations.note_record()


def record_all(
    actor: Who,
    action: str,
    targets: Iterable[models.Model],
    *,
    details: Mapping[str, Detail] | None = None,
) -> int:
    """Record a bulk change: one row for each thing it touched. Returns how many."""
    columns, checked, code = who(actor), _details(details), _declared(action)
    rows = [
        Record(**columns, **_target(target), action=code, outcome=Outcome.DONE, details=checked)
        for target in targets
    ]
    Record.objects.bulk_create(rows, batch_size=2_000)
    operations.note_record()
    return len(rows)


def record_attempt(actor: object, action: str, *, outcome: str, reason: str) -> None:
    """Record what was refused or failed, after its transaction was rolled back and outside of it."""
    _writer.write(Record(**who(cast(Who, actor)), action=_declared(action), outcome=outcome, reason=reason))


def record_access(
    actor: Who, *, action: str, method: str, view: str, target: str, status: int, microseconds: int
) -> bool:
    """Record one answered request or witnessed read; False when it could not be written in time."""
    return _writer.write(
        Access(
            **who(actor),
            action=action,
            method=method[:10],
            view=view[:100],
            target=target[:200],
            status=status,
            microseconds=min(microseconds, 2**31 - 1),
        )
    )


def witness(request: HttpRequest, action: str, target: str) -> bool:
    """The record of a read, written before its content leaves (`@witnessed`)."""
    match = request.resolver_match
    return record_access(
        cast(Acted, request).actor,
        action=_declared(action),
        method=request.method or "",
        view=match.view_name if match else "",
        target=target,
        status=0,
        microseconds=0,
    )


class _Writer:
    """Inserts on the journal's own connection, gives up within its bounded wait, and counts what it missed.

    One failure pauses the attempts for a few seconds: a log that hangs for a minute then costs one request
    in five seconds half a second, not every request (TR-A2). What was missed is itself recorded, as a
    number, as soon as writing works again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paused_until = 0.0
        self._missed = 0

    def write(self, row: Record | Access) -> bool:
        if time.monotonic() < self._paused_until:
            self._miss()
            return False
        try:
            _insert(row)
        except DatabaseError as error:
            self._pause(error)
            return False
        if self._missed:
            self._tell_missed(row)
        return True

    def _miss(self) -> None:
        with self._lock:
            self._missed += 1

    def _pause(self, error: DatabaseError) -> None:
        with self._lock:
            self._missed += 1
            self._paused_until = time.monotonic() + PAUSE_SECONDS
        logger.error(
            "the journal cannot be written (%s); next attempt in %s s", type(error).__name__, PAUSE_SECONDS
        )
        connections["journal"].close()

    def _tell_missed(self, row: Record | Access) -> None:
        with self._lock:
            missed, self._missed = self._missed, 0
        _insert(
            Record(
                at=row.at,
                actor_kind="system",
                action="journal.request.missed",
                outcome=Outcome.FAILED,
                details={"missed": missed},
            )
        )

    def reset(self) -> None:
        """Forget pauses and counts (a new process, a new test)."""
        with self._lock:
            self._paused_until, self._missed = 0.0, 0


@lru_cache(maxsize=4)
def _columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@lru_cache(maxsize=4)
def _statement(model: type[models.Model]) -> str:
    columns = _columns(model)
    return (
        sql.SQL("INSERT INTO {} ({}) VALUES ({})")
        .format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(sql.Identifier(field.attname) for field in columns),
            sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        )
        .as_string()
    )


def _insert(row: Record | Access) -> None:
    """Plain SQL: building the ORM's statement anew for every request would cost more than the insert."""
    connection = connections["journal"]
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection) for field in _columns(type(row))
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(row)), values)


_writer = _Writer()
