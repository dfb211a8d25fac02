"""Live: tells open browsers that something changed, and never what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "mikage.live"
    label = "live"
    verbose_name = _("Live updates")
    actions = {
        "live.stream.opened": _("Opened the stream of live updates"),
        "live.event.pruned": _("Removed old entries of the streams"),
    }
