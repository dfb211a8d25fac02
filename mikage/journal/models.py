"""Two inboxes that only grow: operations (what was changed or tried) and accesses (what was asked and read).

Rows keep labels and ids, no foreign keys, so that a record survives the person and the thing. They never
hold content, titles, file names, query text or numbers. A later room seals them; nothing ever edits them.
"""

from django.db import models

from mikage.journal.choices import Outcome
from mikage.kernel.privacy import Personal


class Who(models.Model):
    """Who acted, as they were at that moment: person, organisation and post, and from where."""

    at = models.DateTimeField()
    request_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=12)
    person_id = models.BigIntegerField(null=True)
    person_label = models.CharField(max_length=200, blank=True)
    organisation_id = models.BigIntegerField(null=True)
    organisation_label = models.CharField(max_length=200, blank=True)
    post_label = models.CharField(max_length=200, blank=True)
    terminal = models.CharField(max_length=64, blank=True)
    plane = models.CharField(max_length=20, blank=True)
    strength = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=80)

    class Meta:
        abstract = True


class Record(Who):
    """One operation on one thing, done, refused or failed."""

    privacy = Personal(holds=["name", "post"], forgets="journal.retention")

    target_kind = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "journal_record"
        indexes = [
            models.Index(fields=["person_id", "at"], name="record_by_person"),
            models.Index(fields=["target_kind", "target_id"], name="record_by_target"),
            models.Index(fields=["at"], name="record_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="a_record_says_how_the_act_ended"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.outcome}"


class Access(Who):
    """One request answered, or one witnessed read: which door, which ids, how it ended, how long it took."""

    privacy = Personal(holds=["name", "post"], forgets="journal.retention")

    method = models.CharField(max_length=10)
    view = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=200, blank=True)
    status = models.PositiveSmallIntegerField()
    microseconds = models.PositiveIntegerField()

    class Meta:
        db_table = "journal_access"
        indexes = [
            models.Index(fields=["person_id", "at"], name="access_by_person"),
            models.Index(fields=["at"], name="access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.view} {self.status}"
