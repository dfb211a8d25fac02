"""Draws boards: rows, days and hours as table cells with the chips of appointments in them.

A board has hundreds of cells; a template tag for each would cost more than all the rest of the page. So
the cells are joined here, every text escaped once, and the template places the finished table.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mikage.kernel import clock, dates
from mikage.kernel.templatetags import ui
from mikage.schedule.policies import Slot

NOWHERE = UUID(int=0)
FIRST_HOUR, LAST_HOUR = 8, 19
Cells = Mapping[tuple[str, date, int], list[str]]
ALL_DAY = -1


class Row(NamedTuple):
    """Somebody on a board: ``subject`` as policies say it, ``key`` as the browser says it."""

    subject: str
    key: str
    name: str
    note: str
    url: str
    is_self: bool = False


def person_row(pk: int, name: str, note: str, url: str, *, is_self: bool = False) -> Row:
    """A person on a board."""
    return Row(f"person:{pk}", str(pk), name, note, url, is_self)


def organisation_row(pk: int, name: str, note: str, url: str) -> Row:
    """The row of an organisation itself."""
    return Row(f"org:{pk}", f"org:{pk}", name, note, url)


class Pen:
    """What every chip and cell of one board has in common, prepared once."""

    def __init__(self, *, today: date, has_end_times: bool = False) -> None:
        self.today, self.has_end_times = today, has_end_times
        self.card_url = reverse("schedule:card", args=[NOWHERE]).split(str(NOWHERE))
        self.move_url = reverse("schedule:move", args=[NOWHERE]).split(str(NOWHERE))
        self.add_url = reverse("schedule:add")
        busy, tentative, important = escape(_("Busy")), escape(_("Tent.")), escape(_("Imp."))
        self.busy = f'{ui.icon("lock", "icon-s")}<span class="chip-text">{busy}</span></span>'
        self.tentative = f'<span class="chip-mark">{tentative}</span>'
        self.important = f'<span class="chip-mark">{important}</span>'
        self.all_day = escape(_("All day"))
        self._marks: dict[tuple[str, str], str] = {}
        self._counts: dict[int, str] = {}
        self._has_home = False

    def cells(self, slots: Iterable[Slot], days: Sequence[date], *, by_hour: bool) -> Cells:
        """The chips of each cell: whose, on which day, in which hour (``ALL_DAY`` without hours)."""
        found: dict[tuple[str, date, int], list[str]] = {}
        shown_days = set(days)
        walls: dict[datetime, datetime] = {}
        for slot in slots:
            for moment in slot[1:3]:
                if moment not in walls:
                    walls[moment] = clock.local(moment)
            starts, ends = walls[slot.starts_at], walls[slot.ends_at]
            first, last = starts.date(), (ends - timedelta(microseconds=1)).date()
            day = max(first, days[0])
            while day <= min(last, days[-1]):
                if day in shown_days:
                    time = self._time(starts, ends, day, last)
                    hour = ALL_DAY
                    if by_hour and time and day == first:
                        hour = min(max(starts.hour, FIRST_HOUR), LAST_HOUR)
                    found.setdefault((slot.subject, day, hour), []).append(self._chip(slot, time, day))
                day += timedelta(days=1)
        return found

    def _time(self, starts: datetime, ends: datetime, day: date, last: date) -> str:
        """10:00, or 10:00–11:30 where there is room; nothing where the whole day is taken."""
        begins_here = starts.date() == day and (starts.hour or starts.minute)
        ends_here = last == day and (ends.hour or ends.minute)
        start = (
            f"{starts.hour}:{starts.minute:02}" if begins_here or (starts.date() == day and ends_here) else ""
        )
        if not ends_here or (start and not self.has_end_times):
            return start
        return f"{start}–{ends.hour}:{ends.minute:02}"

    def _chip(self, slot: Slot, time: str, day: date) -> str:
        shown = slot.shown
        label = f"<time>{time}</time>" if time else ""
        if shown is None:
            return f'<span class="chip chip-busy">{label}{self.busy}'
        pk, iso = shown.entry_id, day.isoformat()
        key = f"e-{pk}-{slot.subject.replace(':', '-')}-{iso}"
        css = f"chip kind-{escape(shown.colour)}" if shown.colour else "chip kind-other"
        if shown.is_tentative:
            css += " chip-tentative"
            label += self.tentative
        if shown.is_important:
            css += " chip-important"
            label += self.important
        move = ""
        if shown.can_change:
            move = (
                f' draggable="true" data-version="{shown.version}" data-move-url="'
                f'{self.move_url[0]}{pk}{self.move_url[1]}"'
            )
        label += self._mark(shown.mark, shown.category)
        return (
            f'<button type="button" tabindex="-1" class="{css}" id="{key}" data-entry="{pk}" data-day="{iso}"'
            f' data-card-url="{self.card_url[0]}{pk}{self.card_url[1]}"{move} aria-haspopup="dialog">'
            f'{label}<span class="chip-text">{escape(shown.title)}</span></button>'
        )

    def _mark(self, mark: str, category: str) -> str:
        if not mark:
            return ""
        if (mark, category) not in self._marks:
            self._marks[mark, category] = (
                f'<span class="chip-mark" aria-hidden="true">{escape(mark)}</span>'
                f'<span class="vh">{escape(category)}</span>'
            )
        return self._marks[mark, category]

    def cell(
        self, row: Row, day: date, chips: Sequence[str], words: str, *, start: str = "", css: str = ""
    ) -> str:
        """One cell of the grid; ``words`` is what a screen reader hears of its place, already escaped."""
        count = len(chips)
        if count not in self._counts:
            self._counts[count] = escape(
                ngettext("%(count)s appointment", "%(count)s appointments", count) % {"count": count}
            )
        home = "-1"
        if not self._has_home and (day == self.today or start):
            self._has_home, home = True, "0"
        iso = day.isoformat()
        return (
            f'<td role="gridcell" tabindex="{home}"{css} data-person="{row.key}" data-day="{iso}"'
            f' data-start="{start}" data-add-url="{self.add_url}?subject={row.key}&amp;day={iso}'
            f'&amp;start={start}">'
            f'<span class="vh">{words} {self._counts[count]}</span>{"".join(chips)}</td>'
        )

    def finish(self, html: str) -> SafeString:
        """The table, with one cell that Tab reaches even when the present day is not shown."""
        if not self._has_home:
            html = html.replace('<td role="gridcell" tabindex="-1"', '<td role="gridcell" tabindex="0"', 1)
        return SafeString(html)


def day_css(day: date, today: date) -> str:
    """The class attribute of a day: Sundays and holidays, Saturdays, today."""
    names = []
    if day.weekday() == 6 or dates.holiday_name(day):
        names.append("is-sunday")
    elif day.weekday() == 5:
        names.append("is-saturday")
    if day == today:
        names.append("is-today")
    return f' class="{" ".join(names)}"' if names else ""


def day_head(day: date, today: date, url: str) -> str:
    """The head of a day's column, which leads to that day."""
    holiday = dates.holiday_name(day)
    name = f'<span class="board-holiday">{escape(holiday)}</span>' if holiday else ""
    current = ' aria-current="date"' if day == today else ""
    return (
        f'<th scope="col"{day_css(day, today)}{current}><a href="{escape(url)}">'
        f'<span class="board-day">{day.day}</span>'
        f'<span class="board-weekday">{dates.weekday(day)}</span>{name}</a></th>'
    )


def row_head(row: Row, *, scope: str = "row") -> str:
    """Who the row is about, leading to their own board."""
    word = escape(_("Myself"))
    own = f"<em>{word}</em>" if row.is_self else ""
    picture = ui.icon("building-2") if row.subject.startswith("org:") else ui.avatar(row.name, int(row.key))
    return (
        f'<th scope="{scope}"><a class="board-person" href="{escape(row.url)}">{picture}'
        f"<span><b>{escape(row.name)}{own}</b><small>{escape(row.note)}</small></span></a></th>"
    )


def week_table(
    rows: Sequence[Row],
    slots: Iterable[Slot],
    days: Sequence[date],
    pen: Pen,
    *,
    urls: Sequence[str],
    label: str,
) -> SafeString:
    """People by days."""
    cells = pen.cells(slots, days, by_hour=False)
    styles = [day_css(day, pen.today) for day in days]
    words = [escape(dates.short_day(day)) for day in days]
    heads = "".join(day_head(day, pen.today, url) for day, url in zip(days, urls, strict=True))
    body = []
    for row in rows:
        name = escape(row.name)
        body.append(f"<tr{_row_css(row)}>{row_head(row)}")
        body += [
            pen.cell(
                row,
                day,
                cells.get((row.subject, day, ALL_DAY), ()),
                f"{name} {words[number]}",
                css=styles[number],
            )
            for number, day in enumerate(days)
        ]
        body.append("</tr>")
    return pen.finish(_table("board", label, _("Staff"), heads, "".join(body)))


def timeline_table(
    rows: Sequence[Row], slots: Iterable[Slot], day: date, pen: Pen, *, label: str
) -> SafeString:
    """People by the hours of one day."""
    cells = pen.cells(slots, [day], by_hour=True)
    hours = [ALL_DAY, *range(FIRST_HOUR, LAST_HOUR + 1)]
    heads = "".join(
        f'<th scope="col">{pen.all_day if hour == ALL_DAY else f"{hour}:00"}</th>' for hour in hours
    )
    body = []
    for row in rows:
        name = escape(row.name)
        body.append(f"<tr{_row_css(row)}>{row_head(row)}")
        body += [
            pen.cell(
                row,
                day,
                cells.get((row.subject, day, hour), ()),
                f"{name} {_hour(hour, pen)}",
                start=_start(hour),
            )
            for hour in hours
        ]
        body.append("</tr>")
    return pen.finish(_table("board timeline", label, _("Staff"), heads, "".join(body)))


def hours_table(
    columns: Sequence[tuple[Row, date]], heads: str, slots: Iterable[Slot], pen: Pen, *, label: str
) -> SafeString:
    """Hours by columns, each of which is a day of somebody."""
    days = sorted({day for _row, day in columns})
    cells = pen.cells(slots, days, by_hour=True)
    styles = [day_css(day, pen.today) if len(days) > 1 else "" for _row, day in columns]
    body = []
    for hour in [ALL_DAY, *range(FIRST_HOUR, LAST_HOUR + 1)]:
        words = _hour(hour, pen)
        body.append(f'<tr><th scope="row" class="hour">{words}</th>')
        body += [
            pen.cell(
                row,
                day,
                cells.get((row.subject, day, hour), ()),
                f"{escape(row.name)} {escape(dates.short_day(day))} {words}",
                start=_start(hour),
                css=styles[number],
            )
            for number, (row, day) in enumerate(columns)
        ]
        body.append("</tr>")
    return pen.finish(_table("board hours", label, _("Time"), heads, "".join(body)))


def month_table(
    row: Row,
    slots: Iterable[Slot],
    weeks: Sequence[Sequence[date]],
    month: int,
    pen: Pen,
    *,
    day_url: str,
    label: str,
) -> SafeString:
    """The weeks of a month of one person; ``day_url`` ends where the day goes."""
    cells = pen.cells(slots, [day for week in weeks for day in week], by_hour=False)
    heads = "".join(f'<th scope="col"{day_css(day, date.max)}>{dates.weekday(day)}</th>' for day in weeks[0])
    body = []
    for week in weeks:
        body.append("<tr>")
        for day in week:
            css = day_css(day, pen.today)
            if day.month != month:
                css = ' class="is-outside"'
            holiday = dates.holiday_name(day)
            date_link = (
                f'<a class="board-date" tabindex="-1" href="{escape(day_url)}{day.isoformat()}">{day.day}</a>'
                + (f' <span class="board-holiday">{escape(holiday)}</span>' if holiday else "")
            )
            chips = cells.get((row.subject, day, ALL_DAY), ())
            cell = pen.cell(row, day, chips, f"{escape(row.name)} {escape(dates.short_day(day))}", css=css)
            body.append(cell.replace("</span>", f"</span>{date_link}", 1))
        body.append("</tr>")
    return pen.finish(_table("board month", label, "", heads, "".join(body)))


def _row_css(row: Row) -> str:
    return ' class="is-self"' if row.is_self else ""


def _start(hour: int) -> str:
    return "" if hour == ALL_DAY else f"{hour:02}:00"


def _hour(hour: int, pen: Pen) -> str:
    return pen.all_day if hour == ALL_DAY else f"{hour}:00"


def _table(css: str, label: str, corner: str, heads: str, body: str) -> str:
    first = f'<th class="corner" scope="col">{escape(corner)}</th>' if corner else ""
    return (
        f'<table class="{css}" role="grid" aria-label="{escape(label)}">'
        f"<thead><tr>{first}{heads}</tr></thead><tbody>{body}</tbody></table>"
    )
