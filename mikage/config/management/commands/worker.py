"""The process that does the jobs."""

import asyncio

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from procrastinate.contrib.django import procrastinate_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.manager import JobManager

from mikage.config import processes
from mikage.config.leases import Lease


class LeasedJobs(JobManager):
    """A worker takes its lease between its registration and its first job."""

    lease: Lease

    async def register_worker(self) -> int:
        worker_id = await super().register_worker()
        await asyncio.to_thread(self.lease.take, worker_id)
        return worker_id

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """Nobody: who is alive is decided by the lease, and a slow worker keeps its row."""
        return []


class Command(BaseCommand):
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _("Do the jobs of the queue until told to stop (started by serve).")
        parser.add_argument("--alone", action="store_true", help=_("Live on when the starter ends."))

    def handle(self, *args: object, **options: object) -> None:
        if not options["alone"]:
            processes.end_with_parent()
        asyncio.run(_work())


async def _work() -> None:
    # The app itself and not the library's stand-in for it: the stand-in keeps what is set on it to itself.
    app = procrastinate_app.current_app
    if not isinstance(app.connector, DjangoConnector):
        raise TypeError("the jobs do not live in Django's database")
    connector = app.connector.get_worker_connector()
    lease = Lease(connector_params())
    lease.reap()
    lease.watch()
    with app.replace_connector(connector):
        app.job_manager = LeasedJobs(connector)
        app.job_manager.lease = lease
        async with app.open_async():
            await app.run_worker_async(
                name="worker",
                concurrency=1,
                delete_jobs="successful",
                shutdown_graceful_timeout=8,
            )
