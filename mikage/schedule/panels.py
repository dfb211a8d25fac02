"""What the schedule shows on the top page: one's own day and week, and who of the section is where."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from mikage.access.actor import Actor
from mikage.directory import policies as directory
from mikage.kernel import clock, dates
from mikage.kernel.panels import Panel
from mikage.schedule import policies
from mikage.schedule.policies import Slot

MOST_PEOPLE = 60


def today(actor: Actor) -> Panel | None:
    """One's own appointments of today, in their order."""
    day = clock.today()
    rows = _own_rows(actor, [day])
    if rows is None:
        return None
    return Panel(
        key="schedule-today",
        title=gettext_lazy("Today's appointments"),
        template="schedule/_panel_today.html",
        context={"rows": rows[day], "add_url": f"{reverse('schedule:add')}?day={day.isoformat()}"},
        url=f"{reverse('schedule:person_day')}?day={day.isoformat()}",
        count=len(rows[day]),
    )


def week(actor: Actor) -> Panel | None:
    """One's own appointments of the following six days, by day."""
    first = clock.today() + timedelta(days=1)
    days = [first + timedelta(days=number) for number in range(6)]
    rows = _own_rows(actor, days)
    if rows is None:
        return None
    return Panel(
        key="schedule-week",
        title=gettext_lazy("Appointments of the coming days"),
        template="schedule/_panel_week.html",
        context={"days": [(dates.short_day(day), rows[day]) for day in days if rows[day]]},
        url=f"{reverse('schedule:person_week')}?day={first.isoformat()}",
    )


def _own_rows(actor: Actor, days: list[date]) -> dict[date, list[dict[str, Any]]] | None:
    if actor.person_id is None or not actor.may("schedule.use"):
        return None
    slots = policies.slots(
        actor,
        people=[actor.person_id],
        start=clock.at(days[0]),
        end=clock.at(days[-1] + timedelta(days=1)),
        is_english=get_language() == "en",
    )
    return {day: [_line(slot, day) for slot in _of_day(slots, day)] for day in days}


def _of_day(slots: Iterable[Slot], day: date) -> list[Slot]:
    start, end = clock.day_bounds(day)
    return [slot for slot in slots if slot.starts_at < end and slot.ends_at > start]


def _line(slot: Slot, day: date) -> dict[str, Any]:
    shown = slot.shown
    return {
        "time": _time_words(slot, day),
        "title": shown.title if shown else _("Busy"),
        "mark": shown.mark if shown else "",
        "category": shown.category if shown else "",
        "colour": shown.colour if shown else "other",
        "place": shown.place if shown else "",
        "is_tentative": shown.is_tentative if shown else False,
        "url": reverse("schedule:entry", args=[shown.entry_id]) if shown else "",
    }


def _time_words(slot: Slot, day: date) -> str:
    start, end = clock.day_bounds(day)
    if slot.starts_at <= start and slot.ends_at >= end:
        return _("All day")
    words = [
        _clock(slot.starts_at) if slot.starts_at > start else "",
        _clock(slot.ends_at) if slot.ends_at < end else "",
    ]
    return "–".join(words)


def _clock(moment: datetime) -> str:
    local = clock.local(moment)
    return f"{local.hour}:{local.minute:02}"


def whereabouts(actor: Actor) -> Panel | None:
    """Who of one's own section is where right now, as far as their schedule tells the actor (SCH-19)."""
    if actor.organisation_id is None or not actor.may("schedule.use"):
        return None
    people = list(directory.members(actor, actor.organisation_id)[:MOST_PEOPLE])
    now = clock.now()
    slots = policies.slots(
        actor,
        people=[person.pk for person in people],
        start=now,
        end=now + timedelta(microseconds=1),
        is_english=get_language() == "en",
    )
    present: dict[str, list[Slot]] = {}
    for slot in slots:
        present.setdefault(slot.subject, []).append(slot)
    rows = [
        {
            "pk": person.pk,
            "name": person.name,
            "url": f"{reverse('schedule:person_day')}?people={person.pk}",
            **_where(present.get(f"person:{person.pk}", []), clock.today()),
        }
        for person in people
        if person.pk != actor.person_id
    ]
    return Panel(
        key="schedule-whereabouts",
        title=gettext_lazy("Who is where"),
        template="schedule/_panel_whereabouts.html",
        context={"rows": rows, "organisation": actor.organisation_name},
        url=reverse("schedule:organisation_day"),
        count=len(rows),
    )


def _where(slots: list[Slot], day: date) -> dict[str, Any]:
    """What to say of somebody now: the thing that keeps them away first, then anything, then nothing."""
    # Something hidden may keep them away or not: it is told last, as a time.
    ordered = sorted(
        slots, key=lambda slot: 0 if slot.shown and slot.shown.is_away else 1 if slot.shown else 2
    )
    if not ordered:
        return {"state": _("No appointment now"), "until": "", "is_free": True}
    slot = ordered[0]
    _start, end = clock.day_bounds(day)
    until = _clock(slot.ends_at) if slot.ends_at < end else ""
    state = _("Busy") if slot.shown is None else slot.shown.category or slot.shown.title
    if slot.shown is not None and slot.shown.place:
        state = _("%(category)s at %(place)s") % {"category": state, "place": slot.shown.place}
    return {"state": state, "until": until, "is_free": False}
