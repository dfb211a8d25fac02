"""Search: one field that asks every room for what this person may find there."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "mikage.search"
    label = "search"
    verbose_name = _("Search")
    functions = {"search.use": _("Search across all functions")}
