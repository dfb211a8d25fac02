"""In the background: what was deleted more than thirty days ago goes for good."""

from procrastinate.contrib.django import app

from mikage.access.actor import SYSTEM
from mikage.schedule import services


# Half past two in the night in Japan; the scheduler counts in UTC.
@app.periodic(cron="30 17 * * *")
@app.task(name="mikage.schedule.tasks.purge_entries", queueing_lock="schedule.purge_entries")
def purge_entries(timestamp: int) -> None:
    """Forget deleted appointments."""
    services.purge_entries(SYSTEM)
