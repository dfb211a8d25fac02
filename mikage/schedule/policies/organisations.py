"""Whose boards somebody looks at: the organisations at hand, lately opened, and kept as favourites."""

from django.db.models import QuerySet

from mikage.access.actor import Actor
from mikage.directory import policies as directory
from mikage.schedule.models import ChosenOrganisation

MOST_RECENT = 8


def chosen_organisations(actor: Actor) -> QuerySet[ChosenOrganisation]:
    """What one chose oneself, the latest first; nobody sees what others look at."""
    return (
        ChosenOrganisation.objects.filter(
            chooser=actor.person_id, organisation__in=directory.visible_organisations(actor).order_by()
        )
        .select_related("organisation")
        .order_by("-chosen_at", "pk")
    )
