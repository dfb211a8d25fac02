"""Who is asking: the session, its actor, and the language of the screen. By default nobody passes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from mikage.access.actor import Actor
from mikage.identity import policies
from mikage.identity.models import Account, LoginSession
from mikage.identity.sessions import SessionStore, live_sessions
from mikage.kernel import clock, doors

GetResponse = Callable[[HttpRequest], HttpResponseBase]
TOUCH_EVERY = timedelta(minutes=1)
# Requests a page makes by itself; they must not keep a session alive that nobody uses.
BACKGROUND = "X-Background"
# Neither a token that is over nor a password is written into a page.
NEVER_KEPT = {"csrfmiddlewaretoken", "password", "current", "repeated", "code"}


class IdentifiedRequest(HttpRequest):
    """What the layers below may rely on."""

    actor: Actor
    account: Account | None
    login_session: LoginSession | None


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's own: reads the cookie, and sets it when a sign-in began a session."""


class ActorMiddleware:
    """Puts the actor on the request and lets nobody through a door that is not public without one (A-01)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = cast(IdentifiedRequest, request)
        asked.login_session, asked.account = None, None
        terminal = str(request.META.get("REMOTE_ADDR", ""))
        request_id = str(request.META.get("mikage.request_id", ""))
        asked.actor = Actor(kind="anonymous", terminal=terminal, request_id=request_id)
        store = cast(SessionStore, request.session)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            store.keys()  # loads it
        if store.row is not None:
            asked.login_session, asked.account = store.row, store.row.account
            asked.actor = policies.actor_for(
                store.row, rights_version=store.rights_version, terminal=terminal, request_id=request_id
            )
            if not _is_background(request):
                _touch(store.row)
        response = self.get_response(request)
        if asked.login_session is not None and request.headers.get("HX-Request") == "true":
            # A page that stays open while its parts change still knows when to warn (behaviour 24).
            response["X-Session-Ends-At"] = policies.end_of(asked.login_session).isoformat()
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        asked = cast(IdentifiedRequest, request)
        if asked.login_session is not None or doors.key_of(view) == doors.PUBLIC:
            return None
        return _to_sign_in(request)


def _is_background(request: HttpRequest) -> bool:
    return request.headers.get(BACKGROUND) == "1" or request.headers.get("HX-Trigger-Name") == "background"


def _touch(row: LoginSession) -> None:
    """Note that somebody is there, once a minute at the most."""
    now = clock.now()
    if now - row.last_active_at > TOUCH_EVERY:
        live_sessions().filter(pk=row.pk).update(last_active_at=now)
        row.last_active_at = now


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A page asks for the sign-in; a part of a page never receives one, only the word that it is needed."""
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=401, headers={"X-Sign-In": "1"})
    if request.method in {"GET", "HEAD"}:
        return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")
    return render(request, "resend.html", {"fields": kept_fields(request)}, status=401)


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Everything that was typed, to be sent once more after signing in (behaviour 24)."""
    return [
        (name, value) for name, values in request.POST.lists() if name not in NEVER_KEPT for value in values
    ]


class LanguageMiddleware:
    """The language of the account; before the sign-in, the one of the city."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        account = cast(IdentifiedRequest, request).account
        language = account.language if account else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
            response.setdefault("Content-Language", language)
            return response
