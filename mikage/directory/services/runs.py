"""An import from the screen: files are uploaded, looked at, then applied in the background or discarded."""

from datetime import date

from django.db import connection
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from mikage.access.actor import Actor
from mikage.directory.choices import ImportState
from mikage.directory.models import ImportRun
from mikage.directory.policies import require_keeper
from mikage.directory.policies.runs import Uploaded, read_files
from mikage.directory.services.imports import import_directory
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Conflict, Refused, operation

APPLY_TASK = "mikage.directory.tasks.apply_import"


@operation("directory.import.prepared")
def prepare_import(actor: Actor, *, files: Uploaded, on: date) -> ImportRun:
    """Keep uploaded files until somebody has looked at what they would change."""
    require_keeper(actor)
    if not files.given():
        raise Refused(_("Choose at least one file."))
    run = ImportRun.objects.create(
        starter_id=actor.person_id,
        prepared_at=clock.now(),
        on=on,
        organisations=files.organisations,
        people=files.people,
        posts=files.posts,
    )
    journal.record(actor, "directory.import.prepared", run, details={"files": len(files.given())})
    return run


@operation("directory.import.started")
def start_import(actor: Actor, *, run: ImportRun) -> None:
    """Apply the files in the background; the job is stored in the same transaction as the decision.

    Raises Conflict when somebody decided already (two clicks make one import).
    """
    require_keeper(actor)
    _decide(run, ImportState.RUNNING)
    app.configure_task(APPLY_TASK).defer(run_id=run.pk)
    journal.record(actor, "directory.import.started", run)


@operation("directory.import.discarded")
def discard_import(actor: Actor, *, run: ImportRun) -> None:
    """Forget the files without changing anything."""
    require_keeper(actor)
    _decide(run, ImportState.DISCARDED)
    _close(run, ImportState.DISCARDED)
    journal.record(actor, "directory.import.discarded", run)


@operation("directory.import.applied")
def run_import(actor: Actor, *, run_id: int) -> None:
    """The background part: what the person decided happens, all of it or nothing.

    The row of the run itself is written last, so that its progress can be told on another connection
    while this transaction is open.
    """
    run = ImportRun.objects.get(pk=run_id)
    if run.state != ImportState.RUNNING:
        raise Conflict(_("This import was already decided."))
    files = read_files(run)
    if files.errors:
        raise Refused(_("The files hold mistakes, so nothing was changed."))
    with _ProgressLine(run) as line:
        plan = import_directory(
            actor,
            organisations=files.organisations,
            people=files.people,
            posts=files.posts,
            on=run.on,
            progress=line.tell,
        )
    run.counts, run.done, run.total = plan.counts(), plan.total, plan.total
    _close(run, ImportState.APPLIED)
    journal.record(actor, "directory.import.applied", run, details={"starter": run.starter_id or 0})


@operation("directory.import.failed")
def fail_import(actor: Actor, *, run_id: int) -> None:
    """The import came to nothing: the directory is the old one, the files stay for another look."""
    run = ImportRun.objects.get(pk=run_id)
    run.state, run.finished_at = ImportState.FAILED, clock.now()
    run.save(update_fields=["state", "finished_at"])
    journal.record(actor, "directory.import.failed", run)


def _decide(run: ImportRun, state: ImportState) -> None:
    undecided = ImportRun.objects.filter(pk=run.pk, state__in=[ImportState.PREPARED, ImportState.FAILED])
    if not undecided.update(state=state, done=0, total=0):
        raise Conflict(_("This import was already decided."))
    run.state = state


def _close(run: ImportRun, state: ImportState) -> None:
    run.state, run.finished_at = state, clock.now()
    run.organisations = run.people = run.posts = None
    run.save()


class _ProgressLine:
    """Says on a connection of its own how far the import came, so that the page can see it before the end."""

    def __init__(self, run: ImportRun) -> None:
        self.run_id = run.pk
        self.connection = connection.copy()

    def __enter__(self) -> "_ProgressLine":
        return self

    def __exit__(self, *args: object) -> None:
        self.connection.close()

    def tell(self, done: int, total: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE directory_import_run SET done = %s, total = %s WHERE id = %s",
                [done, total, self.run_id],
            )
