"""Days as an office writes and reads them: eras, fiscal years, holidays, and what people type."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from mikage.kernel import clock, dates

TODAY = date(2026, 11, 25)
WRITABLE = st.dates(min_value=dates.EARLIEST_DAY, max_value=dates.LATEST_DAY)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 25), "令和8年11月25日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1912, 7, 30), "大正元年7月30日"),
    ],
)
def test_eras_change_on_their_day(day: date, written: str) -> None:
    assert dates.wareki(day) == written


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2026, 12, 31), 2026)]
)
def test_the_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert dates.fiscal_year(day) == year


@pytest.mark.requirement("F-22")
@pytest.mark.parametrize(
    "typed",
    [
        "2026/11/25", "2026-11-25", "2026.11.25", "20261125", "２０２６／１１／２５", "2026年11月25日",
        "2026年11月25日（水）", "8.11.25", "R8/11/25", "r8.11.25", "R081125", "令和8年11月25日",
        "令和8.11.25", "11/25", "1125", "11月25日", "今日", "本日", " 令和 8 年 11 月 25 日 ",
    ],
)  # fmt: skip
def test_a_day_is_understood_in_every_way_an_office_writes_it(typed: str) -> None:
    assert dates.parse_day(typed, TODAY) == TODAY


@pytest.mark.parametrize(
    ("typed", "days"), [("明日", 1), ("あさって", 2), ("昨日", -1), ("tomorrow", 1), ("Yesterday", -1)]
)
def test_a_day_may_be_named_from_today(typed: str, days: int) -> None:
    assert dates.parse_day(typed, TODAY) == TODAY + timedelta(days=days)


def test_a_day_without_a_year_is_the_nearest_one() -> None:
    assert dates.parse_day("0105", date(2026, 12, 20)) == date(2027, 1, 5)
    assert dates.parse_day("12/20", date(2027, 1, 5)) == date(2026, 12, 20)


def test_the_twenty_ninth_of_february_is_the_nearest_one_there_is() -> None:
    assert dates.parse_day("2/29", date(2028, 1, 5)) == date(2028, 2, 29)
    with pytest.raises(ValueError, match=r"."):
        dates.parse_day("2/29", date(2026, 1, 5))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2026/02/30",
        "13/45",
        "0001-01-01",
        "9999-12-31",
        "来週のどこか",
        "1" * 40,
        "R0/1/1",
        "NaN",
        "²⁵",
        "٣/٣",
    ],
)
def test_what_is_no_day_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as told:
        dates.parse_day(typed, TODAY)
    assert "Traceback" not in str(told.value)
    assert "int()" not in str(told.value)


@given(st.text(max_size=40))
def test_no_text_does_more_than_be_refused(typed: str) -> None:
    try:
        day = dates.parse_day(typed, TODAY)
    except ValueError:
        return
    assert dates.EARLIEST_DAY <= day <= dates.LATEST_DAY


@given(WRITABLE)
def test_what_we_write_we_understand(day: date) -> None:
    assert dates.parse_day(dates.wareki(day), TODAY) == day
    with translation.override("ja"):
        assert dates.parse_day(dates.long_day(day), TODAY) == day


@pytest.mark.requirement("F-22")
@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("9:00", 9, 0), ("0900", 9, 0), ("９：３０", 9, 30), ("9時", 9, 0), ("9時半", 9, 30),
        ("9時15分", 9, 15), ("午後1時", 13, 0), ("午前9時", 9, 0), ("午後12時", 12, 0),
        ("午前0時", 0, 0), ("pm 3:30", 15, 30), ("9", 9, 0),
    ],
)  # fmt: skip
def test_a_time_is_understood_in_every_way_an_office_writes_it(typed: str, hour: int, minute: int) -> None:
    assert dates.parse_time(typed) == time(hour, minute)


@pytest.mark.parametrize("typed", ["", "24:00", "9:60", "おひる", "99999", "-1", "9:00:00"])
def test_what_is_no_time_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        dates.parse_time(typed)


@given(st.text(max_size=20))
def test_no_text_does_more_to_a_time_than_be_refused(typed: str) -> None:
    try:
        dates.parse_time(typed)
    except ValueError:
        return


@given(st.times().map(lambda each: each.replace(second=0, microsecond=0)))
def test_a_time_as_a_clock_shows_it_is_understood(moment: time) -> None:
    assert dates.parse_time(f"{moment:%H:%M}") == moment


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 11, 25), True),
        (date(2026, 11, 23), False),
        (date(2026, 11, 22), False),
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2027, 1, 3), False),
        (date(2027, 1, 4), True),
        (date(2026, 5, 6), False),
    ],
)
def test_offices_are_closed_at_weekends_on_holidays_and_around_new_year(day: date, is_working: bool) -> None:
    assert dates.is_working_day(day) is is_working


def test_a_holiday_has_its_name() -> None:
    assert dates.holiday_name(date(2026, 11, 23)) == "勤労感謝の日"
    assert dates.holiday_name(date(2026, 11, 25)) == ""


def test_the_table_of_holidays_ends_somewhere_and_says_so() -> None:
    assert dates.is_known_holiday_year(2026)
    assert not dates.is_known_holiday_year(dates.LAST_KNOWN_HOLIDAY_YEAR + 1)


def test_a_day_follows_the_language_of_the_reader() -> None:
    with translation.override("ja"):
        assert (dates.long_day(TODAY), dates.weekday(TODAY)) == ("2026年11月25日（水）", "水")
    with translation.override("en"):
        assert (dates.long_day(TODAY), dates.weekday(TODAY)) == ("Wed 25 Nov 2026", "Wed")


@pytest.mark.requirement("F-04")
def test_the_day_is_that_of_japan_and_the_moment_that_of_the_world() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 11, 25)
        assert clock.now() == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 11, 24)


@given(WRITABLE)
def test_an_office_day_begins_where_the_day_before_ends(day: date) -> None:
    if day == dates.LATEST_DAY:
        return
    assert clock.day_bounds(day)[1] == clock.day_bounds(day + timedelta(days=1))[0]
