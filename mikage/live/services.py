"""Keeping the streams short: what is older than a week no browser catches up with, it loads anew."""

from datetime import timedelta

from mikage.access.actor import Actor
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import operation
from mikage.live.models import StreamEvent

KEPT_DAYS = 7


@operation("live.event.pruned")
def prune_events(actor: Actor) -> int:
    """Remove events older than a week; numbers are never given again. Returns how many."""
    limit = clock.now() - timedelta(days=KEPT_DAYS)
    removed, _by_model = StreamEvent.objects.filter(at__lt=limit).delete()
    journal.record(actor, "live.event.pruned", details={"events": removed})
    return removed
