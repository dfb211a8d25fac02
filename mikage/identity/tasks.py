"""Nightly: sessions and attempts that ended long ago are removed."""

from procrastinate.contrib.django import app

from mikage.access.actor import SYSTEM
from mikage.identity import services


@app.periodic(cron="20 18 * * *")
@app.task(name="identity.prune_sessions", queueing_lock="identity.prune_sessions")
def prune_sessions(timestamp: int) -> None:
    """Keep the tables of sessions short. The hour is that of UTC: twenty past three at night here."""
    services.prune_sessions(SYSTEM)
