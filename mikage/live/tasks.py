"""The nightly removal of old stream events."""

from procrastinate.contrib.django import app

from mikage.access.actor import SYSTEM
from mikage.live import services


@app.periodic(cron="23 3 * * *")
@app.task(name="live.prune_events", queueing_lock="live.prune_events")
def prune_events(timestamp: int) -> None:
    """Every night; the moment it was meant for does not matter."""
    services.prune_events(SYSTEM)
