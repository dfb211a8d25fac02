"""What a change is: one transaction, one actor, at least one record in the journal, or nothing at all.

The kernel knows that records exist, not how they are kept: the journal, one floor up, tells
``note_record`` when it wrote one; the settings name its recorder for what was refused or failed.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")


class Refused(Exception):
    """The rule says no. The message is for the person, at the field that caused it where there is one."""

    def __init__(self, message: str | Promise, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Conflict(Refused):
    """Somebody else changed the thing first; what was typed is kept and shown again."""


class Unrecorded(Exception):
    """An operation wanted to commit without a record: a defect of the service, never of the person."""


class AttemptRecorder(Protocol):
    """Writes what was tried and did not happen, in a transaction of its own."""

    def __call__(self, actor: object, action: str, *, outcome: str, reason: str) -> None: ...


_records_written: ContextVar[int | None] = ContextVar("records_written", default=None)
ACTION_MARK = "operation_action"


@lru_cache(maxsize=1)
def _attempt_recorder() -> AttemptRecorder:
    """The journal's recorder, named by the settings because the journal stands one floor up."""
    recorder: AttemptRecorder = import_string(settings.ATTEMPT_RECORDER)
    return recorder


def note_record() -> None:
    """The journal wrote a record inside the running operation."""
    count = _records_written.get()
    if count is not None:
        _records_written.set(count + 1)


def is_running() -> bool:
    """Whether the caller stands inside an operation."""
    return _records_written.get() is not None


class _Attempt:
    """Counts the records of one outermost operation, and records after the rollback what did not happen."""

    def __init__(self, actor: object, action: str) -> None:
        self.actor = actor
        self.action = action

    def __enter__(self) -> None:
        self.token = _records_written.set(0)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        _records_written.reset(self.token)
        if isinstance(error, Refused):
            _attempt_recorder()(self.actor, self.action, outcome="refused", reason="")
        elif isinstance(error, Exception):
            _attempt_recorder()(self.actor, self.action, outcome="failed", reason=type(error).__name__)


class _Counted:
    """Forgets the records that were rolled back with an inner operation: they stand for nothing."""

    def __enter__(self) -> None:
        self.before = _records_written.get()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None:
            _records_written.set(self.before)


def operation(action: str) -> Callable[[Callable[Concatenate[A, P], R]], Callable[Concatenate[A, P], R]]:
    """Make a service function an operation recorded under ``action`` (seed C1 (3)(1) エ).

    The outermost operation owns the transaction; inner ones join it, each of them bound to record too.
    A refusal or a failure is recorded after the rollback, so that the attempt is never lost with it.
    """

    def decorate(function: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
        def run(actor: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
            before = _records_written.get() or 0
            result = function(actor, *args, **kwargs)
            if (_records_written.get() or 0) == before:
                raise Unrecorded(f"{function.__qualname__} changed something and recorded nothing")
            return result

        @wraps(function)
        def outer(actor: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if is_running():
                with _Counted(), transaction.atomic():
                    return run(actor, *args, **kwargs)
            with _Attempt(actor, action), transaction.atomic(durable=True):
                return run(actor, *args, **kwargs)

        setattr(outer, ACTION_MARK, action)
        return outer

    return decorate


def action_of(function: Callable[..., Any]) -> str:
    """The action code of an operation, or nothing for a plain function."""
    action: str = getattr(function, ACTION_MARK, "")
    return action
