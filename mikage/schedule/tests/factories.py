"""Appointments in one line, for the tests of every room."""

from datetime import date
from typing import Any

from mikage.access.actor import Actor
from mikage.kernel import clock
from mikage.schedule import services
from mikage.schedule.models import Category, Entry
from mikage.schedule.policies import Draft


def category(code: str = "meeting") -> Category:
    """One of the kinds a city begins with; restored where a test emptied the tables."""
    found, _made = Category.objects.get_or_create(
        code=code,
        defaults={"name": "会議", "english_name": "Meeting", "mark": "会", "colour": code, "is_away": True},
    )
    return found


def draft(
    owner: Actor,
    *,
    day: date | None = None,
    hour: int = 13,
    hours: int = 1,
    title: str = "素案レビュー",
    **more: Any,
) -> Draft:
    """An appointment of the owner alone, open to everybody unless told."""
    start = day or clock.today()
    values: dict[str, Any] = {
        "title": title,
        "starts_at": clock.at(start, hour),
        "ends_at": clock.at(start, hour + hours),
        "participants": (owner.person_id,),
    }
    return Draft(**values | more)


def make_entry(owner: Actor, written: Draft | None = None, **more: Any) -> Entry:
    """An appointment that exists, added by its owner."""
    return services.add_entry(owner, draft=written or draft(owner, **more))
