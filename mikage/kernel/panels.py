"""What a room shows on the top page, and the boundary that keeps a failing block to itself."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.functional import Promise

logger = logging.getLogger("mikage.panels")

# What a defect in one block can raise. What the system itself says (out of memory, shutdown) ends the page.
DEFECTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    DatabaseError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One block of the top page: a title that links into the room, and the template that shows its rows."""

    key: str
    title: str | Promise
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    count: int | None = None
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that waits for somebody: what, where it is done, since when, and until when (POR-3).

    Nothing of it is stored: a room says it for as long as it is true.
    """

    words: str | Promise
    url: str
    waiting_since: datetime | None = None
    due_at: datetime | None = None


PanelSource = Callable[..., Panel | None]


def collect(sources: Iterable[PanelSource], actor: object) -> list[Panel]:
    """The blocks of all rooms for this actor; a room without anything to say is left out (POR-4).

    Inside a transaction each block reads in a savepoint of its own; outside of one every query stands
    alone anyway, and a page is spared two statements for each block. One that fails leaves its place with
    a sentence; the log names the kind of the fault, never its text, which may hold content.
    """
    panels: list[Panel] = []
    for source in sources:
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                panel = source(actor)
        except DEFECTS as defect:
            logger.log(
                logging.ERROR,
                "panel %s.%s failed: %s",
                source.__module__,
                source.__name__,
                type(defect).__name__,
            )
            panel = Panel(key=source.__name__, title="", template="_panel_failed.html", has_failed=True)
        if panel is not None:
            panels.append(panel)
    return panels
