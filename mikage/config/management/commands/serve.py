"""Everything a first run needs, started together, watched, and ended together."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils.translation import gettext as _

from mikage.config import env, processes
from mikage.directory.models import Person
from mikage.kernel import durability
from mikage.kernel.database import Server, Unusable

log = logging.getLogger(__name__)


class Command(BaseCommand):
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _("Start database, pages, streams and jobs, and stop them all at Ctrl-C.")
        parser.add_argument("--empty", action="store_true", help=_("Do not make the demonstration city."))

    def handle(self, *args: object, **options: object) -> None:
        address = f"http://{processes.LOOPBACK}:{settings.PORT}"
        if not settings.HAS_TLS and settings.ORIGIN != address:
            raise CommandError(
                _(
                    "MIKAGE_ORIGIN=%(origin)s would carry passwords unprotected. Only %(address)s is served "
                    "without TLS; for any other address set MIKAGE_ORIGIN=https://… and put nginx in front."
                )
                % {"origin": settings.ORIGIN, "address": address}
            )
        with _alone():
            if processes.is_taken(settings.PORT):
                raise CommandError(
                    _("Port %(port)s is taken by another program. Choose one with PORT=….")
                    % {"port": settings.PORT}
                )
            if broken := durability.check(settings.DATABASE_URL):
                raise CommandError(" ".join(str(sentence) for sentence in broken))
            _clear_what_was_cut_off()
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            # An address staff will use is no place for invented people.
            if not (options["empty"] or settings.HAS_TLS or Person.objects.exists()):
                _make_the_demonstration()
            processes.supervise(
                ["web", "worker"],
                ready_when=f"{address}/login",
                on_ready=lambda: self._say(f"ready {address}"),
                heal=_heal_database,
            )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def _alone() -> Iterator[None]:
    """One service on one home; the second one says so."""
    descriptor = os.open(settings.HOME / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    except BlockingIOError as error:
        raise CommandError(
            _("A service already runs on %(home)s (process %(process)s).")
            % {"home": settings.HOME, "process": os.pread(descriptor, 20, 0).decode() or "?"}
        ) from error
    finally:
        os.close(descriptor)


def _unfinished() -> Path:
    """Lies in the home while the demonstration city is being made."""
    return Path(settings.HOME / "demo-unfinished")


def _make_the_demonstration() -> None:
    _unfinished().touch()
    call_command("demo", size=env.text("MIKAGE_DEMO_SIZE", "run"))
    _unfinished().unlink()


def _clear_what_was_cut_off() -> None:
    """Half a city in which nobody has worked yet is made anew rather than served."""
    if not _unfinished().exists():
        return
    server = Server(settings.HOME)
    if settings.DATABASE_URL != server.dsn:
        raise CommandError(
            _(
                "The demonstration city was cut off half made. Drop and create the database named by "
                "DATABASE_URL, remove %(path)s, and start again."
            )
            % {"path": _unfinished()}
        )
    connections.close_all()
    server.start_over()
    _unfinished().unlink()


def _heal_database() -> None:
    """Start the embedded server again should it have died."""
    server = Server(settings.HOME)
    if settings.DATABASE_URL == server.dsn and not server.is_running():
        log.error("the database server has ended; starting it again")
        try:
            server.ensure_running()
        except Unusable as error:
            log.critical("%s", error)
