"""The Actor: everything a rule may ask about whoever is acting, fixed for one request."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at a terminal (or the system itself), with the subject keys they hold today."""

    kind: str
    person_id: int | None = None
    account_id: int | None = None
    name: str = ""
    organisation_id: int | None = None
    organisation_name: str = ""
    post_name: str = ""
    keys: frozenset[str] = field(default_factory=frozenset)
    functions: frozenset[str] = field(default_factory=frozenset)
    terminal: str = ""
    plane: str = "staff"
    strength: str = ""
    session_id: str = ""
    request_id: str = ""

    @classmethod
    def of(
        cls,
        person_id: int,
        *,
        keys: Iterable[str] = (),
        functions: Iterable[str] = (),
        name: str = "",
        organisation_id: int | None = None,
    ) -> "Actor":
        """A person in one line, for tests and tasks."""
        return cls(
            kind="person",
            person_id=person_id,
            name=name,
            organisation_id=organisation_id,
            keys=frozenset(keys) | {"all", f"person:{person_id}"},
            functions=frozenset(functions),
            strength="password",
        )

    def may(self, function: str) -> bool:
        """Whether a function rule opens this function to the actor (A-04, default deny)."""
        return self.kind == "system" or function in self.functions

    def holds(self, key: str) -> bool:
        """Whether the actor is one of those the key names, today."""
        return key in self.keys

    def is_among(self, audience: Iterable[str]) -> bool:
        """Whether the audience names the actor."""
        return not self.keys.isdisjoint(audience)

    @property
    def is_person(self) -> bool:
        return self.kind == "person"


SYSTEM = Actor(kind="system", name="system", plane="system", strength="system")
ANONYMOUS = Actor(kind="anonymous")

__all__ = ["ANONYMOUS", "SYSTEM", "Actor"]
