"""Hub and pages in one process, on this machine's own address."""

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from mikage.config import processes


class Command(BaseCommand):
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _("Serve hub and pages in one process (started by serve).")
        parser.add_argument("--alone", action="store_true", help=_("Live on when the starter ends."))

    def handle(self, *args: object, **options: object) -> None:
        if not options["alone"]:
            processes.end_with_parent()
        uvicorn.run(
            "mikage.config.asgi:application",
            host=processes.LOOPBACK,
            port=settings.PORT,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            # Whose word about the visitor's address counts is decided by the journal, not here.
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
