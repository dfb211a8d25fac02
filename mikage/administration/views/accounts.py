"""The screens of the accounts desk: find somebody, let them in, keep them out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikage.administration import policies
from mikage.administration.forms import OpenAccountForm
from mikage.directory import policies as directory
from mikage.identity import policies as identity
from mikage.identity import services
from mikage.identity.choices import AccountKind
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, page
from mikage.kernel.operations import Refused
from mikage.kernel.text import normalise
from mikage.kernel.witness import witnessed

MOST_FOUND = 50


@function("administration.accounts")
@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """Where the desk looks somebody up: accounts, and people who have none yet."""
    words = normalise(request.GET.get("q", "")[: policies.LONGEST_QUERY])
    found = list(policies.find_accounts(request.actor, words)[: MOST_FOUND + 1])
    context = {
        "words": words,
        "accounts": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "people": policies.people_without_account(request.actor, words),
    }
    return page(request, "administration/accounts.html", context)


@function("administration.accounts")
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: StaffRequest) -> HttpResponse:
    """An account for somebody who has none; its first password comes with a one-time code."""
    asked = request.GET.get("person", "")
    form = OpenAccountForm(
        request.POST or None, initial={"person": [f"person:{asked}"] if asked.isdigit() else []}
    )
    form.for_actor(request.actor)
    if request.method == "POST" and form.is_valid():
        person = get_object_or_404(directory.visible_people(request.actor), pk=form.person_id())
        try:
            account = services.open_account(
                request.actor,
                person_id=person.pk,
                login=form.cleaned_data["login"] or person.number,
                kind=AccountKind(form.cleaned_data["kind"]),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The account is open. Issue a one-time code for the first password."))
            return redirect("administration:account", pk=account.pk)
    return page(
        request, "administration/account_new.html", {"form": form}, status=422 if form.errors else 200
    )


@function("administration.accounts")
@require_safe
@witnessed("administration.account.read")
def account(request: StaffRequest, pk: int) -> HttpResponse:
    """One account: whether its person can get in, and what the desk can do about it."""
    found = get_object_or_404(identity.visible_accounts(request.actor), pk=pk)
    return page(request, "administration/account.html", {"card": policies.card_of(found)})


@function("administration.accounts")
@require_POST
def issue_code(request: StaffRequest, pk: int) -> HttpResponse:
    """A one-time code, shown this once. It goes into no address, no message and no session."""
    found = get_object_or_404(identity.visible_accounts(request.actor), pk=pk)
    code = services.issue_code(request.actor, account=found)
    context = {"code": code, "card": policies.card_of(found)}
    return page(request, "administration/code.html", context)


@function("administration.accounts")
@require_POST
def release_lock(request: StaffRequest, pk: int) -> HttpResponse:
    """The person may try again at once."""
    found = get_object_or_404(identity.visible_accounts(request.actor), pk=pk)
    services.release_lock(request.actor, account=found)
    messages.success(request, _("The lock is released."))
    return redirect("administration:account", pk=pk)


@function("administration.accounts")
@require_POST
def suspend_account(request: StaffRequest, pk: int) -> HttpResponse:
    """Nobody gets in with this account any more; whoever is in is out at the next request."""
    found = get_object_or_404(identity.visible_accounts(request.actor), pk=pk)
    services.suspend_account(request.actor, account=found)
    messages.success(request, _("The account is suspended and its terminals are signed out."))
    return redirect("administration:account", pk=pk)


@function("administration.accounts")
@require_POST
def resume_account(request: StaffRequest, pk: int) -> HttpResponse:
    """The account may be used again."""
    found = get_object_or_404(identity.visible_accounts(request.actor), pk=pk)
    services.resume_account(request.actor, account=found)
    messages.success(request, _("The account may be used again."))
    return redirect("administration:account", pk=pk)


@function("administration.accounts")
@require_POST
def end_sessions(request: StaffRequest, pk: int) -> HttpResponse:
    """Every terminal of the account is signed out; it may be used again at once."""
    found = get_object_or_404(identity.visible_accounts(request.actor), pk=pk)
    services.end_account_sessions(request.actor, account=found)
    messages.success(request, _("All terminals of this account are signed out."))
    return redirect("administration:account", pk=pk)
