"""What a room shows on the top page, and the boundary that keeps one failing block from taking the page along."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.functional import Promise

logger = logging.getLogger("mikage.panels")

# What a defect in one block can raise. A refusal of the system itself (out of memory, shutdown) still ends the page.
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


PanelSource = Callable[..., Panel | None]


def collect(sources: Iterable[PanelSource], actor: object) -> list[Panel]:
    """The blocks of all rooms for this actor; a room without anything to say is left out (POR-4).

    Each block reads inside a savepoint of its own. One that fails leaves its place with a sentence;
    the log names the kind of the fault, never its text, which may hold content.
    """
    panels: list[Panel] = []
    for source in sources:
        try:
            with transaction.atomic():
                panel = source(actor)
        except DEFECTS as defect:
            logger.error("panel %s.%s failed: %s", source.__module__, source.__name__, type(defect).__name__)
            panel = Panel(key=source.__name__, title="", template="_panel_failed.html", has_failed=True)
        if panel is not None:
            panels.append(panel)
    return panels
