"""The staff directory on the screen: tree, people of an organisation, search, cards, the picker."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mikage.directory import policies
from mikage.kernel import clock, dates
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, is_fragment, page
from mikage.kernel.text import normalise
from mikage.kernel.witness import witnessed

MOST_FOUND = 50


@function("directory.use")
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Where one looks somebody up: with words what they find, without words one's own section."""
    words = normalise(request.GET.get("q", "")[:100])
    if not words and request.actor.organisation_id is not None:
        return _organisation_page(request, request.actor.organisation_id)
    found = policies.find_people(
        request.actor, words, near=request.actor.organisation_id, limit=MOST_FOUND + 1
    )
    context = {
        "words": words,
        "people": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "chosen": None,
        "way": [],
    }
    return _page(request, context, chosen_id=request.actor.organisation_id)


@function("directory.use")
@require_safe
def organisation(request: StaffRequest, pk: int) -> HttpResponse:
    """The people of one organisation, in official order."""
    get_object_or_404(policies.visible_organisations(request.actor), pk=pk)
    return _organisation_page(request, pk)


def _organisation_page(request: StaffRequest, pk: int) -> HttpResponse:
    way = policies.above(pk)
    context = {
        "words": "",
        "people": list(policies.members(request.actor, pk)),
        "has_more": False,
        "chosen": way[-1] if way else None,
        "way": way[:-1],
    }
    return _page(request, context, chosen_id=pk)


def _page(request: StaffRequest, context: dict[str, object], *, chosen_id: int | None) -> HttpResponse:
    if not is_fragment(request):
        context["branches"] = policies.tree(request.actor, chosen_id)
    return page(request, "directory/home.html", context, fragment="directory/_people.html")


@function("directory.use")
@require_safe
def branches(request: StaffRequest, pk: int) -> HttpResponse:
    """What hangs directly below an organisation; the tree asks for it when a branch is opened."""
    get_object_or_404(policies.visible_organisations(request.actor), pk=pk)
    found = [policies.Branch.closed(child) for child in policies.children(request.actor, pk)]
    return render(request, "directory/_branches.html", {"branches": found})


@function("directory.use")
@require_safe
@witnessed("directory.card.read")
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """The card of a person: posts with their days, extension, room, the way to the schedule."""
    someone = get_object_or_404(policies.visible_people(request.actor), pk=pk)
    today = clock.today()
    posts = list(policies.all_posts_of(pk))
    paths = policies.paths_of([post.organisation_id for post in posts], today)
    cards = [
        {
            "post": post,
            "path": paths.get(post.organisation_id, post.organisation.name),
            "days": _days(post.valid.lower, post.valid.upper),
            "is_present": today in post.valid,
        }
        for post in posts
    ]
    context = {"person": someone, "cards": cards}
    return page(request, "directory/person.html", context, fragment="directory/_card.html")


def _days(since: date | None, until: date | None) -> tuple[str, str]:
    """First and last day of a post in words; the end of a range is the first day it no longer holds."""
    last = dates.long_day(until - timedelta(days=1)) if until else ""
    return (dates.long_day(since) if since else "", last)


@function("directory.use")
@require_safe
def picker(request: StaffRequest) -> HttpResponse:
    """What a picker offers for the words typed so far, as options of its list (behaviour 19)."""
    asked = request.GET.get("kinds", "person").split(",")
    kinds = [kind for kind in policies.PICKABLE if kind in asked]
    labels = policies.options(request.actor, request.GET.get("q", ""), kinds=kinds)
    return render(request, "directory/_options.html", {"options": labels, "words": request.GET.get("q", "")})
