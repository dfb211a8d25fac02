"""Every request leaves an access record: who, which door, which ids, how it ended, how long it took.

Never content, titles or query text: a record holds the name of the view and the ids in its address.
"""

import time
import uuid
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mikage.journal import journal

GetResponse = Callable[[HttpRequest], HttpResponseBase]
STATIC_PREFIX = "/static/"


class AccessRecordMiddleware:
    """The outermost layer, so that what an inner one refuses is recorded too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(STATIC_PREFIX):
            return self.get_response(request)
        started = time.perf_counter_ns()
        request.META["mikage.request_id"] = str(uuid.uuid4())
        response = self.get_response(request)
        actor = getattr(request, "actor", None)
        if actor is None:
            actor = Unknown(request)
        match = request.resolver_match
        journal.record_access(
            cast(journal.Who, actor),
            action="journal.request.answered",
            method=request.method or "",
            view=match.view_name if match else "",
            target=_ids(match.kwargs) if match else "",
            status=response.status_code,
            microseconds=(time.perf_counter_ns() - started) // 1_000,
        )
        return response


def _ids(kwargs: dict[str, object]) -> str:
    """The ids in the address. A free text part of an address would be content, so only these types pass."""
    return ",".join(
        f"{name}:{value}" for name, value in sorted(kwargs.items()) if isinstance(value, int | uuid.UUID)
    )


class Unknown:
    """Whoever asked before the sign-in layer could say who it is."""

    kind = "anonymous"
    person_id: int | None = None
    name = ""
    organisation_id: int | None = None
    organisation_name = ""
    post_name = ""
    plane = "staff"
    strength = ""

    def __init__(self, request: HttpRequest) -> None:
        self.terminal = str(request.META.get("REMOTE_ADDR", ""))
        self.request_id = str(request.META.get("mikage.request_id", ""))
