"""Remembering whose boards somebody opens, so that they are at hand the next time."""

from mikage.access.actor import Actor
from mikage.directory.models import Organisation
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import operation
from mikage.schedule import policies
from mikage.schedule.models import ChosenOrganisation


@operation("schedule.organisation.chosen")
def note_organisation(actor: Actor, *, organisation: Organisation) -> None:
    """This organisation was opened just now; the latest and the favourites are kept."""
    ChosenOrganisation.objects.update_or_create(
        chooser_id=actor.person_id, organisation=organisation, defaults={"chosen_at": clock.now()}
    )
    passing = policies.chosen_organisations(actor).filter(is_favourite=False)
    old = list(passing.values_list("pk", flat=True)[policies.MOST_RECENT :])
    ChosenOrganisation.objects.filter(pk__in=old).delete()
    journal.record(actor, "schedule.organisation.chosen", organisation)


@operation("schedule.organisation.kept")
def keep_organisation(actor: Actor, *, organisation: Organisation, is_favourite: bool) -> None:
    """A favourite stays at hand until one takes the mark away."""
    ChosenOrganisation.objects.update_or_create(
        chooser_id=actor.person_id,
        organisation=organisation,
        defaults={"is_favourite": is_favourite},
        create_defaults={"is_favourite": is_favourite, "chosen_at": clock.now()},
    )
    journal.record(actor, "schedule.organisation.kept", organisation, details={"favourite": is_favourite})
