"""Remembering whom somebody chose, for the next time they choose."""

from collections.abc import Sequence

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.directory.models import Choice
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import operation

REMEMBERED = 50


@operation("directory.choices.noted")
def note_choices(actor: Actor, *, chosen: Sequence[str]) -> None:
    """These keys were chosen just now: a picker offers them first the next time (behaviour 19).

    The fifty latest are kept. Call it inside the operation that uses the keys.
    """
    if actor.person_id is not None:
        now = clock.now()
        rows = [Choice(chooser_id=actor.person_id, key=key, chosen_at=now) for key in keys.canonical(chosen)]
        Choice.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["chooser", "key"], update_fields=["chosen_at"]
        )
        own = Choice.objects.filter(chooser=actor.person_id).order_by("-chosen_at", "-pk")
        Choice.objects.filter(pk__in=list(own.values_list("pk", flat=True)[REMEMBERED:])).delete()
    journal.record(actor, "directory.choices.noted", details={"keys": len(chosen)})
