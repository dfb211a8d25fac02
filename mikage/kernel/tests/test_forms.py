"""Fields take what a Japanese office types: they normalise, and refuse in words, never with a defect."""

from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from mikage.kernel import clock, forms
from mikage.kernel.operations import Refused

NASTY = [
    "", "\x00", "\ud800", "\u202e", "\u200d", "𠮷", "葛\U000e0100", "ｶﾞｷﾞｸﾞ", "＝＋－＠", "x" * 100_000,
    "NaN", "1e400", "2026-02-30", "0001-01-01", "9999-12-31", "令和元年4月30日", "昭和64年1月8日",
    "[]", "{}", "[[" * 500, "' OR 1=1 --",
]  # fmt: skip


class Sheet(forms.Form):
    title = forms.TextField(max_length=20)
    content = forms.LongTextField(required=False)
    day = forms.DayField()
    begins = forms.TimeField(required=False)


def filled(**changes: Any) -> Sheet:
    return Sheet({"title": "会議", "day": "2026/11/25", **changes})


@pytest.fixture(autouse=True)
def _fixed_day() -> Any:
    with time_machine.travel(clock.at(date(2026, 11, 25), 10), tick=False):
        yield


@pytest.mark.requirement("F-21")
def test_full_width_input_is_mended_and_not_refused() -> None:
    sheet = filled(title="　Ｗｅｂ会議　", day="Ｒ８．１１．２５", begins="９：３０")
    assert sheet.is_valid()
    assert sheet.cleaned_data == {
        "title": "Web会議", "content": "", "day": date(2026, 11, 25), "begins": time(9, 30),
    }  # fmt: skip


def test_one_line_stays_one_line_and_several_stay_several() -> None:
    sheet = filled(title="上\r\n下", content="上\r\n下")
    assert sheet.is_valid()
    assert (sheet.cleaned_data["title"], sheet.cleaned_data["content"]) == ("上 下", "上\n下")


@pytest.mark.requirement("TR-I1")
@pytest.mark.parametrize("name", ["title", "content", "day", "begins"])
@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_nasty_input_is_mended_or_refused_at_its_field(name: str, value: str) -> None:
    sheet = filled(**{name: value})
    if not sheet.is_valid():
        assert set(sheet.errors) == {name}
        assert all(message for message in sheet.errors[name])


@given(st.text(max_size=60))
def test_any_text_in_the_field_of_a_day_is_a_day_or_a_refusal(typed: str) -> None:
    try:
        day = forms.DayField(required=False).clean(typed)
    except ValidationError as refusal:
        day = None
        told = refusal.messages
    else:
        told = ["a day"]
    assert all(told)
    assert day is None or isinstance(day, date)


def test_a_day_that_is_a_day_already_stays_the_office_day() -> None:
    field = forms.DayField()
    assert field.clean(date(2026, 11, 25)) == date(2026, 11, 25)
    assert field.clean(datetime(2026, 11, 24, 15, 30, tzinfo=clock.now().tzinfo)) == date(2026, 11, 25)


def test_a_field_shows_its_value_as_people_write_it() -> None:
    assert forms.DayField().prepare_value(date(2026, 11, 5)) == "2026/11/05"
    assert forms.TimeField().prepare_value(time(9, 5)) == "9:05"
    assert forms.DayField().prepare_value("1125") == "1125"


def test_a_missing_required_day_is_refused() -> None:
    assert not filled(day="　").is_valid()


def test_a_refusal_lands_at_the_field_that_can_mend_it() -> None:
    sheet = filled()
    assert sheet.is_valid()
    sheet.add_refusal(Refused("so nicht", field="title"))
    sheet.add_refusal(Refused("anders", field="unknown"))
    assert sheet.errors == {"title": ["so nicht"], "__all__": ["anders"]}
