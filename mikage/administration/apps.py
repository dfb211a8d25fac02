"""The administration: the screens of those who keep accounts, rules and the directory."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "mikage.administration"
    label = "administration"
    verbose_name = _("Administration")
    actions = {
        "administration.account.read": _("Looked at an account at the desk"),
        "administration.rights.explained": _("Looked at why somebody may use a function"),
    }
    functions = {
        "administration.use": _("Enter the administration"),
        "administration.accounts": _("Keep accounts (the accounts desk)"),
        "administration.rules": _("Keep the function rules"),
    }
