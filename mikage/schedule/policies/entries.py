"""For whom an appointment exists, who sees it whole, and who may change, delete, copy or restore it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.kernel import clock
from mikage.schedule.choices import Importance
from mikage.schedule.models import Category, Entry, Participant

KEPT_DAYS = 30
UNDO_TIME = timedelta(seconds=60)

# Text only the details tell: not read where the item alone is seen.
_DETAILS = ("place", "content")


@dataclass(frozen=True, slots=True)
class Card:
    """An appointment as one actor may read it. The item: title, category, time, importance, tentative.

    The details: place, content, participants, shared-with, whose it is and when it was last changed.
    Without them these fields are empty. Who may change it knows its version.
    """

    entry_id: UUID
    title: str
    category: str
    mark: str
    colour: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    is_important: bool
    is_tentative: bool
    has_details: bool
    place: str
    content: str
    owner_id: int | None
    changed_at: datetime | None
    can_change: bool
    version: int


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    """An appointment exists for those who may see its item; for all others there is none (B-02, B-03).

    Place and content are not read along; whoever needs them asks ``whole_entries`` or ``cards``.
    """
    return Entry.objects.filter(deleted_at__isnull=True, item_readers__overlap=sorted(actor.keys)).defer(
        *_DETAILS
    )


def whole_entries(actor: Actor) -> QuerySet[Entry]:
    """Appointments whose details the actor may see: own ones, those one takes part in or is shown."""
    return Entry.objects.filter(deleted_at__isnull=True, details_readers__overlap=sorted(actor.keys))


def _takes_part(actor: Actor) -> Q:
    """Owner, or participant in person; being a member of a participating organisation is not enough."""
    own = Participant.objects.filter(entry=OuterRef("pk"), person=actor.person_id)
    return Q(owner=actor.person_id) | Q(Exists(own))


def changeable_entries(actor: Actor) -> QuerySet[Entry]:
    """Changed, moved and deleted by the owner and by those who take part in person (SCH-7, as in NEO)."""
    if actor.person_id is None:
        return Entry.objects.none()
    return whole_entries(actor).filter(_takes_part(actor))


def cards(actor: Actor, *, is_english: bool = False) -> "QuerySet[Entry, tuple[object, ...]]":
    """What the actor may read of each appointment that exists for them; hidden text stays in the database."""
    held = sorted(actor.keys)
    sees = Q(details_readers__overlap=held)
    may = _takes_part(actor) if actor.person_id is not None else Q(pk__in=[])
    name = "category__english_name" if is_english else "category__name"
    return (
        Entry.objects.filter(deleted_at__isnull=True, item_readers__overlap=held)
        .annotate(
            shown_title=Case(When(title="", then=F(name)), default=F("title"), output_field=CharField()),
            shown_category=Coalesce(name, Value("")),
            shown_mark=Coalesce("category__mark", Value("")),
            shown_colour=Coalesce("category__colour", Value("")),
            is_important=Case(
                When(importance=Importance.IMPORTANT, then=True), default=False, output_field=BooleanField()
            ),
            has_details=Case(When(sees, then=True), default=False, output_field=BooleanField()),
            shown_place=Case(When(sees, then=F("place")), default=Value("")),
            shown_content=Case(When(sees, then=F("content")), default=Value(""), output_field=TextField()),
            shown_owner=Case(When(sees, then=F("owner_id")), default=None),
            shown_changed_at=Case(When(sees, then=F("changed_at")), default=None),
            can_change=Case(When(may, then=True), default=False, output_field=BooleanField()),
            shown_version=Case(When(may, then=F("version")), default=0),
        )
        .values_list(
            "pk", "shown_title", "shown_category", "shown_mark", "shown_colour", "starts_at", "ends_at",
            "is_all_day", "is_important", "is_tentative", "has_details", "shown_place", "shown_content",
            "shown_owner", "shown_changed_at", "can_change", "shown_version",
        )
    )  # fmt: skip


def card_of(actor: Actor, pk: UUID, *, is_english: bool = False) -> Card | None:
    """One appointment as the actor may read it; None when there is none for them."""
    row = cards(actor, is_english=is_english).filter(pk=pk).first()
    return None if row is None else Card(*row)  # type: ignore[arg-type]


def found_cards(actor: Actor, words: Iterable[str], *, limit: int, is_english: bool = False) -> list[Card]:
    """Appointments with every word in what the actor may read of them, the latest first (SCH-19)."""
    held = sorted(actor.keys)
    found = cards(actor, is_english=is_english)
    for word in words:
        in_details = Q(details_readers__overlap=held) & (
            Q(place__icontains=word) | Q(content__icontains=word)
        )
        found = found.filter(Q(title__icontains=word) | Q(category__name__icontains=word) | in_details)
    return [Card(*row) for row in found.order_by("-starts_at", "pk")[:limit]]  # type: ignore[arg-type]


def can_change_entry(actor: Actor, entry: Entry) -> bool:
    """Changed and moved by the owner and by those who take part in person (SCH-7)."""
    return changeable_entries(actor).filter(pk=entry.pk).exists()


def can_delete_entry(actor: Actor, entry: Entry) -> bool:
    """Deleted by those who may change it; the owner can restore it for thirty days."""
    return changeable_entries(actor).filter(pk=entry.pk).exists()


def can_copy_entry(actor: Actor, entry: Entry) -> bool:
    """Copied by whoever sees it whole: what one does not see, one cannot carry on (B-05)."""
    return whole_entries(actor).filter(pk=entry.pk).exists()


def restorable_entries(actor: Actor) -> QuerySet[Entry]:
    """A deleted appointment exists for its owner alone, for thirty days; the newest deletion first."""
    return Entry.objects.filter(
        owner=actor.person_id, deleted_at__gt=clock.now() - timedelta(days=KEPT_DAYS)
    ).order_by("-deleted_at", "pk")


def undoable_entries(actor: Actor) -> QuerySet[Entry]:
    """What may be taken back: the owner's for thirty days, and for one minute what one deleted oneself."""
    own_slip = Q(deleted_by=actor.person_id, deleted_at__gt=clock.now() - UNDO_TIME)
    return Entry.objects.filter(
        Q(owner=actor.person_id) | own_slip, deleted_at__gt=clock.now() - timedelta(days=KEPT_DAYS)
    )


def can_restore_entry(actor: Actor, entry: Entry) -> bool:
    """Restored by the owner for thirty days, by whoever deleted it for one minute (behaviour 6)."""
    return undoable_entries(actor).filter(pk=entry.pk).exists()


def forgotten_entries() -> QuerySet[Entry]:
    """Deleted more than thirty days ago."""
    return Entry.objects.filter(deleted_at__lte=clock.now() - timedelta(days=KEPT_DAYS))


def readers_of(entry: Entry) -> tuple[list[str], list[str]]:
    """Who can see this: the keys for whom the item exists, and those for whom the details do (TR-D12)."""
    return list(entry.item_readers), list(entry.details_readers)


def participant_keys(entry: Entry) -> list[str]:
    """Who takes part: people, and organisations with everything below them."""
    people = entry.participants.order_by("person__kana_order", "pk").values_list("person_id", flat=True)
    organisations = entry.organisations.order_by("organisation__official_order", "pk")
    return [
        *map(keys.under, organisations.values_list("organisation_id", flat=True)),
        *map(keys.person, people),
    ]


def named_keys(entry: Entry) -> list[str]:
    """Every key that stands in the appointment and may stay there, also of those who have left."""
    return [*participant_keys(entry), *entry.shared_with, *entry.item_audience, *entry.details_audience]


def categories() -> list[Category]:
    """The kinds of appointments, in their order."""
    return list(Category.objects.order_by("official_order", "pk"))
