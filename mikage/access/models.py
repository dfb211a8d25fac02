"""Audiences kept on rows, the rules that open functions, and the version that rights have today."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from mikage.access import keys
from mikage.kernel.privacy import NoPersonalData, Personal

if TYPE_CHECKING:
    _KeyArray = ArrayField[list[str], list[str]]
else:  # the class takes its parameters from the stubs only
    _KeyArray = ArrayField


class AudienceField(_KeyArray):
    """A set of subject keys on a row: those for whom something exists.

    Ask it with ``filter(audience__overlap=list(actor.keys))`` and give it a GIN index.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("base_field", models.CharField(max_length=40))
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(**kwargs)

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return keys.canonical(value)
        except ValueError as error:
            raise ValidationError(_("This is not a person, organisation, post or group.")) from error

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(
            value if prepared else self.get_prep_value(value), connection, prepared
        )


class FunctionRule(models.Model):
    """Opens one function to an audience, under conditions. What no rule opens is closed (A-04)."""

    privacy = Personal(holds=["person id"], forgets="access.rule.withdrawn")

    function = models.CharField(max_length=60)
    audience = AudienceField()
    terminals = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    planes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    strengths = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    valid = DateRangeField(null=True, blank=True)

    class Meta:
        db_table = "access_function_rule"
        indexes = [GinIndex(fields=["audience"], name="rule_by_audience")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(audience=[]), name="a_rule_names_somebody"),
        ]

    def __str__(self) -> str:
        return self.function


class RightsVersion(models.Model):
    """One row whose number grows whenever somebody's rights may have changed; caches and streams ask it."""

    privacy = NoPersonalData()

    number = models.BigIntegerField(default=1)

    class Meta:
        db_table = "access_rights_version"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_rights_version")]

    def __str__(self) -> str:
        return str(self.number)
