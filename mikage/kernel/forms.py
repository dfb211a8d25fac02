"""Form fields as a Japanese office fills them in: input is normalised, not refused (behaviours 21–23)."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mikage.kernel import clock, dates
from mikage.kernel.operations import Refused
from mikage.kernel.text import normalise


class TextField(forms.CharField):
    """One line of text in its stored form: NFKC, trimmed; 𠮷 and IVS stay, line breaks become spaces."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(normalise(value) if isinstance(value, str) else value)
        return " ".join(text.split("\n")) if text else ""


class LongTextField(forms.CharField):
    """Several lines of plain text."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return super().to_python(normalise(value) if isinstance(value, str) else value) or ""


class DayField(forms.CharField):
    """A day typed in any way an office writes one: 8.11.25, R8/11/25, 1125, 明日 (behaviour 22)."""

    def to_python(self, value: Any) -> date | None:  # type: ignore[override]
        if isinstance(value, datetime):
            return clock.local(value).date()
        if isinstance(value, date):
            return value
        if not value or not normalise(str(value)):
            return None
        try:
            return dates.parse_day(str(value)[:40], clock.today())
        except ValueError as error:
            raise ValidationError(str(error), code="day") from error

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%Y/%m/%d") if isinstance(value, date) else value


class TimeField(forms.CharField):
    """A time of day typed as 9:00, 0930, 9時半 or 午後1時."""

    def to_python(self, value: Any) -> time | None:  # type: ignore[override]
        if isinstance(value, time):
            return value
        if not value or not normalise(str(value)):
            return None
        try:
            return dates.parse_time(str(value)[:20])
        except ValueError as error:
            raise ValidationError(str(error), code="time") from error

    def prepare_value(self, value: Any) -> Any:
        return f"{value.hour}:{value.minute:02}" if isinstance(value, time) else value


class Form(forms.Form):
    """A form whose required fields say so in words and whose refusals land at their field."""

    required_css_class = "is-required"
    error_css_class = "has-error"

    def add_refusal(self, refusal: Refused) -> None:
        """Show what a service refused where the person can mend it, with everything typed still there."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(str(refusal.message), code="refused"))


REQUIRED = _("required")
OPTIONAL = _("optional")
