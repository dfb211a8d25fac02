"""What the frame around every page needs: who is here, where one can go, how long the session lasts.

The language, the size of text and the colours are the person's own choice; before the sign-in, the city's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import ANONYMOUS, Actor
from mikage.live import policies as live

STREAM_URL = "/ev"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail: where it leads, what it is called, and whether one stands there now."""

    key: str
    label: str | Promise
    url: str
    icon: str
    topic: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class _Room:
    app: str
    label: str | Promise
    view: str
    icon: str
    function: str
    topic: str = ""


ROOMS = [
    _Room("portal", _("Top"), "portal:home", "house", "portal.use"),
    _Room(
        "schedule", _("Schedule"), "schedule:organisation_week", "calendar-days", "schedule.use", "schedule"
    ),
    _Room("directory", _("Staff"), "directory:home", "contact-round", "directory.use"),
    _Room("administration", _("Administration"), "administration:imports", "settings", "directory.keep"),
]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Everything the frame shows. All of it came with the session, except where the stream stands now."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    account = getattr(request, "account", None)
    session = getattr(request, "login_session", None)
    return {
        "actor": actor,
        "navigation": _places(request, actor),
        "language": get_language() or settings.LANGUAGE_CODE,
        "text_size": account.text_size if account else "standard",
        "theme": account.theme if account else "light",
        "has_shortcuts": account.has_shortcuts if account else True,
        "previous_sign_in_at": account.previous_sign_in_at if account else None,
        "previous_terminal": account.previous_terminal if account else "",
        "session_ends_at": _ends_at(session.ends_at, session.last_active_at).isoformat() if session else "",
        "session_idle_seconds": settings.IDLE_SECONDS,
        "stream_url": STREAM_URL,
        # Asked only where a page is rendered with its frame: a fragment costs no query for it.
        "stream_cursor": SimpleLazyObject(partial(live.position, actor)),
        # What the page watches is the view's to say; most watch nothing.
        "watch": "",
    }


def _ends_at(limit: datetime, last_active_at: datetime) -> datetime:
    """The session ends at its absolute limit, or earlier when nobody is there."""
    return min(limit, last_active_at + timedelta(seconds=settings.IDLE_SECONDS))


def _places(request: HttpRequest, actor: Actor) -> list[Place]:
    """The rooms that are open to this person, in the order of the rail; nobody is shown a locked door."""
    match = request.resolver_match
    here = match.app_name if match else ""
    return [
        Place(room.app, room.label, reverse(room.view), room.icon, room.topic, 0, here == room.app)
        for room in ROOMS
        if actor.kind == "person" and actor.may(room.function)
    ]
