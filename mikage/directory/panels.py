"""What the directory offers the top page: what waits for those who keep it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.directory.choices import ImportState
from mikage.directory.policies.runs import visible_runs
from mikage.kernel.panels import ToDo


def to_do(actor: Actor) -> list[ToDo]:
    """Uploaded files wait for the decision of somebody who keeps the directory (POR-3)."""
    waiting = visible_runs(actor).filter(state=ImportState.PREPARED)
    return [
        ToDo(
            words=_("Decide on an import of the directory"),
            url=reverse("administration:import", args=[run.pk]),
            waiting_since=run.prepared_at,
        )
        for run in waiting
    ]
