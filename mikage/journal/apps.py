"""The journal: the append-only record of what was done and what was read."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "mikage.journal"
    label = "journal"
    verbose_name = _("Journal")
    actions = {
        "journal.request.answered": _("Opened a page"),
        "journal.request.missed": _("Access records could not be written for a time"),
    }
