"""Which imports may be looked at, and what their files say."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from mikage.access.actor import Actor
from mikage.directory.models import ImportRun
from mikage.directory.policies.imports import Plan, plan_import
from mikage.directory.policies.sheets import (
    ORGANISATIONS,
    PEOPLE,
    POSTS,
    OrganisationRow,
    PersonRow,
    PostRow,
    RowError,
    read_sheet,
)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The bytes of up to three files; ``None`` for a file that was not given."""

    organisations: bytes | None = None
    people: bytes | None = None
    posts: bytes | None = None

    def given(self) -> list[str]:
        """The names of the files that are there."""
        return [name for name in ("organisations", "people", "posts") if getattr(self, name) is not None]


@dataclass(frozen=True, slots=True)
class Files:
    """What the files say, and what in them cannot be read."""

    organisations: list[OrganisationRow] | None
    people: list[PersonRow] | None
    posts: list[PostRow] | None
    errors: list[RowError] = field(default_factory=list)


def visible_runs(actor: Actor) -> QuerySet[ImportRun]:
    """Imports are seen by those who keep the directory; for everybody else they do not exist."""
    if not actor.may("directory.keep"):
        return ImportRun.objects.none()
    return ImportRun.objects.defer("organisations", "people", "posts").order_by("-prepared_at")


def read_files(uploaded: "Uploaded | ImportRun") -> Files:
    """Read the files that were given."""
    errors: list[RowError] = []
    organisations = people = posts = None
    if uploaded.organisations is not None:
        organisations, wrong = read_sheet(ORGANISATIONS, bytes(uploaded.organisations))
        errors += wrong
    if uploaded.people is not None:
        people, wrong = read_sheet(PEOPLE, bytes(uploaded.people))
        errors += wrong
    if uploaded.posts is not None:
        posts, wrong = read_sheet(POSTS, bytes(uploaded.posts))
        errors += wrong
    return Files(organisations, people, posts, errors)


def preview(uploaded: "Uploaded | ImportRun", on: date) -> Plan:
    """What the files would change from that day on, or the mistakes by line and column; nothing is changed.

    Mistakes inside a file hide what comes after them, so they are shown alone.
    """
    files = read_files(uploaded)
    if files.errors:
        return Plan(on=on, errors=files.errors)
    return plan_import(organisations=files.organisations, people=files.people, posts=files.posts, on=on)
