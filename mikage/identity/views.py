"""Signing in and out, the first password, and the settings a person has for the own account."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token, rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from mikage.kernel import clock
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikage.access.actor import Actor
from mikage.identity import policies, services
from mikage.identity.forms import FirstPasswordForm, PasswordForm, SettingsForm, SignInForm
from mikage.identity.hashing import Busy
from mikage.identity.services.sessions import SignIn
from mikage.identity.sessions import SessionStore
from mikage.kernel.doors import public, signed_in
from mikage.kernel.http import StaffRequest
from mikage.kernel.operations import Refused

BROWSERS = ["Edg", "Firefox", "Chrome", "Safari"]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    is_dialog = "dialog" in request.GET or request.headers.get("X-Requested-With") == "fetch"
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, is_dialog=is_dialog, status=422 if form.errors else 200)
    try:
        result = services.sign_in(
            _anonymous(request),
            login=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            agent=_browser(request),
        )
    except Busy:
        form.add_error(None, _("Many people are signing in right now. Please try again in a moment."))
        response = _form(request, form, is_dialog=is_dialog, status=503)
        response["Retry-After"] = "5"
        return response
    if result.session is None:
        form.add_error(None, _refusal(result))
        return _form(request, form, is_dialog=is_dialog, status=422)
    return _let_in(request, result, is_dialog=is_dialog)


def _anonymous(request: HttpRequest) -> Actor:
    actor = cast(StaffRequest, request).actor
    return Actor(kind="anonymous", terminal=actor.terminal, request_id=actor.request_id)


def _refusal(result: SignIn) -> str:
    """One sentence for every reason; only how long to wait differs, and that is counted alike for all."""
    if result.wait_until is not None:
        moment = clock.local(result.wait_until)
        return _(
            "Too many attempts from this terminal. Try again after %(time)s, or ask the accounts desk to release it."
        ) % {"time": f"{moment:%H:%M:%S}"}
    return _("The staff number or login name and the password do not fit.")


def _let_in(request: HttpRequest, result: SignIn, *, is_dialog: bool) -> HttpResponse:
    store = SessionStore()
    assert result.session is not None  # the caller looked
    store.begin(result.session, result.key)
    request.session = store
    rotate_token(request)
    if is_dialog:
        return HttpResponse(status=204, headers={"X-CSRF-Token": get_token(request)})
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    """The page that was asked for first, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("portal:home")


def _browser(request: HttpRequest) -> str:
    """The family of the browser and no more: enough to know one's own terminal."""
    agent = request.headers.get("User-Agent", "")
    return next((name for name in BROWSERS if name in agent), "")


def _form(request: HttpRequest, form: SignInForm, *, is_dialog: bool, status: int) -> HttpResponse:
    template = "identity/_sign_in_form.html" if is_dialog else "identity/login.html"
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next") or ""}
    return render(request, template, context, status=status)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    form = FirstPasswordForm(request.POST or None)
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
        else:
            if account is not None:
                return redirect(f"{reverse('identity:login')}?set=1")
            form.add_error(None, services.WRONG_CODE)
    return render(request, "identity/first_password.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def logout(request: StaffRequest) -> HttpResponse:
    services.sign_out(request.actor)
    request.session.flush()
    response = redirect("identity:login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signed_in
@require_POST
def extend(request: StaffRequest) -> HttpResponse:
    return JsonResponse({"ends_at": services.extend_session(request.actor).isoformat()})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: StaffRequest) -> HttpResponse:
    account = policies.own_account(request.actor).get()
    initial = {name: getattr(account, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_settings(request.actor, **form.cleaned_data)
        messages.success(request, _("Your settings are saved."))
        return redirect("identity:settings")
    return render(
        request, "identity/settings.html", {"form": form, "account": account}, status=422 if form.errors else 200
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_password(
                request.actor, current=form.cleaned_data["current"], password=form.cleaned_data["password"]
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Your password is changed. Your other terminals are signed out."))
            return redirect("identity:settings")
    return render(request, "identity/password.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_safe
def sessions(request: StaffRequest) -> HttpResponse:
    rows = policies.visible_sessions(request.actor)
    return render(request, "identity/sessions.html", {"sessions": rows, "own": request.actor.session_id})


@signed_in
@require_POST
def end_session(request: StaffRequest, pk: UUID) -> HttpResponse:
    session = get_object_or_404(policies.visible_sessions(request.actor), public_id=pk)
    services.end_session(request.actor, session=session)
    messages.success(request, _("The terminal is signed out."))
    return redirect("identity:sessions")


@signed_in
@require_POST
def end_others(request: StaffRequest) -> HttpResponse:
    services.end_other_sessions(request.actor)
    messages.success(request, _("All your other terminals are signed out."))
    return redirect("identity:sessions")
