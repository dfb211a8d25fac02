"""The page behind the search field of the top bar."""

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, page
from mikage.search import findings


@function("search.use")
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Without words an invitation, with words what they find; the words themselves are recorded nowhere."""
    found = findings.find(request.actor, request.GET.get("q", ""), is_english=get_language() == "en")
    return page(request, "search/home.html", {"found": found}, fragment="search/_found.html")
