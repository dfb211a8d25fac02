"""What personal data a table holds and how it is forgotten: every model says so, a law reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoPersonalData:
    """The rows say nothing about a living person."""


@dataclass(frozen=True, slots=True)
class Personal:
    """The rows hold personal data of class 個人情報 at most; ``forgets`` says by what they end."""

    holds: list[str]
    forgets: str
