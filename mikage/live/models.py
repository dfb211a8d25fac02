"""The stream of a person: a gapless sequence of "something for you changed in this function".

An event names a function and nothing else; what changed is read from the function itself, under its rules.
"""

from django.db import models

from mikage.kernel.privacy import Personal


class Stream(models.Model):
    """How far the stream of a person has come. Its row lock makes numbers follow the order of commits."""

    privacy = Personal(holds=["person id"], forgets="live.event.pruned")

    person = models.OneToOneField(
        "directory.Person", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    sequence = models.BigIntegerField(default=0)

    class Meta:
        db_table = "live_stream"

    def __str__(self) -> str:
        return f"{self.person_id}:{self.sequence}"


class StreamEvent(models.Model):
    """One event of a stream, kept for some days so that a browser that was away can catch up."""

    privacy = Personal(holds=["person id"], forgets="live.event.pruned")

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="+", db_index=False)
    sequence = models.BigIntegerField()
    topic = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "live_stream_event"
        indexes = [models.Index(fields=["at"], name="stream_event_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="one_stream_event_per_number"),
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="stream_numbers_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.sequence} {self.topic}"
