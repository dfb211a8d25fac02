"""Appointments: what somebody plans, whose boards it stands on, and for whom it has words.

An appointment keeps what its owner chose about visibility and, beside it, the keys that follow: those
for whom the item exists and those for whom the details do. Everybody else learns a time and nothing more.
"""

import uuid
from datetime import time

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from django.utils.translation import get_language

from mikage.access.models import AudienceField
from mikage.kernel.privacy import NoPersonalData, Personal
from mikage.schedule.choices import Importance, Visibility

TITLE_LENGTH, PLACE_LENGTH, CONTENT_LENGTH = 200, 200, 10_000


def _begins_a_day(field: str) -> Exact:
    """The moment is midnight in Japan, where the office lives."""
    wall_clock = Func(Value("Asia/Tokyo"), F(field), function="timezone", output_field=models.DateTimeField())
    return Exact(Cast(wall_clock, models.TimeField()), Value(time(0), output_field=models.TimeField()))


class Category(models.Model):
    """A kind of appointment (会議, 来客, …); its mark, because colour is never the only sign (WCAG 1.4.1)."""

    privacy = NoPersonalData()

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=30)
    english_name = models.CharField(max_length=30)
    mark = models.CharField(max_length=1)
    colour = models.CharField(max_length=20)
    # Who has such an appointment now is not at their desk.
    is_away = models.BooleanField(default=False)
    official_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "schedule_category"
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(mark=""), name="a_category_has_word_and_mark"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its word in the language of the reader."""
        return self.english_name if get_language() == "en" else self.name


class Entry(models.Model):
    """One appointment: from when to when, what, where, with whom, and who may know of it.

    An all-day one runs from midnight to midnight in Japan, over one or several days. ``item_readers`` and
    ``details_readers`` follow from the visibility, the owner, the participants and those it is shared with;
    the operations write them. ``version`` grows with every change.
    """

    privacy = Personal(holds=["title", "place", "content", "person id"], forgets="schedule.entry.purged")

    # Drawn at random: ids tell neither order nor number (T-17).
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="entries", null=True, blank=True
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_all_day = models.BooleanField(default=False)
    place = models.CharField(max_length=PLACE_LENGTH, blank=True)
    content = models.TextField(max_length=CONTENT_LENGTH, blank=True)
    importance = models.CharField(max_length=10, choices=Importance, default=Importance.ORDINARY)
    is_tentative = models.BooleanField(default=False)

    item_visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.EVERYONE)
    item_audience = AudienceField()
    details_visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.EVERYONE)
    details_audience = AudienceField()
    shared_with = AudienceField()
    item_readers = AudienceField()
    details_readers = AudienceField()

    # Whose appointment it is. Who wrote it down is a fact and opens nothing.
    owner = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    registered_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    # The form it came from: a second click on the same form finds the first one's appointment.
    form_token = models.UUIDField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        db_table = "schedule_entry"
        indexes = [
            GinIndex(fields=["item_readers"], name="entry_by_reader"),
            models.Index(fields=["starts_at", "ends_at"], name="entry_by_time"),
            models.Index(
                fields=["owner", "deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="deleted_entry_by_owner",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="an_entry_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(title="") | Q(category__isnull=False), name="an_entry_has_a_title_or_a_category"
            ),
            models.CheckConstraint(
                condition=Q(is_all_day=False) | (Q(_begins_a_day("starts_at")) & Q(_begins_a_day("ends_at"))),
                name="an_all_day_entry_is_whole_days",
            ),
            models.CheckConstraint(
                condition=Q(item_readers=["all"]) | Q(item_readers__contains=F("details_readers")),
                name="who_sees_details_sees_the_item",
            ),
            models.CheckConstraint(
                condition=~Q(item_readers=[]) & ~Q(details_readers=[]), name="an_entry_has_readers"
            ),
            models.CheckConstraint(
                condition=Q(item_visibility__in=Visibility.values, details_visibility__in=Visibility.values),
                name="an_entry_says_for_whom_it_is",
            ),
            models.CheckConstraint(
                condition=Q(importance__in=Importance.values), name="an_entry_is_ordinary_or_important"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True, deleted_by__isnull=True)
                | Q(deleted_at__isnull=False, deleted_by__isnull=False),
                name="a_deleted_entry_says_when_and_by_whom",
            ),
            models.UniqueConstraint(fields=["registered_by", "form_token"], name="one_entry_per_form"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Participant(models.Model):
    """Somebody who takes part: the appointment stands on their board and they are busy."""

    privacy = Personal(holds=["person id"], forgets="schedule.entry.purged")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "schedule_participant"
        constraints = [
            models.UniqueConstraint(fields=["entry", "person"], name="a_person_participates_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.entry_id}"


class ParticipatingOrganisation(models.Model):
    """An organisation that takes part: the appointment stands in its row, its members see it whole."""

    privacy = NoPersonalData()

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey("directory.Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "schedule_participating_organisation"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "organisation"], name="an_organisation_participates_once"
            ),
        ]

    def __str__(self) -> str:
        return f"org {self.organisation_id} in {self.entry_id}"


class ChosenOrganisation(models.Model):
    """An organisation whose board somebody opened lately, or keeps at hand as a favourite."""

    privacy = Personal(holds=["person id"], forgets="schedule.organisation.chosen")

    chooser = models.ForeignKey("directory.Person", on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("directory.Organisation", on_delete=models.CASCADE, related_name="+")
    chosen_at = models.DateTimeField()
    is_favourite = models.BooleanField(default=False)

    class Meta:
        db_table = "schedule_chosen_organisation"
        constraints = [
            models.UniqueConstraint(
                fields=["chooser", "organisation"], name="an_organisation_is_remembered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chooser_id}: {self.organisation_id}"
