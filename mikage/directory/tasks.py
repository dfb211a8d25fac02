"""In the background: applying an import, and letting people go after their last day."""

from django.db import DatabaseError
from procrastinate.contrib.django import app

from mikage.access.actor import SYSTEM
from mikage.directory import services
from mikage.kernel.operations import Conflict, Refused


@app.task(name=services.APPLY_TASK, lock="directory.import")
def apply_import(run_id: int) -> None:
    """Apply an import that somebody decided; one at a time."""
    try:
        services.run_import(SYSTEM, run_id=run_id)
    except Conflict:
        return
    except (Refused, DatabaseError):
        services.fail_import(SYSTEM, run_id=run_id)


# Midnight in Japan; the scheduler counts in UTC.
@app.periodic(cron="0 15 * * *")
@app.task(name="mikage.directory.tasks.begin_day", queueing_lock="directory.begin_day")
def begin_day(timestamp: int) -> None:
    """Posts and people change at midnight: those who left go, and everybody's rights are asked again."""
    services.end_people_who_left(SYSTEM)
