"""The kernel: what every room stands on, without a table and without a word of any feature."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "mikage.kernel"
    label = "kernel"
    verbose_name = _("Kernel")
