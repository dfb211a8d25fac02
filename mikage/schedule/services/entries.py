"""Adding, changing, moving, copying, deleting and restoring appointments, and telling their boards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.directory import policies as directory
from mikage.directory import services as directory_services
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Conflict, Refused, operation
from mikage.live import live
from mikage.schedule import policies
from mikage.schedule.models import Entry, Participant, ParticipatingOrganisation
from mikage.schedule.policies import Draft

_ITEM = ("title", "category_id", "importance", "is_tentative", "is_all_day")
_DETAILS = ("place", "content", "shared_with")
_WRITTEN = (*_ITEM, *_DETAILS, "starts_at", "ends_at", "item_visibility", "details_visibility")


@dataclass(frozen=True)
class _Standing:
    """What boards may show of an appointment at one moment, and to whom."""

    subjects: frozenset[str]
    time: tuple[datetime, datetime]
    item: tuple[object, ...]
    details: tuple[object, ...]
    item_readers: frozenset[str]
    details_readers: frozenset[str]
    changers: frozenset[str]


def _standing(entry: Entry) -> _Standing:
    people = {keys.person(pk) for pk in entry.participants.values_list("person_id", flat=True)}
    organisations = {keys.org(pk) for pk in entry.organisations.values_list("organisation_id", flat=True)}
    return _Standing(
        subjects=frozenset(people | organisations),
        time=(entry.starts_at, entry.ends_at),
        item=tuple(getattr(entry, name) for name in _ITEM),
        details=(entry.place, entry.content, frozenset(entry.shared_with), frozenset(people | organisations)),
        item_readers=frozenset(entry.item_readers),
        details_readers=frozenset(entry.details_readers),
        changers=frozenset(people | {keys.person(entry.owner_id)}),
    )


def _announce(before: _Standing | None, after: _Standing | None) -> None:
    """Tell everybody where a busy time came, went or moved; otherwise those who see the difference.

    Whoever may change it is told in any case, because their board carries its version.
    """
    if before is None or after is None:
        standing = before or after
        if standing is not None:
            live.changed("schedule", standing.subjects)
        return
    if before.time != after.time:
        live.changed("schedule", before.subjects | after.subjects)
        return
    live.changed("schedule", before.subjects ^ after.subjects)
    audience = before.changers | after.changers
    audience |= before.item_readers ^ after.item_readers
    audience |= before.details_readers ^ after.details_readers
    if before.item != after.item:
        audience |= before.item_readers | after.item_readers
    if before.details != after.details:
        audience |= before.details_readers | after.details_readers
    live.changed("schedule", before.subjects & after.subjects, audience=audience)


def _person_id(actor: Actor) -> int:
    if actor.person_id is None:
        raise Refused(_("Only people keep appointments."))
    return actor.person_id


def _take(actor: Actor, entry: Entry, version: int) -> Entry:
    """The appointment under a lock, if the actor may change it and nobody else has meanwhile."""
    taken = Entry.objects.select_for_update().filter(pk=entry.pk, deleted_at__isnull=True).first()
    if taken is None or not policies.visible_entries(actor).filter(pk=entry.pk).exists():
        raise Conflict(_("This appointment was deleted meanwhile."))
    if not policies.can_change_entry(actor, taken):
        raise Refused(_("Only the owner and those who take part may change this appointment."))
    if taken.version != version:
        raise Conflict(
            _("Somebody changed this appointment after you opened it. Look at it again before you save.")
        )
    return taken


def _write(entry: Entry, draft: Draft, *, kept_organisation: list[str] | None) -> None:
    """Put the draft on the row, with the readers that follow from it."""
    policies.check_draft(draft, owner_id=entry.owner_id)
    readers = policies.readers_for(
        draft,
        owner_id=entry.owner_id,
        own_organisation=policies.own_organisation(entry.owner_id),
        kept_organisation=kept_organisation,
    )
    for name in _WRITTEN:
        setattr(entry, name, getattr(draft, name))
    entry.shared_with = keys.canonical(draft.shared_with)
    entry.item_audience, entry.details_audience = readers.item_audience, readers.details_audience
    entry.item_readers, entry.details_readers = readers.item, readers.details


def _invite(actor: Actor, entry: Entry, draft: Draft) -> None:
    """Make participants exactly those of the draft; who is new must be one to choose from (TR-D8)."""
    people = set(entry.participants.values_list("person_id", flat=True))
    organisations = set(entry.organisations.values_list("organisation_id", flat=True))
    new_people, new_organisations = set(draft.participants) - people, set(draft.organisations) - organisations
    wanted = [*map(keys.person, sorted(new_people)), *map(keys.under, sorted(new_organisations))]
    if len(directory.choosable(actor, wanted)) != len(wanted):
        raise Refused(_("One of the chosen is no longer available. Choose again."), field="participants")
    entry.participants.exclude(person__in=draft.participants).delete()
    entry.organisations.exclude(organisation__in=draft.organisations).delete()
    Participant.objects.bulk_create(Participant(entry=entry, person_id=pk) for pk in sorted(new_people))
    ParticipatingOrganisation.objects.bulk_create(
        ParticipatingOrganisation(entry=entry, organisation_id=pk) for pk in sorted(new_organisations)
    )
    chosen = [key for key in wanted if key != keys.person(entry.owner_id)]
    if chosen:
        directory_services.note_choices(actor, chosen=chosen)


def _facts(entry: Entry, draft: Draft) -> dict[str, int | bool | str]:
    """What the journal keeps of an appointment: counts and switches, no content."""
    return {
        "participants": len(draft.participants) + len(draft.organisations),
        "item": str(entry.item_visibility),
        "details": str(entry.details_visibility),
    }


def _create(
    actor: Actor, draft: Draft, form_token: UUID | None, kept_organisation: list[str] | None
) -> Entry:
    person_id, now = _person_id(actor), clock.now()
    entry = Entry(
        owner_id=person_id,
        registered_by_id=person_id,
        registered_at=now,
        changed_at=now,
        form_token=form_token,
    )
    _write(entry, draft, kept_organisation=kept_organisation)
    entry.save(force_insert=True)
    _invite(actor, entry, draft)
    _announce(None, _standing(entry))
    return entry


def _already_sent(actor: Actor, draft: Draft, form_token: UUID | None) -> Entry | None:
    """The appointment this very form made before (behaviour 25); Conflict when it now says something else."""
    if form_token is None:
        return None
    entry = Entry.objects.filter(registered_by=_person_id(actor), form_token=form_token).first()
    if entry is not None and any(
        getattr(entry, name) != getattr(draft, name)
        for name in ("title", "category_id", "starts_at", "ends_at")
    ):
        raise Conflict(_("This form was already saved. Open the saved appointment to change it."))
    return entry


@operation("schedule.entry.added")
def add_entry(actor: Actor, *, draft: Draft, form_token: UUID | None = None) -> Entry:
    """Whoever adds an appointment owns it; it stands on the boards of those who take part (B-04).

    The same form sent twice makes one appointment: the second call returns the first one's (behaviour 25).
    Raises Refused at the field of the draft that breaks a rule.
    """
    try:
        with transaction.atomic():
            entry = _already_sent(actor, draft, form_token)
            if entry is None:
                entry = _create(actor, draft, form_token, None)
                journal.record(actor, "schedule.entry.added", entry, details=_facts(entry, draft))
                return entry
    except IntegrityError:
        # The other click of a double click was faster by less than a transaction.
        entry = _already_sent(actor, draft, form_token)
        if entry is None:
            raise
    journal.record(actor, "schedule.entry.repeated", entry)
    return entry


@operation("schedule.entry.copied")
def copy_entry(actor: Actor, *, entry: Entry, draft: Draft, form_token: UUID | None = None) -> Entry:
    """Whoever sees an appointment whole may add another like it, never shown more widely (B-05, TR-D5).

    "Own organisation" keeps meaning the organisation of the original. Raises Refused.
    """
    source = policies.whole_entries(actor).filter(pk=entry.pk).first()
    if source is None:
        raise Refused(_("Only those who see the whole appointment may copy it."))
    sent = _already_sent(actor, draft, form_token)
    if sent is not None:
        journal.record(actor, "schedule.entry.repeated", sent)
        return sent
    policies.check_copy(draft, source=source)
    copied = _create(actor, draft, form_token, policies.kept_organisation(source))
    journal.record(actor, "schedule.entry.copied", copied, details={"source": str(source.pk)})
    return copied


@operation("schedule.entry.changed")
def change_entry(actor: Actor, *, entry: Entry, version: int, draft: Draft) -> Entry:
    """The owner and those who take part may change it; the first save wins (behaviour 12).

    Raises Conflict when ``version`` is not the present one, Refused when a rule says no.
    """
    taken = _take(actor, entry, version)
    before = _standing(taken)
    _write(taken, draft, kept_organisation=policies.kept_organisation(taken))
    _invite(actor, taken, draft)
    _save(taken)
    _announce(before, _standing(taken))
    journal.record(actor, "schedule.entry.changed", taken, details=_facts(taken, draft))
    return taken


def _save(entry: Entry) -> None:
    entry.version += 1
    entry.changed_at = clock.now()
    entry.save()


def _draft_of(entry: Entry) -> dict[str, object]:
    """The row as the words of a draft."""
    values: dict[str, object] = {
        field.name: getattr(entry, field.name) for field in fields(Draft) if hasattr(entry, field.name)
    }
    values["participants"] = tuple(entry.participants.values_list("person_id", flat=True))
    values["organisations"] = tuple(entry.organisations.values_list("organisation_id", flat=True))
    return values


@operation("schedule.entry.moved")
def move_entry(
    actor: Actor,
    *,
    entry: Entry,
    version: int,
    starts_at: datetime,
    ends_at: datetime,
    from_subject: str = "",
    to_subject: str = "",
) -> Entry:
    """Another time, and where two rows of a board are named, another participant in the place of the first.

    Subjects are ``person:<id>`` or ``org:<id>``. Everything else stays, visibility too. Raises Conflict
    when the first no longer takes part, Refused when a rule says no.
    """
    taken = _take(actor, entry, version)
    before = _standing(taken)
    values = _draft_of(taken) | {"starts_at": starts_at, "ends_at": ends_at}
    if from_subject != to_subject:
        values |= _exchanged(before.subjects, from_subject, to_subject)
    draft = Draft(**values)  # type: ignore[arg-type]
    _write(taken, draft, kept_organisation=policies.kept_organisation(taken))
    _invite(actor, taken, draft)
    _save(taken)
    _announce(before, _standing(taken))
    journal.record(actor, "schedule.entry.moved", taken, details=_facts(taken, draft))
    return taken


def _exchanged(subjects: Iterable[str], gone: str, come: str) -> dict[str, object]:
    present = set(subjects)
    if gone not in present:
        raise Conflict(
            _("Somebody changed this appointment after you opened it. Look at it again before you save.")
        )
    present = present - {gone} | {come}
    parsed = [keys.parse(subject) for subject in sorted(present)]
    return {
        "participants": tuple(int(key.value) for key in parsed if key.kind == "person"),
        "organisations": tuple(int(key.value) for key in parsed if key.kind == "org"),
    }


@operation("schedule.entry.deleted")
def delete_entry(actor: Actor, *, entry: Entry, version: int) -> Entry:
    """Gone from every board at once; the owner can restore it for thirty days (behaviour 6)."""
    taken = _take(actor, entry, version)
    before = _standing(taken)
    taken.deleted_at, taken.deleted_by_id = clock.now(), actor.person_id
    _save(taken)
    _announce(before, None)
    journal.record(actor, "schedule.entry.deleted", taken)
    return taken


@operation("schedule.entry.restored")
def restore_entry(actor: Actor, *, entry: Entry) -> Entry:
    """As it was, with the same participants and the same visibility (TR-D5).

    Refused unless the actor owns it (thirty days) or deleted it a moment ago (one minute).
    """
    taken = policies.undoable_entries(actor).select_for_update().filter(pk=entry.pk).first()
    if taken is None:
        raise Conflict(_("This appointment can no longer be restored."))
    taken.deleted_at, taken.deleted_by = None, None
    _save(taken)
    _announce(None, _standing(taken))
    journal.record(actor, "schedule.entry.restored", taken)
    return taken


@operation("schedule.entry.added")
def add_entries(actor: Actor, *, drafts: Sequence[tuple[int, Draft]]) -> int:
    """Many appointments at once, each for the person whose id stands before it: all of them or none.

    The system's alone: an import or a demonstration city. Nobody watches yet, so no board is told.
    Raises Refused for the first draft that breaks a rule. Returns how many.
    """
    if actor.kind != "system":
        raise Refused(_("Only an import adds many appointments at once."))
    now = clock.now()
    posts = directory.main_posts_of({owner_id for owner_id, _draft in drafts})
    entries, people, organisations = [], [], []
    for owner_id, draft in drafts:
        policies.check_draft(draft, owner_id=owner_id)
        post = posts.get(owner_id)
        readers = policies.readers_for(
            draft, owner_id=owner_id, own_organisation=post.organisation_id if post else None
        )
        entry = Entry(
            **{name: getattr(draft, name) for name in _WRITTEN if name != "shared_with"},
            shared_with=keys.canonical(draft.shared_with),
            item_audience=readers.item_audience,
            details_audience=readers.details_audience,
            item_readers=readers.item,
            details_readers=readers.details,
            owner_id=owner_id,
            registered_by_id=owner_id,
            registered_at=now,
            changed_at=now,
        )
        entries.append(entry)
        people += [Participant(entry=entry, person_id=pk) for pk in draft.participants]
        organisations += [
            ParticipatingOrganisation(entry=entry, organisation_id=pk) for pk in draft.organisations
        ]
    Entry.objects.bulk_create(entries, batch_size=2_000)
    Participant.objects.bulk_create(people, batch_size=5_000)
    ParticipatingOrganisation.objects.bulk_create(organisations, batch_size=5_000)
    journal.record_all(actor, "schedule.entry.added", entries)
    return len(entries)
