"""The one way into the journal (A-05): who, when, from where, what, on which thing, with which outcome.

An operation is recorded inside its own transaction, so that it exists exactly when the change does.
What was refused, failed or merely read is recorded in a transaction of its own, on a connection of its
own with a bounded wait: a rollback cannot take it away, and a table that hangs cannot hang the city.
"""

import logging
import re
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
_CODE = re.compile(r"[\w.:+/@=,-]{0,60}", re.ASCII)
_UNKEEPABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


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
        "person_label": _kept(actor.name, 200),
        "organisation_id": actor.organisation_id,
        "organisation_label": _kept(actor.organisation_name, 200),
        "post_label": _kept(actor.post_name, 200),
        "terminal": _kept(actor.terminal, 64),
        "plane": actor.plane,
        "strength": actor.strength,
    }


def _kept(text: str, length: int) -> str:
    """The text as a table can keep it: a control character must not cost the record (TR-A18)."""
    return _UNKEEPABLE.sub("\ufffd", text)[:length]


def _target(target: models.Model | None) -> dict[str, str]:
    if target is None:
        return {"target_kind": "", "target_id": ""}
    return {"target_kind": target._meta.label_lower[:60], "target_id": _kept(str(target.pk), 64)}


def _details(details: Mapping[str, Detail] | None) -> dict[str, Detail]:
    """Counts, switches, ids and codes: nothing a person typed. A text with a space is content."""
    checked: dict[str, Detail] = {}
    for name, value in (details or {}).items():
        is_code = isinstance(value, str) and _CODE.fullmatch(value) is not None
        if not (is_code or isinstance(value, int)):
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
            method=_kept(method, 10),
            view=_kept(view, 100),
            target=_kept(target, 200),
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

    One failure pauses the attempts for a few seconds, and after the pause one attempt alone tries again:
    a log that hangs for a minute then costs one request in five seconds half a second, not every request
    (TR-A2). What was missed is itself recorded, as a number, as soon as writing works again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paused_until = 0.0
        self._missed = 0

    def write(self, row: Record | Access) -> bool:
        if not self._may_try():
            return False
        try:
            _insert(row)
        except DatabaseError as error:
            self._pause(error)
            return False
        missed = self._recovered()
        if missed:
            self._tell_missed(missed)
        return True

    def _may_try(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now < self._paused_until:
                self._missed += 1
                return False
            if self._paused_until:
                # The first after a pause tries for all: the others must not wait beside it.
                self._paused_until = now + PAUSE_SECONDS
            return True

    def _recovered(self) -> int:
        """Writing works; returns how many records were missed while it did not."""
        with self._lock:
            self._paused_until = 0.0
            missed, self._missed = self._missed, 0
            return missed

    def _pause(self, error: DatabaseError, missed: int = 1) -> None:
        with self._lock:
            self._missed += missed
            self._paused_until = time.monotonic() + PAUSE_SECONDS
        logger.error(
            "the journal cannot be written (%s); next attempt in %s s", type(error).__name__, PAUSE_SECONDS
        )
        connections["journal"].close()

    def _tell_missed(self, missed: int) -> None:
        row = Record(
            at=clock.now(),
            actor_kind="system",
            action="journal.request.missed",
            outcome=Outcome.FAILED,
            details={"missed": missed},
        )
        try:
            _insert(row)
        except DatabaseError as error:
            # The other table may hang while the first one works: the number is kept for later.
            self._pause(error, missed)

    def reset(self) -> None:
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


def forget_pauses() -> None:
    """Try again at once, with a count of nothing (a new process, a new test)."""
    _writer.reset()
