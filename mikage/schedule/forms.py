"""The form of an appointment: what people type about time, people and visibility, in the office's manner."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.directory.forms import AudienceField
from mikage.kernel import clock
from mikage.kernel.forms import DayField, Form, LongTextField, TextField, TimeField
from mikage.schedule import policies
from mikage.schedule.choices import Importance, Visibility
from mikage.schedule.models import CONTENT_LENGTH, PLACE_LENGTH, TITLE_LENGTH, Entry
from mikage.schedule.policies import Draft


class EntryForm(Form):
    """What, when, with whom, and for whom it is to be seen."""

    title = TextField(label=_("Title"), max_length=TITLE_LENGTH, required=False)
    category = forms.ChoiceField(
        label=_("Category"), required=False, help_text=_("Write a title or choose a category.")
    )
    starts_on = DayField(label=_("Start day"), help_text=_("For example 2026/11/25, R8.11.25, 1125 or 明日"))
    starts_time = TimeField(
        label=_("Start time"), required=False, help_text=_("For example 9:00, 0930, 午後1時")
    )
    ends_on = DayField(label=_("End day"), required=False, help_text=_("Leave it empty for the same day"))
    ends_time = TimeField(label=_("End time"), required=False)
    is_all_day = forms.BooleanField(label=_("All day"), required=False)
    is_tentative = forms.BooleanField(label=_("Tentative"), required=False)
    importance = forms.ChoiceField(
        label=_("Importance"), choices=Importance.choices, widget=forms.RadioSelect, required=False
    )
    participants = AudienceField(
        label=_("Participants"),
        kinds=("person", "under"),
        help_text=_("It stands on their boards and they are busy."),
    )
    shared_with = AudienceField(
        label=_("Shared with"), required=False, help_text=_("They see it whole and do not become busy.")
    )
    item_visibility = forms.ChoiceField(
        label=_("Who sees title, category and time"), choices=Visibility.choices, widget=forms.RadioSelect
    )
    item_audience = AudienceField(label=_("People and organisations who see the title"), required=False)
    details_visibility = forms.ChoiceField(
        label=_("Who sees place, content and participants"),
        choices=Visibility.choices,
        widget=forms.RadioSelect,
    )
    details_audience = AudienceField(label=_("People and organisations who see the details"), required=False)
    place = TextField(label=_("Place"), max_length=PLACE_LENGTH, required=False)
    content = LongTextField(label=_("Content"), max_length=CONTENT_LENGTH, required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, entry: Entry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        if isinstance(category, forms.ChoiceField):
            category.choices = [
                ("", _("None")),
                *((str(each.pk), each.label) for each in policies.categories()),
            ]
        kept = [] if entry is None else policies.named_keys(entry)
        for name in ("participants", "shared_with", "item_audience", "details_audience"):
            field = self.fields[name]
            if isinstance(field, AudienceField):
                field.for_actor(actor, kept=kept)

    def clean(self) -> dict[str, Any]:
        """Days and times become moments; what is missing is said at its field."""
        data = super().clean() or self.cleaned_data
        starts_on: date | None = data.get("starts_on")
        if starts_on is None:
            return data
        ends_on: date = data.get("ends_on") or starts_on
        if data.get("is_all_day"):
            data["starts_at"], data["ends_at"] = clock.at(starts_on), clock.at(ends_on + timedelta(days=1))
        else:
            data["starts_at"] = self._moment(
                starts_on, "starts_time", _("Enter the start time, or choose “All day”.")
            )
            data["ends_at"] = self._moment(
                ends_on, "ends_time", _("Enter the end time, or choose “All day”.")
            )
        if data["starts_at"] and data["ends_at"] and data["ends_at"] <= data["starts_at"]:
            self.add_error(
                "ends_time" if not data.get("is_all_day") and ends_on == starts_on else "ends_on",
                _("The end must be after the start."),
            )
        return data

    def _moment(self, day: date, name: str, missing: Any) -> datetime | None:
        typed: time | None = self.cleaned_data.get(name)
        if typed is None:
            if name not in self.errors:
                self.add_error(name, missing)
            return None
        return clock.at(day, typed.hour, typed.minute)

    def draft(self) -> Draft:
        """The valid form as the service wants it."""
        data = self.cleaned_data
        parsed = [keys.parse(key) for key in data["participants"]]
        return Draft(
            title=data["title"],
            category_id=int(data["category"]) if data["category"] else None,
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            is_all_day=data["is_all_day"],
            place=data["place"],
            content=data["content"],
            importance=data["importance"] or Importance.ORDINARY,
            is_tentative=data["is_tentative"],
            item_visibility=data["item_visibility"],
            item_audience=self._audience("item"),
            details_visibility=data["details_visibility"],
            details_audience=self._audience("details"),
            shared_with=tuple(keys.canonical(data["shared_with"])),
            participants=tuple(int(key.value) for key in parsed if key.kind == "person"),
            organisations=tuple(int(key.value) for key in parsed if key.kind == "under"),
        )

    def _audience(self, part: str) -> tuple[str, ...]:
        """Only read where the visibility asks for it: what is typed and not meant must not widen anything."""
        if self.cleaned_data[f"{part}_visibility"] != Visibility.AUDIENCE:
            return ()
        return tuple(keys.canonical(self.cleaned_data[f"{part}_audience"]))


class PeopleForm(Form):
    """Whose schedules to see beside one another."""

    who = AudienceField(label=_("People to show"), kinds=("person",), most=10)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["who"]
        if isinstance(field, AudienceField):
            field.for_actor(actor)

    def people(self) -> list[int]:
        """The ids of the chosen, in their order."""
        return [int(keys.parse(key).value) for key in self.cleaned_data["who"]]


def blank(*, participants: list[str], day: date, start: time | None) -> dict[str, Any]:
    """What an empty form begins with: everything open, for one hour from the next full one."""
    if start is None:
        hour = clock.local(clock.now()).hour + 1
        start = time(hour if 8 <= hour <= 17 else 9)
    end = (datetime.combine(day, start) + timedelta(hours=1)).time()
    return {
        "starts_on": day,
        "starts_time": start,
        "ends_on": day if end > start else day + timedelta(days=1),
        "ends_time": end,
        "importance": Importance.ORDINARY,
        "participants": participants,
        "item_visibility": Visibility.EVERYONE,
        "details_visibility": Visibility.EVERYONE,
        "form_token": uuid.uuid4(),
    }


def filled(entry: Entry) -> dict[str, Any]:
    """The form of an appointment that exists, for those who see it whole."""
    starts, ends = clock.local(entry.starts_at), clock.local(entry.ends_at)
    last_day = (ends - timedelta(days=1)).date() if entry.is_all_day else ends.date()
    return {
        "title": entry.title,
        "category": str(entry.category_id or ""),
        "starts_on": starts.date(),
        "starts_time": None if entry.is_all_day else starts.time(),
        "ends_on": last_day,
        "ends_time": None if entry.is_all_day else ends.time(),
        "is_all_day": entry.is_all_day,
        "is_tentative": entry.is_tentative,
        "importance": entry.importance,
        "place": entry.place,
        "content": entry.content,
        "participants": policies.participant_keys(entry),
        "shared_with": list(entry.shared_with),
        "item_visibility": entry.item_visibility,
        "item_audience": list(entry.item_audience) if entry.item_visibility == Visibility.AUDIENCE else [],
        "details_visibility": entry.details_visibility,
        "details_audience": list(entry.details_audience)
        if entry.details_visibility == Visibility.AUDIENCE
        else [],
        "form_token": uuid.uuid4(),
        "version": entry.version,
    }
