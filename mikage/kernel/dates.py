"""Days as an office writes and reads them: 和暦, 年度, public holidays, and what people type for a day."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import lru_cache

import holidays
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mikage.kernel.text import normalise

# First day of each era; an era year 1 is written 元年.
ERAS = [
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 10, 23), "明治", "M"),
]
WEEKDAYS = "月火水木金土日"
# The library computes equinoxes and substitute days; beyond this year the law itself is guesswork.
LAST_KNOWN_HOLIDAY_YEAR = 2050
EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def wareki(day: date) -> str:
    """令和8年11月25日, as documents write it."""
    return f"{wareki_year(day)}{day.month}月{day.day}日"


def wareki_year(day: date) -> str:
    """令和8年; the first year of an era is 元年."""
    for first, name, _letter in ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年"
    return f"{day.year}年"


def fiscal_year(day: date) -> int:
    """The 年度 a day belongs to: April to March."""
    return day.year if day.month >= 4 else day.year - 1


def long_day(day: date) -> str:
    """2026年11月25日（水） for a Japanese reader, Wed 25 Nov 2026 for an English one."""
    if get_language() == "en":
        return f"{day:%a} {day.day} {day:%b %Y}"
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def short_day(day: date) -> str:
    """11月25日（水）."""
    if get_language() == "en":
        return f"{day:%a} {day.day} {day:%b}"
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def weekday(day: date) -> str:
    """水 or Wed."""
    return f"{day:%a}" if get_language() == "en" else WEEKDAYS[day.weekday()]


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> dict[date, str]:
    calendar = holidays.country_holidays("JP", years=year, language="ja")
    return {day: name for day, name in calendar.items() if day.year == year}


def holiday_name(day: date) -> str:
    """勤労感謝の日, or nothing on an ordinary day. 振替休日 and 国民の休日 included."""
    return _holidays_of(day.year).get(day, "")


def is_known_holiday_year(year: int) -> bool:
    """Whether the table of holidays reaches this year; a screen warns when it does not."""
    return 1949 <= year <= LAST_KNOWN_HOLIDAY_YEAR


def is_working_day(day: date) -> bool:
    """Neither weekend nor holiday nor 29 December to 3 January (city offices are closed)."""
    if day.weekday() >= 5 or holiday_name(day):
        return False
    return not ((day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3))


_ERA_LETTERS = {letter: first.year - 1 for first, _name, letter in ERAS}
_ERA_NAMES = {name: first.year - 1 for first, name, _letter in ERAS}
_WORDS: dict[str, int] = {
    "今日": 0,
    "本日": 0,
    "きょう": 0,
    "today": 0,
    "明日": 1,
    "あした": 1,
    "あす": 1,
    "tomorrow": 1,
    "明後日": 2,
    "あさって": 2,
    "昨日": -1,
    "きのう": -1,
    "yesterday": -1,
}
_SEPARATED = r"([0-9]{1,4})[./\-年]([0-9]{1,2})[./\-月]([0-9]{1,2})日?"


def _in_era(before: int, year: str) -> int:
    """The year of our calendar; there is no year 0 of an era. Raises ValueError."""
    number = 1 if year == "元" else int(year)
    if number == 0:
        raise ValueError("no such year")
    return before + number


_PATTERNS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]]] = [
    (
        re.compile(r"(令和|平成|昭和|大正|明治)(元|[0-9]{1,3})[年./\-]([0-9]{1,2})[月./\-]([0-9]{1,2})日?"),
        lambda m, _t: date(_in_era(_ERA_NAMES[m[1]], m[2]), int(m[3]), int(m[4])),
    ),
    (
        re.compile(r"([RHSTM])([0-9]{1,3})[./\-年]([0-9]{1,2})[./\-月]([0-9]{1,2})日?", re.IGNORECASE),
        lambda m, _t: date(_in_era(_ERA_LETTERS[m[1].upper()], m[2]), int(m[3]), int(m[4])),
    ),
    (
        re.compile(r"([RHSTM])([0-9]{2})([0-9]{2})([0-9]{2})", re.IGNORECASE),
        lambda m, _t: date(_in_era(_ERA_LETTERS[m[1].upper()], m[2]), int(m[3]), int(m[4])),
    ),
    # A year of one or two digits is one of the present era: 8.11.25 is 令和8年.
    (
        re.compile(_SEPARATED),
        lambda m, _t: date(_in_era(ERAS[0][0].year - 1 if len(m[1]) <= 2 else 0, m[1]), int(m[2]), int(m[3])),
    ),
    (re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"), lambda m, _t: date(int(m[1]), int(m[2]), int(m[3]))),
    (re.compile(r"([0-9]{1,2})[./\-月]([0-9]{1,2})日?"), lambda m, t: _nearest(t, int(m[1]), int(m[2]))),
    (re.compile(r"([0-9]{2})([0-9]{2})"), lambda m, t: _nearest(t, int(m[1]), int(m[2]))),
]


def _nearest(today: date, month: int, day: int) -> date:
    """A day without a year means the one nearest to today: 0105 typed in December is next January."""
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if not candidates:
        raise ValueError("no such day")
    return min(candidates, key=lambda candidate: abs((candidate - today).days))


def parse_day(text: str, today: date) -> date:
    """The day a person means by 8.11.25, R8/11/25, 令和8年11月25日, 1125, 明日 (behaviour 22).

    Raises ValueError with a sentence for the person.
    """
    typed = re.sub(r"[（(].*?[）)]|\s", "", normalise(text))
    if typed.casefold() in _WORDS:
        return today + timedelta(days=_WORDS[typed.casefold()])
    for pattern, build in _PATTERNS:
        match = pattern.fullmatch(typed)
        if match is None:
            continue
        try:
            day = build(match, today)
        except ValueError as error:
            raise ValueError(_("There is no such day in the calendar.")) from error
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise ValueError(_("Enter a day between 1900 and 2199."))
        return day
    raise ValueError(_("Enter a day such as 2026/11/25, R8.11.25, 1125 or 明日."))


_TIME = re.compile(r"(午前|午後|am|pm)?([0-9]{1,2})(?:[:：時.]([0-9]{1,2})?分?|([0-9]{2}))?(半)?")


def parse_time(text: str) -> time:
    """The time of day meant by 9:00, 0900, 9時半, 午後1時.

    Raises ValueError with a sentence for the person.
    """
    match = _TIME.fullmatch(re.sub(r"\s", "", normalise(text)).casefold())
    if match is None:
        raise ValueError(_("Enter a time such as 9:00, 0930 or 午後1時."))
    half, hour, minute = match[1], int(match[2]), int(match[3] or match[4] or 0)
    if match[5]:
        minute = 30
    if half in {"午後", "pm"} and hour < 12:
        hour += 12
    try:
        return time(hour, minute)
    except ValueError as error:
        raise ValueError(_("Enter a time between 0:00 and 23:59.")) from error
