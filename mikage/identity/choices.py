"""Kinds and states of accounts, why a session ended, and what a person may choose for their screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountKind(models.TextChoices):
    STAFF = "staff", pgettext_lazy("account kind", "Staff")
    ORGANISATION = "organisation", pgettext_lazy("account kind", "Organisation")
    MAINTENANCE = "maintenance", pgettext_lazy("account kind", "Maintenance")


class AccountState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("account", "In use")
    SUSPENDED = "suspended", pgettext_lazy("account", "Suspended")


class EndReason(models.TextChoices):
    SIGNED_OUT = "signed-out", _("Signed out")
    ENDED_ELSEWHERE = "ended", _("Ended from another terminal")
    PASSWORD_CHANGED = "password", _("Password changed")
    SUSPENDED = "suspended", _("Account suspended")
    DESK = "desk", _("Ended by the accounts desk")


class TextSize(models.TextChoices):
    STANDARD = "standard", pgettext_lazy("text size", "Standard")
    LARGE = "large", pgettext_lazy("text size", "Large")
    LARGEST = "largest", pgettext_lazy("text size", "Largest")


class Theme(models.TextChoices):
    LIGHT = "light", pgettext_lazy("theme", "Light")
    DARK = "dark", pgettext_lazy("theme", "Dark")
    CONTRAST = "contrast", pgettext_lazy("theme", "High contrast")
