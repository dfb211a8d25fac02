"""The top page: one look at the day, in the manner city staff know."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mikage.kernel import clock, dates
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, page
from mikage.kernel.panels import collect
from mikage.portal import panels


@function("portal.use")
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Today and the week, what waits, what is new, who is where, and the ways on (POR-2)."""
    today = clock.today()
    context = {
        "today": today,
        "era_year": dates.wareki_year(today),
        "holiday": dates.holiday_name(today),
        "main_panels": collect(panels.MAIN, request.actor),
        "side_panels": collect(panels.SIDE, request.actor),
    }
    return page(request, "portal/home.html", context)
