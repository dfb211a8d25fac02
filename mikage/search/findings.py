"""What one search finds: people, and appointments as far as this person may read them.

Each room answers for what is its own; a room whose function is closed to the person is not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.directory import policies as directory
from mikage.kernel.text import normalise
from mikage.schedule import policies as schedule

if TYPE_CHECKING:
    from mikage.directory.models import Person

LONGEST_QUERY = 100
MOST_PEOPLE, MOST_ENTRIES = 20, 30


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one search. ``has_more`` means that more words would find fewer."""

    words: str
    people: "Sequence[Person]"
    has_more_people: bool
    entries: Sequence[schedule.Card]
    has_more_entries: bool

    @property
    def is_empty(self) -> bool:
        return not self.people and not self.entries


def words_of(text: str) -> str:
    """What was typed, in its stored form; a page of text is cut rather than refused."""
    return " ".join(normalise(text[:LONGEST_QUERY]).split())


def find(actor: Actor, text: str, *, is_english: bool = False) -> Found:
    """People by name, reading, number and post; appointments by what the actor sees of them (SCH-19).

    A hidden appointment is neither found nor counted.
    """
    words = words_of(text)
    people: list[Person] = []
    entries: list[schedule.Card] = []
    if words and actor.may("directory.use"):
        people = directory.find_people(
            actor, words, near=actor.organisation_id, recent=_recent(actor), limit=MOST_PEOPLE + 1
        )
    if words and actor.may("schedule.use"):
        entries = schedule.found_cards(actor, words.split(), limit=MOST_ENTRIES + 1, is_english=is_english)
    return Found(
        words=words,
        people=people[:MOST_PEOPLE],
        has_more_people=len(people) > MOST_PEOPLE,
        entries=entries[:MOST_ENTRIES],
        has_more_entries=len(entries) > MOST_ENTRIES,
    )


def _recent(actor: Actor) -> list[int]:
    """Whom the person chose lately comes first."""
    chosen = [keys.parse(key) for key in directory.recent_keys(actor)]
    return [int(key.value) for key in chosen if key.kind == "person"]
