"""What operations of the rooms do to streams, in one line each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F

from mikage.access.models import FunctionRule
from mikage.access.rights import note_rights_changed
from mikage.directory.models import Person
from mikage.identity.choices import AccountState
from mikage.identity.models import Account, LoginSession
from mikage.live import live
from mikage.live.models import StreamEvent
from tests.live.signed_in import SignedIn


def ping(*people: Person, topic: str = "board") -> None:
    with transaction.atomic():
        live.ping([person.pk for person in people], topic)


def change(*subjects: str, audience: list[str] | None = None) -> None:
    with transaction.atomic():
        live.changed("board", subjects, audience=audience)


def close_the_function() -> None:
    with transaction.atomic():
        FunctionRule.objects.filter(function="board.use").delete()
        note_rights_changed()


def let_the_session_run_out(who: SignedIn) -> None:
    """Its time is over; nobody is told."""
    LoginSession.objects.filter(public_id=who.session_id).update(
        created_at=F("created_at") - timedelta(days=1), ends_at=F("ends_at") - timedelta(days=1)
    )


def suspend_in_silence(who: SignedIn) -> None:
    Account.objects.filter(pk=who.account.pk).update(state=AccountState.SUSPENDED)


def numbers_of(person: Person) -> list[int]:
    return list(
        StreamEvent.objects.filter(stream=person.pk).order_by("pk").values_list("sequence", flat=True)
    )


def cut_lines_of_the_hub() -> int:
    """Every connection the hub holds to the database is ended by the server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name = 'mikage hub' AND datname = current_database()"
        )
        row = cursor.fetchone()
    return int(row[0])


def at_once(*works: Callable[[], None]) -> None:
    """Run each in a thread with a connection of its own; the first defect is raised."""

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(run, work) for work in works]:
            done.result(60)
