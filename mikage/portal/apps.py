"""The portal: the top page, put together from what the rooms offer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "mikage.portal"
    label = "portal"
    verbose_name = _("Top page")
    functions = {"portal.use": _("See the top page")}
