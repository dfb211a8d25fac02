"""Choosing whose board to look at: favourites, lately opened, the own branch of the tree, search."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mikage.directory import policies as directory
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, is_fragment, page
from mikage.kernel.text import fold, normalise
from mikage.schedule import policies, services
from mikage.schedule.choices import View

MOST_FOUND = 30


@function("schedule.use")
@require_safe
def organisations(request: StaffRequest) -> HttpResponse:
    """What the picker shows; a page of its own for a browser without script."""
    words = normalise(request.GET.get("q", "")[:100])
    query = _query(request)
    context: dict[str, Any] = {
        "words": words,
        "query": query,
        "found": [],
        "own": [],
        "recent": [],
        "favourites": [],
    }
    chosen = list(policies.chosen_organisations(request.actor))
    kept = {row.organisation_id for row in chosen if row.is_favourite}
    if words:
        context["found"] = _found(request, words, kept)
    else:
        context["favourites"] = [_line(row.organisation, 0, kept) for row in chosen if row.is_favourite]
        recent = [row for row in chosen if not row.is_favourite]
        context["recent"] = [_line(row.organisation, 0, kept) for row in recent[: policies.MOST_RECENT]]
        context["own"] = _flat(directory.tree(request.actor, request.actor.organisation_id), kept)
    is_list = is_fragment(request) and "q" in request.GET
    fragment = "schedule/_organisation_list.html" if is_list else "schedule/_organisations.html"
    return page(request, "schedule/organisations.html", context, fragment=fragment)


def _query(request: StaffRequest) -> str:
    """View and day of the board one came from, as the links carry them on."""
    asked = request.GET.get("view", "")
    view = asked if asked in View.values else View.ORGANISATION_WEEK
    return urlencode({"view": view, "day": request.GET.get("day", "")[:40]})


def _line(
    organisation: Any, depth: int, kept: set[int], path: str = "", *, is_own: bool = False
) -> dict[str, Any]:
    return {
        "pk": organisation.pk,
        "name": organisation.name,
        "path": path,
        "depth": min(depth, 4),
        "is_favourite": organisation.pk in kept,
        "is_own": is_own,
    }


def _flat(branches: list[directory.Branch], kept: set[int]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for branch in branches:
        lines.append(_line(branch.organisation, branch.depth, kept, is_own=branch.is_chosen))
        lines += _flat(branch.children, kept)
    return lines


def _found(request: StaffRequest, words: str, kept: set[int]) -> list[dict[str, Any]]:
    rows = directory.visible_organisations(request.actor)
    for word in words.split():
        rows = rows.filter(search__contains=fold(word))
    found = list(rows[:MOST_FOUND])
    paths = directory.paths_of([organisation.pk for organisation in found])
    return [_line(organisation, 0, kept, paths.get(organisation.pk, "")) for organisation in found]


@function("schedule.use")
@require_safe
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """Remember the organisation and go to its board."""
    organisation = get_object_or_404(directory.visible_organisations(request.actor), pk=pk)
    services.note_organisation(request.actor, organisation=organisation)
    asked = request.GET.get("view", "")
    view = asked if asked in {View.ORGANISATION_DAY, View.ORGANISATION_WEEK} else View.ORGANISATION_WEEK
    query = {"organisation": str(pk)}
    if request.GET.get("day"):
        query["day"] = request.GET["day"][:40]
    return redirect(f"{reverse(f'schedule:{view}')}?{urlencode(query)}")


@function("schedule.use")
@require_POST
def favourite(request: StaffRequest, pk: int) -> HttpResponse:
    """Set or take away the mark of a favourite."""
    organisation = get_object_or_404(directory.visible_organisations(request.actor), pk=pk)
    services.keep_organisation(
        request.actor, organisation=organisation, is_favourite=request.POST.get("is_favourite") == "1"
    )
    return redirect(f"{reverse('schedule:organisations')}?{_query(request)}")
