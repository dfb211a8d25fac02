"""The screens of those who keep the function rules: who may use what, and why."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikage.access import policies as access
from mikage.access import services
from mikage.administration import policies
from mikage.administration.forms import RuleForm, WhyForm
from mikage.directory import policies as directory
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, page
from mikage.kernel.operations import Refused
from mikage.kernel.witness import witnessed


@function("administration.rules")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """Every function with those who may use it, and a form that opens one to somebody."""
    form = RuleForm(request.POST or None)
    form.for_actor(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            _allow(request, form)
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The rule holds from now on."))
            return redirect("administration:rules")
    context = {"form": form, "functions": policies.function_lines(request.actor)}
    return page(request, "administration/rules.html", context, status=422 if form.errors else 200)


def _allow(request: StaffRequest, form: RuleForm) -> None:
    given = form.cleaned_data
    last = given["until"]
    period = (given["since"], last + timedelta(days=1) if last else None)
    services.allow_function(
        request.actor,
        function=given["function"],
        audience=given["audience"],
        terminals=given["terminals"].split(),
        valid=period if any(period) else None,
    )


@function("administration.rules")
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """The rule no longer holds; what it alone opened is closed at the next request."""
    rule = get_object_or_404(access.visible_rules(request.actor), pk=pk)
    services.withdraw_function(request.actor, rule=rule)
    messages.success(request, _("The rule is withdrawn."))
    return redirect("administration:rules")


@function("administration.rules")
@require_safe
@witnessed("administration.rights.explained")
def why(request: StaffRequest) -> HttpResponse:
    """Why can this person use this function, or why not?"""
    form = WhyForm(request.GET if "function" in request.GET else None)
    form.for_actor(request.actor)
    answer = None
    if form.is_valid():
        person = get_object_or_404(directory.visible_people(request.actor), pk=form.person_id())
        answer = policies.explain(
            request.actor,
            person=person,
            function=form.cleaned_data["function"],
            terminal=form.cleaned_data["terminal"],
        )
    context = {"form": form, "answer": answer}
    return page(request, "administration/why.html", context, status=422 if form.errors else 200)
