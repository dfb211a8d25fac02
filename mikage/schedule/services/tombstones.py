"""The end of deleted appointments: after thirty days nothing of them is left but the journal."""

from mikage.access.actor import Actor
from mikage.journal import journal
from mikage.kernel.operations import operation
from mikage.schedule import policies


@operation("schedule.entry.purged")
def purge_entries(actor: Actor) -> int:
    """Remove for good what was deleted more than thirty days ago. Returns how many."""
    gone = list(policies.forgotten_entries().select_for_update().only("pk"))
    journal.record_all(actor, "schedule.entry.purged", gone)
    policies.forgotten_entries().filter(pk__in=[entry.pk for entry in gone]).delete()
    return len(gone)
