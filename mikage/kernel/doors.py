"""The door of every view: which function it belongs to, or that it is public. There is no third kind."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mikage.kernel.http import StaffRequest

FUNCTION_MARK = "function_key"
PUBLIC = "public"
SIGNED_IN = "signed-in"


class NoFunction(Exception):
    """The person may not use this function at all. Objects are never answered like this, but by 404."""

    def __init__(self, function_key: str) -> None:
        super().__init__(function_key)
        self.function_key = function_key


class StaffView(Protocol):
    """A view for somebody who is signed in."""

    def __call__(self, request: StaffRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


class View(Protocol):
    """A view as Django calls it."""

    def __call__(self, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def function(key: str) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Only those for whom a function rule says so pass (A-04, default deny)."""

    def decorate(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def door(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            staff_request = cast(StaffRequest, request)
            if not staff_request.actor.may(key):
                raise NoFunction(key)
            return view(staff_request, *args, **kwargs)

        setattr(door, FUNCTION_MARK, key)
        return door

    return decorate


def signed_in(view: Callable[..., HttpResponseBase]) -> View:
    """Everybody who is signed in passes: one's own settings, one's own sessions, the way out."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(cast(StaffRequest, request), *args, **kwargs)

    setattr(door, FUNCTION_MARK, SIGNED_IN)
    return door


def public(view: Callable[..., HttpResponseBase]) -> View:
    """No sign-in needed. The list of these stands in a law."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    setattr(door, FUNCTION_MARK, PUBLIC)
    return door


def key_of(view: Callable[..., Any]) -> str:
    """The function key of a view, or nothing when it has no door."""
    key: str = getattr(view, FUNCTION_MARK, "")
    return key


__all__ = ["PUBLIC", "SIGNED_IN", "NoFunction", "function", "key_of", "public", "signed_in"]
