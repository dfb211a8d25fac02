"""Reading that must leave a trace: the record is written before the content leaves."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string


class Unwitnessed(Exception):
    """The record of a read could not be written, and the class of the content does not allow to go on."""


class Witness(Protocol):
    """Writes one read record on a connection of its own; says whether it stands."""

    def __call__(self, request: HttpRequest, action: str, target: str) -> bool: ...


@lru_cache(maxsize=1)
def _witness() -> Witness:
    """The journal's witness, named by the settings because the journal stands one floor up."""
    witness: Witness = import_string(settings.WITNESS)
    return witness


WITNESS_MARK = "witnessed_action"


def witnessed(
    action: str, *, fails_closed: bool = False
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Record ``action`` with the ids in the address before the view runs (A-05).

    With ``fails_closed`` (class sensitive and above) the content is refused when the record cannot be
    written within its bounded wait; otherwise the page goes on and the missing record raises an alarm.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def witnessing(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # A free text in an address would be content: only ids are kept.
            ids = {name: value for name, value in kwargs.items() if isinstance(value, int | UUID)}
            target = ",".join(f"{name}:{value}" for name, value in sorted(ids.items()))
            if not _witness()(request, action, target) and fails_closed:
                raise Unwitnessed(action)
            return view(request, *args, **kwargs)

        setattr(witnessing, WITNESS_MARK, action)
        return witnessing

    return decorate
