"""The composition of all rooms; holds the operator's commands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "mikage.config"
    label = "config"
    verbose_name = _("Installation")
