"""Access: who somebody is to the system today, and which functions are open to them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "mikage.access"
    label = "access"
    verbose_name = _("Access control")
    actions = {
        "access.rule.added": _("Opened a function to an audience"),
        "access.rule.withdrawn": _("Withdrew a function from an audience"),
    }
    functions: dict[str, object] = {}
