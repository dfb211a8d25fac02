"""How far an appointment is shown, how much it matters, and what a person may do with one on a board."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Visibility(models.TextChoices):
    """For whom the item, or the details, of an appointment exist; participants always see it whole (B-02)."""

    EVERYONE = "everyone", pgettext_lazy("visibility", "Everyone")
    ORGANISATION = "organisation", pgettext_lazy("visibility", "Own organisation and below")
    AUDIENCE = "audience", pgettext_lazy("visibility", "People and organisations I choose")
    PARTICIPANTS = "participants", pgettext_lazy("visibility", "Participants only")
    SELF = "self", pgettext_lazy("visibility", "Only I")

    @property
    def width(self) -> int:
        """Wide ones have the greater number: everyone 4, only I 0."""
        return len(Visibility) - 1 - list(Visibility).index(self)


class Importance(models.TextChoices):
    ORDINARY = "ordinary", pgettext_lazy("importance", "Ordinary")
    IMPORTANT = "important", pgettext_lazy("importance", "Important")


class View(models.TextChoices):
    """The five views (B-04)."""

    ORGANISATION_DAY = "organisation_day", _("Organisation, day")
    ORGANISATION_WEEK = "organisation_week", _("Organisation, week")
    PERSON_DAY = "person_day", _("Person, day")
    PERSON_WEEK = "person_week", _("Person, week")
    PERSON_MONTH = "person_month", _("Person, month")
