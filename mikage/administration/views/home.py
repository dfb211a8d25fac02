"""Where the administration begins: the doors that are open to this person."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mikage.administration import policies
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, page


@function("administration.use")
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """The parts of the administration this person may enter; a locked door is not shown."""
    return page(request, "administration/home.html", {"places": policies.open_places(request.actor)})
