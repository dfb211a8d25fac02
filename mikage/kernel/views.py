"""Error pages in words, and the page that shows every component in every state (development only)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mikage.kernel import clock
from mikage.kernel.doors import public
from mikage.kernel.forms import DayField, Form, LongTextField, TextField, TimeField


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long or in two sign-ins: everything typed is kept to be sent once more."""
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "password", "current", "repeated"}
        for value in values
    ]
    return render(request, "resend.html", {"fields": kept}, status=403)


class SampleForm(Form):
    title = TextField(label=_("Title"), max_length=20)
    day = DayField(label=_("Day"), help_text=_("For example 2026/11/25, R8.11.25, 1125 or 明日"))
    start = TimeField(label=_("Start"), required=False)
    content = LongTextField(label=_("Content"), required=False)


@public
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    wrong = SampleForm({"title": "x" * 30, "day": "2026/02/30"})
    wrong.is_valid()
    context = {"form": SampleForm(), "wrong": wrong, "now": clock.now(), "today": clock.today()}
    return render(request, "components.html", context)
