"""The schedule on the screen: boards, appointments, and the choice of organisations."""

from mikage.schedule.views.boards import (
    organisation_day,
    organisation_week,
    person_day,
    person_month,
    person_week,
)
from mikage.schedule.views.entries import add, card, copy, delete, deleted, edit, entry, move, restore
from mikage.schedule.views.organisations import choose, favourite, organisations

__all__ = [
    "add",
    "card",
    "choose",
    "copy",
    "delete",
    "deleted",
    "edit",
    "entry",
    "favourite",
    "move",
    "organisation_day",
    "organisation_week",
    "organisations",
    "person_day",
    "person_month",
    "person_week",
    "restore",
]
