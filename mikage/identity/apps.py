"""Identity: which account is whose, how somebody signs in, and from which terminals they are signed in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    name = "mikage.identity"
    label = "identity"
    verbose_name = _("Sign-in")
    actions = {
        "identity.account.opened": _("Opened an account"),
        "identity.account.suspended": _("Suspended an account"),
        "identity.account.resumed": _("Resumed an account"),
        "identity.account.released": _("Released a lock"),
        "identity.account.changed": _("Changed own settings"),
        "identity.code.issued": _("Issued a one-time code"),
        "identity.password.set": _("Set a password"),
        "identity.password.denied": _("Could not set a password"),
        "identity.session.opened": _("Signed in"),
        "identity.session.denied": _("Could not sign in"),
        "identity.session.extended": _("Extended the session"),
        "identity.session.ended": _("Ended a session"),
        "identity.session.pruned": _("Removed old sessions and attempts"),
    }
