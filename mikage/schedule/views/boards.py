"""The five views of the schedule: an organisation's day and week, a person's day, week and month (B-04)."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mikage.access import keys
from mikage.directory import policies as directory
from mikage.kernel import clock, dates
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, page
from mikage.schedule import policies
from mikage.schedule.choices import View
from mikage.schedule.forms import PeopleForm
from mikage.schedule.views import drawing
from mikage.schedule.views.drawing import Pen, Row

MOST_ROWS = 100
MOST_PEOPLE = 10
DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Board:
    """What a view of the schedule is asked for: whose, from which day; and the addresses around it."""

    def __init__(self, request: StaffRequest, view: View) -> None:
        self.request, self.actor, self.view = request, request.actor, view
        self.today = clock.today()
        self.day, self.day_error = self._asked_day()
        self.pen = Pen(
            today=self.today, has_end_times=view in {View.ORGANISATION_DAY, View.PERSON_DAY, View.PERSON_WEEK}
        )
        self.organisation_id = _number(request.GET.get("organisation", "")) or self.actor.organisation_id
        asked = [_number(part) for part in request.GET.get("people", "").split(",")]
        self.people_form: PeopleForm | None = None
        self.people_ids = list(dict.fromkeys(pk for pk in asked if pk))[:MOST_PEOPLE]
        self.subjects: list[str] = []
        self._person_url = reverse("schedule:person_week")

    def _asked_day(self) -> tuple[date, str]:
        typed = self.request.GET.get("day", "")
        try:
            return (dates.parse_day(typed[:40], self.today), "") if typed else (self.today, "")
        except ValueError as error:
            return self.today, str(error)

    def url(self, *, view: View | None = None, day: date | None = None) -> str:
        """The address of this board on another day, or of another view of the same people."""
        view = view or self.view
        query: dict[str, str] = {}
        if self.organisation_id and self.organisation_id != self.actor.organisation_id:
            query["organisation"] = str(self.organisation_id)
        if self.people_ids:
            query["people"] = ",".join(map(str, self.people_ids))
        query["day"] = (day or self.day).isoformat()
        return f"{_path(view)}?{urlencode(query, safe=',')}"

    def _place(self) -> str:
        return urlencode({"view": self.view, "day": self.day.isoformat()})

    def person_url(self, pk: int) -> str:
        return f"{self._person_url}?people={pk}&day={self.day.isoformat()}"

    def people_keys(self) -> list[str]:
        return [keys.person(pk) for pk in self.people_ids]

    def slots(self, first: date, last: date) -> list[policies.Slot]:
        """What stands on the boards of all rows between two days, both included."""
        parsed = [subject.split(":") for subject in self.subjects]
        return policies.slots(
            self.actor,
            people=[int(value) for kind, value in parsed if kind == "person"],
            organisations=[int(value) for kind, value in parsed if kind == "org"],
            start=clock.at(first),
            end=clock.at(last + DAY),
            is_english=get_language() == "en",
        )

    def answer(
        self,
        *,
        title: str,
        whose: str,
        count: int,
        text: str,
        steps: Sequence[tuple[str, str, str]],
        **more: Any,
    ) -> HttpResponse:
        """The page, or the board alone when that is what the browser wants anew."""
        context = {
            "title": title,
            "whose": whose,
            "count": count,
            "range": text,
            "era_year": dates.wareki_year(self.day),
            "steps": steps,
            "tabs": [(self.url(view=view), view.label, view == self.view) for view in View],
            "is_organisation_view": self.view.startswith("organisation"),
            "day": self.day,
            "day_error": self.day_error,
            "is_holiday_known": dates.is_known_holiday_year(self.day.year),
            "add_url": f"{reverse('schedule:add')}?day={self.day.isoformat()}",
            "refresh_url": self.request.get_full_path(),
            "organisations_url": f"{reverse('schedule:organisations')}?{self._place()}",
            "categories": policies.categories(),
            "jump_organisation": self.request.GET.get("organisation", ""),
            "people_form": self.people_form
            or PeopleForm(actor=self.actor, initial={"who": self.people_keys()}),
            "jump_people": self.request.GET.get("people", ""),
            "printed_on": dates.long_day(self.today),
            "watch": f"schedule/{','.join(self.subjects)}" if self.subjects else "",
        }
        return page(self.request, "schedule/board.html", context | more, fragment="schedule/_board.html")


@cache
def _path(view: View) -> str:
    """The path of a view never changes while the process lives, and a board names it twenty times."""
    return reverse(f"schedule:{view}")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _jump(board: Board) -> HttpResponse | None:
    """A day typed into the board leads to the address that carries it."""
    typed = board.request.GET.get("jump")
    if typed is None:
        return None
    try:
        day = dates.parse_day(typed[:40], board.today)
    except ValueError as error:
        board.day_error = str(error)
        return None
    return _to_day(board, day)


def _to_day(board: Board, day: date) -> HttpResponse:
    is_week = board.view in {View.ORGANISATION_WEEK, View.PERSON_WEEK}
    return redirect(board.url(day=_monday(day) if is_week else day))


def _chosen(board: Board) -> HttpResponse | None:
    """People chosen on the board lead to the address that carries them."""
    if "who" not in board.request.GET:
        return _jump(board)
    board.people_form = PeopleForm(board.request.GET, actor=board.actor)
    if not board.people_form.is_valid():
        return None
    board.people_ids = board.people_form.people()[:MOST_PEOPLE]
    return redirect(board.url())


def _steps(
    board: Board, near: timedelta, far: timedelta, today: date, words: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Back and forth: address, words, key. A far and a near step on each side of "today"."""
    day = board.day
    keyed = [(-far, "k"), (-near, ""), (None, "t"), (near, ""), (far, "j")]
    return [
        (board.url(day=today if step is None else day + step), word, key)
        for (step, key), word in zip(keyed, words, strict=True)
        if word
    ]


def _organisation_rows(board: Board) -> tuple[str, list[Row], int, int]:
    """Oneself first, then the organisation, then its members in official order (SCH-1).

    Returns the name, the rows, how many members there are and how many pages they fill.
    """
    actor = board.actor
    me = drawing.person_row(
        actor.person_id or 0,
        actor.name,
        actor.post_name,
        board.person_url(actor.person_id or 0),
        is_self=True,
    )
    if board.organisation_id is None:
        return "", [me], 1, 1
    name, label = _organisation_names(board, board.organisation_id)
    members = list(directory.members(actor, board.organisation_id))
    number = max(1, _number(board.request.GET.get("page", "")))
    shown = members[(number - 1) * MOST_ROWS : number * MOST_ROWS]
    rows = [
        me,
        drawing.organisation_row(board.organisation_id, label, _("Organisation"), board.url()),
        *(
            drawing.person_row(
                person.pk,
                person.name,
                getattr(person, "position_name", None) or "",
                board.person_url(person.pk),
            )
            for person in shown
            if person.pk != actor.person_id
        ),
    ]
    return name, rows, len(members), max(1, -(-len(members) // MOST_ROWS))


def _organisation_names(board: Board, pk: int) -> tuple[str, str]:
    """Name and short name; one's own is known already. An unknown one does not exist: 404."""
    if pk == board.actor.organisation_id:
        return board.actor.organisation_name, board.actor.organisation_name
    organisation = get_object_or_404(directory.visible_organisations(board.actor), pk=pk)
    return organisation.name, organisation.label


@function("schedule.use")
@require_safe
def organisation_week(request: StaffRequest) -> HttpResponse:
    """組織週間, where the schedule opens: everybody of an organisation for seven days."""
    board = Board(request, View.ORGANISATION_WEEK)
    if not request.GET.get("day"):
        board.day = _monday(board.today)
    if (answer := _jump(board)) is not None:
        return answer
    name, rows, members, pages = _organisation_rows(board)
    board.subjects = [row.subject for row in rows]
    days = [board.day + timedelta(days=number) for number in range(7)]
    urls = [board.url(view=View.ORGANISATION_DAY, day=day) for day in days]
    title = _("Schedule of an organisation, week")
    table = drawing.week_table(
        rows, board.slots(days[0], days[-1]), days, board.pen, urls=urls, label=f"{name} {title}"
    )
    words = [_("Previous week"), _("One day back"), _("This week"), _("One day on"), _("Next week")]
    return board.answer(
        title=title, whose=name, count=members, text=_span(days), tables=[("", table)],
        steps=_steps(board, DAY, WEEK, _monday(board.today), words), **_pages(board, pages),
    )  # fmt: skip


@function("schedule.use")
@require_safe
def organisation_day(request: StaffRequest) -> HttpResponse:
    """組織1日: everybody of an organisation over the hours of a day."""
    board = Board(request, View.ORGANISATION_DAY)
    if (answer := _jump(board)) is not None:
        return answer
    name, rows, members, pages = _organisation_rows(board)
    board.subjects = [row.subject for row in rows]
    title = _("Schedule of an organisation, day")
    table = drawing.timeline_table(
        rows, board.slots(board.day, board.day), board.day, board.pen, label=f"{name} {title}"
    )
    words = [_("Previous week"), _("Previous day"), _("Today"), _("Next day"), _("Next week")]
    return board.answer(
        title=title, whose=name, count=members, text=_span([board.day]), tables=[("", table)],
        steps=_steps(board, DAY, WEEK, board.today, words), **_pages(board, pages),
    )  # fmt: skip


def _pages(board: Board, count: int) -> dict[str, Any]:
    return {
        "page_number": max(1, _number(board.request.GET.get("page", ""))),
        "page_count": count,
        "page_url": f"{board.url()}&page=",
    }


def _people_rows(board: Board) -> list[Row]:
    """The people asked for, in that order; without any, oneself. An unknown one does not exist: 404."""
    actor = board.actor
    wanted = board.people_ids or [actor.person_id or 0]
    found = {person.pk: person for person in directory.visible_people(actor).filter(pk__in=wanted)}
    if len(found) < len(wanted):
        raise Http404
    posts = directory.main_posts_of(wanted)
    rows = []
    for pk in wanted:
        post = posts.get(pk)
        note = (
            " ".join(
                part
                for part in (post.organisation.label, post.position.name if post.position else "")
                if part
            )
            if post
            else ""
        )
        rows.append(
            drawing.person_row(pk, found[pk].name, note, board.person_url(pk), is_self=pk == actor.person_id)
        )
    return rows


@function("schedule.use")
@require_safe
def person_day(request: StaffRequest) -> HttpResponse:
    """個人1日: one person, or several beside one another, over the hours of a day."""
    board = Board(request, View.PERSON_DAY)
    if (answer := _chosen(board)) is not None:
        return answer
    rows = _people_rows(board)
    board.subjects = [row.subject for row in rows]
    title = _("Schedule of a person, day")
    table = drawing.hours_table(
        [(row, board.day) for row in rows],
        "".join(drawing.row_head(row, scope="col") for row in rows),
        board.slots(board.day, board.day),
        board.pen,
        label=title,
    )
    words = [_("Previous week"), _("Previous day"), _("Today"), _("Next day"), _("Next week")]
    return board.answer(
        title=title, whose=_names(rows), count=len(rows), text=_span([board.day]), tables=[("", table)],
        steps=_steps(board, DAY, WEEK, board.today, words),
    )  # fmt: skip


@function("schedule.use")
@require_safe
def person_week(request: StaffRequest) -> HttpResponse:
    """個人週間: one person by hours and days; several as rows of days."""
    board = Board(request, View.PERSON_WEEK)
    if not request.GET.get("day"):
        board.day = _monday(board.today)
    if (answer := _chosen(board)) is not None:
        return answer
    rows = _people_rows(board)
    board.subjects = [row.subject for row in rows]
    days = [board.day + timedelta(days=number) for number in range(7)]
    urls = [board.url(view=View.PERSON_DAY, day=day) for day in days]
    title, slots = _("Schedule of a person, week"), board.slots(days[0], days[-1])
    if len(rows) == 1:
        heads = "".join(drawing.day_head(day, board.today, url) for day, url in zip(days, urls, strict=True))
        table = drawing.hours_table([(rows[0], day) for day in days], heads, slots, board.pen, label=title)
    else:
        table = drawing.week_table(rows, slots, days, board.pen, urls=urls, label=title)
    words = [_("Previous week"), _("One day back"), _("This week"), _("One day on"), _("Next week")]
    return board.answer(
        title=title, whose=_names(rows), count=len(rows), text=_span(days), tables=[("", table)],
        steps=_steps(board, DAY, WEEK, _monday(board.today), words),
    )  # fmt: skip


@function("schedule.use")
@require_safe
def person_month(request: StaffRequest) -> HttpResponse:
    """個人月間: the weeks of a month; several people one below the other."""
    board = Board(request, View.PERSON_MONTH)
    if (answer := _chosen(board)) is not None:
        return answer
    board.day = board.day.replace(day=1)
    rows = _people_rows(board)
    board.subjects = [row.subject for row in rows]
    following = (board.day + timedelta(days=31)).replace(day=1)
    weeks = _weeks(_monday(board.day), following)
    slots = board.slots(weeks[0][0], weeks[-1][-1])
    title = _("Schedule of a person, month")
    tables = []
    for row in rows:
        # Each table keeps a cell of its own for Tab.
        pen = Pen(today=board.today)
        own = [slot for slot in slots if slot.subject == row.subject]
        day_url = f"{reverse('schedule:person_day')}?people={row.key}&day="
        table = drawing.month_table(
            row, own, weeks, board.day.month, pen, day_url=day_url, label=f"{row.name} {title}"
        )
        tables.append((row.name if len(rows) > 1 else "", table))
    steps = [
        (board.url(day=(board.day - DAY).replace(day=1)), _("Previous month"), "k"),
        (board.url(day=board.today.replace(day=1)), _("This month"), "t"),
        (board.url(day=following), _("Next month"), "j"),
    ]
    return board.answer(
        title=title, whose=_names(rows), count=len(rows), text=_month(board.day), tables=tables, steps=steps
    )


def _weeks(first: date, until: date) -> list[list[date]]:
    weeks = []
    while first < until:
        weeks.append([first + timedelta(days=number) for number in range(7)])
        first += WEEK
    return weeks


def _names(rows: Sequence[Row]) -> str:
    return _(", ").join(row.name for row in rows)


def _month(day: date) -> str:
    if get_language() == "en":
        return f"{day:%B %Y}"
    return f"{day.year}年{day.month}月"


def _span(days: Sequence[date]) -> str:
    """2026年11月23日–11月29日, or one day in full."""
    first, last = days[0], days[-1]
    if first == last or get_language() == "en":
        return dates.long_day(first) if first == last else f"{dates.long_day(first)} – {dates.long_day(last)}"
    year = "" if first.year == last.year else f"{last.year}年"
    return f"{first.year}年{first.month}月{first.day}日–{year}{last.month}月{last.day}日"
