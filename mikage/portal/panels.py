"""The blocks of the top page: those of the rooms, in the order of the page, and the portal's own."""

from datetime import timedelta
from itertools import chain

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.directory import panels as directory
from mikage.identity import policies as identity
from mikage.kernel import clock
from mikage.kernel.panels import Panel, PanelSource
from mikage.portal import policies
from mikage.schedule import panels as schedule

# A terminal that signed in this many hours ago is still news.
NEWS_HOURS = 24
# Rooms that know of something waiting for somebody; each a function from the actor to its things (POR-3).
WAITING = (directory.to_do,)


def to_do(actor: Actor) -> Panel:
    """Everything that waits for the actor, what is due first; nothing of it is stored (POR-3)."""
    things = list(chain.from_iterable(room(actor) for room in WAITING))
    things.sort(key=lambda thing: (thing.due_at is None, thing.due_at or thing.waiting_since or clock.now()))
    return Panel(
        key="to-do",
        title=_("Things to do now"),
        template="portal/_to_do.html",
        context={"things": things},
        count=len(things),
    )


def notices(actor: Actor) -> Panel:
    """When and where the account was used last, and which other terminals signed in lately (A-01)."""
    account = identity.own_account(actor).first()
    since = clock.now() - timedelta(hours=NEWS_HOURS)
    others = identity.visible_sessions(actor).filter(created_at__gt=since).exclude(public_id=actor.session_id)
    return Panel(
        key="notices",
        title=_("Notices"),
        template="portal/_notices.html",
        context={"account": account, "terminals": list(others)},
        url=reverse("identity:sessions"),
        count=None,
    )


def links(actor: Actor) -> Panel:
    """The ways into the city's other systems (POR-5)."""
    return Panel(
        key="links",
        title=_("Links"),
        template="portal/_links.html",
        context={"links": policies.visible_links(actor)},
    )


# The wide column, then the narrow one.
MAIN: tuple[PanelSource, ...] = (schedule.today, schedule.week)
SIDE: tuple[PanelSource, ...] = (to_do, notices, schedule.whereabouts, links)
