"""Signing in and out, the first password, and the settings a person has for the own account."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token, rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikage.access.actor import Actor
from mikage.identity import policies, services
from mikage.identity.forms import FirstPasswordForm, PasswordForm, SettingsForm, SignInForm
from mikage.identity.hashing import Busy
from mikage.identity.services.sessions import SignIn
from mikage.identity.sessions import SessionStore
from mikage.kernel import clock, dates
from mikage.kernel.doors import public, signed_in
from mikage.kernel.forms import Form
from mikage.kernel.http import StaffRequest
from mikage.kernel.operations import Refused

BROWSERS = ["Edg", "Firefox", "Chrome", "Safari"]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The way in: a page, or the form alone for the dialog of a page whose session is over."""
    form = SignInForm(_given(request))
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, status=422 if form.errors else 200)
    try:
        result = services.sign_in(
            _anonymous(request),
            login=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            agent=_browser(request),
        )
    except Busy:
        return _come_back(_form(request, _full(form), status=503))
    if not _let_in(request, result):
        form.add_error(None, _refusal(result))
        return _form(request, form, status=422)
    if _is_dialog(request):
        return _go_on(request, result)
    _tell_last_sign_in(request, result)
    return redirect(_next(request))


def _given(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it was nothing at all."""
    return request.POST if request.method == "POST" else None


def _is_dialog(request: HttpRequest) -> bool:
    return "dialog" in request.GET or request.headers.get("X-Requested-With") == "fetch"


def _anonymous(request: HttpRequest) -> Actor:
    actor = cast(StaffRequest, request).actor
    return Actor(kind="anonymous", terminal=actor.terminal, request_id=actor.request_id)


def _go_on(request: HttpRequest, result: SignIn) -> HttpResponse:
    """For the dialog: the token of the new session, its end, and whose it is.

    A page that was somebody else's must be loaded anew instead of going on.
    """
    response = HttpResponse(status=204, headers={"X-CSRF-Token": get_token(request)})
    if result.session is not None:
        response["X-Person"] = str(result.session.account.person_id)
        response["X-Session-Ends-At"] = policies.end_of(result.session).isoformat()
    return response


def _full(form: Form) -> Form:
    form.add_error(None, _("Many people are signing in right now. Please try again in a moment."))
    return form


def _come_back(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = "5"
    return response


def _refusal(result: SignIn) -> str:
    """One sentence for every reason; only how long to wait differs, and that is counted alike for all."""
    if result.wait_until is None:
        return _("The staff number or login name and the password do not fit.")
    moment = clock.local(result.wait_until)
    sentence = _(
        "Too many attempts from this terminal. Try again after %(time)s, "
        "or ask the accounts desk to release it."
    )
    return sentence % {"time": f"{moment:%H:%M:%S}"}


def _let_in(request: HttpRequest, result: SignIn) -> bool:
    """Give the browser the session that was opened; the one it had before is over."""
    if result.session is None:
        return False
    before = cast(StaffRequest, request).actor
    if before.is_person:
        services.sign_out(before)
    store = SessionStore()
    store.begin(result.session, result.key)
    request.session = store
    rotate_token(request)
    return True


def _tell_last_sign_in(request: HttpRequest, result: SignIn) -> None:
    """When and where one was here last: whoever was not, notices."""
    if result.previous_at is None:
        return
    moment = clock.local(result.previous_at)
    when = f"{dates.short_day(moment.date())} {moment:%H:%M}"
    messages.info(
        request,
        _("Your last sign-in: %(when)s, from %(terminal)s.")
        % {"when": when, "terminal": result.previous_terminal},
    )


def _next(request: HttpRequest) -> str:
    """The page that was asked for first, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.isprintable() else reverse("portal:home")


def _browser(request: HttpRequest) -> str:
    """The family of the browser and no more: enough to know one's own terminal."""
    agent = request.headers.get("User-Agent", "")
    return next((name for name in BROWSERS if name in agent), "")


def _form(request: HttpRequest, form: Form, *, status: int) -> HttpResponse:
    template = "identity/_sign_in_form.html" if _is_dialog(request) else "identity/login.html"
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next") or ""}
    return render(request, template, context, status=status)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """The first password, or a new one after it was forgotten: with a one-time code from the desk."""
    form = FirstPasswordForm(_given(request))
    if request.method == "POST" and form.is_valid():
        try:
            account = services.set_first_password(
                _anonymous(request),
                login=form.cleaned_data["username"],
                code=form.cleaned_data["code"],
                password=form.cleaned_data["password"],
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        except Busy:
            return _come_back(
                render(request, "identity/first_password.html", {"form": _full(form)}, status=503)
            )
        else:
            if account is not None:
                return redirect(f"{reverse('identity:login')}?set=1")
            form.add_error(None, services.WRONG_CODE)
    return render(request, "identity/first_password.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_POST
def logout(request: StaffRequest) -> HttpResponse:
    """The way out, also for a session that was over already; nothing stays on the terminal (T-30)."""
    if request.actor.is_person:
        services.sign_out(request.actor)
    request.session.flush()
    response = redirect("identity:login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signed_in
@require_POST
def extend(request: StaffRequest) -> HttpResponse:
    """延長: the person is still there."""
    return JsonResponse({"ends_at": services.extend_session(request.actor).isoformat()})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: StaffRequest) -> HttpResponse:
    """Language, size of text, colours and shortcuts of the own screen."""
    account = policies.own_account(request.actor).get()
    initial = {name: getattr(account, name) for name in SettingsForm.base_fields}
    form = SettingsForm(_given(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_settings(request.actor, **form.cleaned_data)
        messages.success(request, _("Your settings are saved."))
        return redirect("identity:settings")
    context = {"form": form, "account": account}
    return render(request, "identity/settings.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    """The own password, changed by its person alone."""
    form = PasswordForm(_given(request))
    if request.method == "POST" and form.is_valid():
        current, new = form.cleaned_data["current"], form.cleaned_data["password"]
        try:
            if services.change_password(request.actor, current=current, password=new):
                messages.success(request, _("Your password is changed. Your other terminals are signed out."))
                return redirect("identity:settings")
            form.add_refusal(services.WRONG_PASSWORD)
        except Refused as refusal:
            form.add_refusal(refusal)
        except Busy:
            return _come_back(render(request, "identity/password.html", {"form": _full(form)}, status=503))
    return render(request, "identity/password.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_safe
def sessions(request: StaffRequest) -> HttpResponse:
    """The terminals on which one is signed in."""
    rows = policies.visible_sessions(request.actor)
    return render(request, "identity/sessions.html", {"sessions": rows, "own": request.actor.session_id})


@signed_in
@require_POST
def end_session(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Sign one of the own terminals out from here."""
    session = get_object_or_404(policies.visible_sessions(request.actor), public_id=pk)
    services.end_session(request.actor, session=session)
    messages.success(request, _("The terminal is signed out."))
    return redirect("identity:sessions")


@signed_in
@require_POST
def end_others(request: StaffRequest) -> HttpResponse:
    """Sign all own terminals out but this one."""
    services.end_other_sessions(request.actor)
    messages.success(request, _("All your other terminals are signed out."))
    return redirect("identity:sessions")
