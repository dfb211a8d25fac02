"""What somebody wrote on the form of an appointment, and the rules about who may then know of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from mikage.access import keys
from mikage.directory import policies as directory
from mikage.kernel.operations import Refused
from mikage.schedule.choices import Importance, Visibility
from mikage.schedule.models import Entry

LONGEST = timedelta(days=366)
MOST_PARTICIPANTS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An appointment as written: moments are aware; participants and organisations are ids of the directory.

    An audience is read only where its visibility says "people and organisations I choose".
    """

    starts_at: datetime
    ends_at: datetime
    title: str = ""
    category_id: int | None = None
    is_all_day: bool = False
    place: str = ""
    content: str = ""
    importance: str = Importance.ORDINARY
    is_tentative: bool = False
    item_visibility: str = Visibility.EVERYONE
    item_audience: tuple[str, ...] = ()
    details_visibility: str = Visibility.EVERYONE
    details_audience: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()
    participants: tuple[int, ...] = ()
    organisations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Readers:
    """For whom the item exists, and for whom the details do, as subject keys."""

    item_audience: list[str]
    details_audience: list[str]
    item: list[str]
    details: list[str]


def check_draft(draft: Draft, *, owner_id: int) -> None:
    """An appointment says what it is, ends after it starts, and hides nothing from its participants (B-02).

    Raises Refused at the field that can mend it.
    """
    if not draft.title and draft.category_id is None:
        raise Refused(_("Write a title or choose a category."), field="title")
    if draft.ends_at <= draft.starts_at:
        raise Refused(_("The end must be after the start."), field="ends_on")
    if draft.ends_at - draft.starts_at > LONGEST:
        raise Refused(_("An appointment lasts one year at most."), field="ends_on")
    if not draft.participants and not draft.organisations:
        raise Refused(_("Choose at least one participant."), field="participants")
    if len(draft.participants) + len(draft.organisations) > MOST_PARTICIPANTS:
        raise Refused(_("Too many participants: choose organisations instead."), field="participants")
    _check_visibility(draft, owner_id)


def _check_visibility(draft: Draft, owner_id: int) -> None:
    item, details = Visibility(draft.item_visibility), Visibility(draft.details_visibility)
    if details.width > item.width:
        raise Refused(
            _("The details cannot be shown to more people than the appointment itself."),
            field="details_visibility",
        )
    has_company = bool(set(draft.participants) - {owner_id}) or bool(draft.organisations)
    if Visibility.SELF in {item, details} and (has_company or draft.shared_with):
        raise Refused(
            _("Participants always see the whole appointment. Choose “Participants only”."),
            field="item_visibility" if item is Visibility.SELF else "details_visibility",
        )
    for visibility, audience, field in (
        (item, draft.item_audience, "item_audience"),
        (details, draft.details_audience, "details_audience"),
    ):
        if visibility is Visibility.AUDIENCE and not audience:
            raise Refused(_("Choose who may see it."), field=field)


def readers_for(
    draft: Draft, *, owner_id: int, own_organisation: int | None, kept_organisation: list[str] | None = None
) -> Readers:
    """Who will see the item and who the details (B-02, B-03).

    The owner, the participants, members of participating organisations and those it is shared with see it
    whole. Who is named for the details sees the item too. ``kept_organisation`` are the keys an unchanged
    "own organisation" stands for, so that a change by somebody else does not turn it into theirs.
    """

    def audience(visibility: str, chosen: Iterable[str], field: str) -> list[str]:
        if visibility == Visibility.EVERYONE:
            return [keys.ALL]
        if visibility == Visibility.AUDIENCE:
            return keys.canonical(chosen)
        if visibility == Visibility.ORGANISATION:
            if kept_organisation:
                return kept_organisation
            if own_organisation is None:
                raise Refused(_("You belong to no organisation today."), field=field)
            return [keys.under(own_organisation)]
        return []

    item = audience(draft.item_visibility, draft.item_audience, "item_visibility")
    details = audience(draft.details_visibility, draft.details_audience, "details_visibility")
    whole = {
        keys.person(owner_id),
        *map(keys.person, draft.participants),
        *map(keys.under, draft.organisations),
        *draft.shared_with,
    }
    return Readers(
        item_audience=item,
        details_audience=details,
        item=keys.canonical([*item, *details, *whole]),
        details=keys.canonical([*details, *whole]),
    )


def kept_organisation(entry: Entry) -> list[str] | None:
    """The keys that "own organisation" already stands for in this appointment."""
    if entry.item_visibility == Visibility.ORGANISATION:
        return list(entry.item_audience)
    if entry.details_visibility == Visibility.ORGANISATION:
        return list(entry.details_audience)
    return None


def own_organisation(owner_id: int) -> int | None:
    """Where the owner's main post is today."""
    post = directory.main_post(owner_id)
    return post.organisation_id if post else None


def check_copy(draft: Draft, *, source: Entry) -> None:
    """A copy is never shown to more people than what it was copied from (B-05). Raises Refused.

    Participants are invited by name and are no matter of visibility.
    """
    for visibility, audience, source_visibility, source_audience, field in (
        (draft.item_visibility, draft.item_audience, source.item_visibility, source.item_audience, "item"),
        (
            draft.details_visibility,
            draft.details_audience,
            source.details_visibility,
            source.details_audience,
            "details",
        ),
    ):
        chosen, original = Visibility(visibility), Visibility(source_visibility)
        is_wider = chosen.width > original.width
        if chosen is Visibility.AUDIENCE and original is not Visibility.EVERYONE and not is_wider:
            is_wider = not set(audience) <= set(source_audience)
        if is_wider:
            raise Refused(
                _("A copy cannot be shown to more people than the original. Save it first, then change it."),
                field=f"{field}_visibility",
            )
    if not set(draft.shared_with) <= set(source.shared_with):
        raise Refused(
            _("A copy cannot be shared with more people than the original. Save it first, then change it."),
            field="shared_with",
        )
