"""What kinds of people, posts, groups and imports there are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonKind(models.TextChoices):
    """A member of staff, or the account a section shares (ORG-2)."""

    STAFF = "staff", _("Member of staff")
    ORGANISATION = "organisation", _("Organisation account")


class PostKind(models.TextChoices):
    """The one main post, or a post held beside it (兼務)."""

    MAIN = "main", _("Main post")
    CONCURRENT = "concurrent", _("Concurrent post")


class GroupKind(models.TextChoices):
    """A group kept for everybody, or one that a person made for themselves."""

    SHARED = "shared", _("Shared group")
    PERSONAL = "personal", _("Personal group")


class ImportState(models.TextChoices):
    """Where an import stands."""

    PREPARED = "prepared", _("Waiting for your decision")
    RUNNING = "running", _("Running")
    APPLIED = "applied", _("Applied")
    FAILED = "failed", _("Not applied")
    DISCARDED = "discarded", _("Discarded")
