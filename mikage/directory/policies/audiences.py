"""Subject keys in words, and the keys one may choose from: people, organisations, positions, groups."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.directory.choices import GroupKind
from mikage.directory.models import Choice, Group, Organisation, Person, Position
from mikage.directory.policies.groups import visible_groups
from mikage.directory.policies.organisations import paths_of, visible_organisations
from mikage.directory.policies.people import LONGEST_QUERY, find_people, members
from mikage.directory.policies.posts import main_posts_of
from mikage.kernel import clock
from mikage.kernel.text import fold, normalise

PICKABLE = ("person", "org", "under", "post", "group", "all")


@dataclass(frozen=True, slots=True)
class Label:
    """A key as people read it: what it is called, and what tells it from others of that name."""

    key: str
    kind: str
    text: str
    detail: str = ""
    is_present: bool = True


def describe_keys(wanted: Iterable[str], *, actor: Actor | None = None) -> list[Label]:
    """Each key in words, in the given order, also for what has ended since (TR-C9). One query for each kind.

    The name of somebody else's personal group is not told to ``actor`` (TR-D8).
    """
    ordered = [key for key in wanted if keys.is_key(key)]
    ids: dict[str, set[str]] = {}
    for key in ordered:
        kind, value = keys.parse(key)
        ids.setdefault(kind, set()).add(value)
    found: dict[str, Label] = {"all": Label("all", "all", _("All staff"))}
    found |= {label.key: label for label in _people(ids.get("person", set()))}
    found |= {
        label.key: label
        for label in _organisations(ids.get("org", set()) | ids.get("under", set()), paths={})
    }
    found |= {label.key: label for label in _positions(ids.get("post", set()))}
    found |= {label.key: label for label in _groups(ids.get("group", set()), actor)}
    return [
        found.get(key) or Label(key, key.partition(":")[0], _("(unknown)"), is_present=False)
        for key in ordered
    ]


def _people(ids: Collection[str]) -> list[Label]:
    if not ids:
        return []
    people = list(Person.objects.filter(pk__in=[int(each) for each in ids]))
    posts = main_posts_of([person.pk for person in people])
    return [
        Label(
            keys.person(person.pk),
            "person",
            person.name,
            posts[person.pk].organisation.label if person.pk in posts else "",
            person.is_active,
        )
        for person in people
    ]


def _organisations(ids: Collection[str], *, paths: dict[int, str]) -> list[Label]:
    if not ids:
        return []
    labels = []
    for organisation in Organisation.objects.filter(pk__in=[int(each) for each in ids]):
        labels += _both(organisation, paths.get(organisation.pk, ""))
    return labels


def _both(organisation: Organisation, detail: str) -> list[Label]:
    """The organisation with everything below it, and its own members alone."""
    return [
        Label(
            keys.under(organisation.pk),
            "under",
            _("%(organisation)s and below") % {"organisation": organisation.name},
            detail,
        ),
        Label(
            keys.org(organisation.pk),
            "org",
            _("%(organisation)s only") % {"organisation": organisation.name},
            detail,
        ),
    ]


def _positions(codes: Collection[str]) -> list[Label]:
    if not codes:
        return []
    return [
        Label(
            keys.post(position.code), "post", _("Everybody who is %(position)s") % {"position": position.name}
        )
        for position in Position.objects.filter(code__in=codes)
    ]


def _groups(ids: Collection[str], actor: Actor | None) -> list[Label]:
    if not ids:
        return []
    labels = []
    for group in Group.objects.filter(pk__in=[int(each) for each in ids]):
        is_hidden = group.kind == GroupKind.PERSONAL and (actor is None or actor.person_id != group.maker_id)
        text = _("A personal group") if is_hidden else group.name
        labels.append(Label(keys.group(group.pk), "group", text, is_present=group.is_active))
    return labels


def recent_keys(actor: Actor, limit: int = 10) -> list[str]:
    """Whom the person chose lately, the latest first."""
    if actor.person_id is None:
        return []
    rows = Choice.objects.filter(chooser=actor.person_id).order_by("-chosen_at", "-pk")
    return list(rows.values_list("key", flat=True)[:limit])


def options(
    actor: Actor, text: str, *, kinds: Sequence[str] = ("person",), on: date | None = None, limit: int = 20
) -> list[Label]:
    """What fits the words typed into a picker: people first, then organisations, positions, groups (TR-D8).

    Without words: whom one chose lately, then one's own section.
    """
    day = on or clock.today()
    words = normalise(text[:LONGEST_QUERY])
    if not fold(words):
        return _suggestions(actor, kinds, day, limit)
    labels: list[Label] = []
    if "person" in kinds:
        recent = [int(keys.parse(key).value) for key in recent_keys(actor, 50) if key.startswith("person:")]
        people = find_people(actor, words, near=actor.organisation_id, recent=recent, limit=limit, on=day)
        labels += [_person_option(person) for person in people]
    every = Q()
    for word in words.split():
        every &= Q(search__contains=fold(word))
    if "org" in kinds or "under" in kinds:
        found = list(visible_organisations(actor, day).filter(every)[:limit])
        paths = paths_of([organisation.pk for organisation in found], day)
        for organisation in found:
            labels += [
                label for label in _both(organisation, paths.get(organisation.pk, "")) if label.kind in kinds
            ]
    if "post" in kinds:
        positions = Position.objects.filter(every).order_by("rank", "official_order")[:limit]
        labels += _positions([position.code for position in positions])
    if "group" in kinds:
        labels += [
            Label(keys.group(group.pk), "group", group.name)
            for group in visible_groups(actor).filter(every)[:limit]
        ]
    if "all" in kinds and fold(words) in fold(_("All staff")):
        labels.append(Label(keys.ALL, "all", _("All staff")))
    return labels[: limit * 2]


def _person_option(person: Person) -> Label:
    parts = [getattr(person, "organisation_name", ""), getattr(person, "position_name", "")]
    return Label(keys.person(person.pk), "person", person.name, " ".join(part for part in parts if part))


def _suggestions(actor: Actor, kinds: Sequence[str], on: date, limit: int) -> list[Label]:
    recent = [key for key in recent_keys(actor, limit) if key.partition(":")[0] in kinds]
    labels = [label for label in describe_keys(recent, actor=actor) if label.is_present]
    if "person" in kinds and actor.organisation_id is not None:
        known = set(recent)
        labels += [
            _person_option(person)
            for person in members(actor, actor.organisation_id, on)[:limit]
            if keys.person(person.pk) not in known
        ]
    return labels[:limit]


def choosable(actor: Actor, wanted: Iterable[str], *, on: date | None = None) -> list[str]:
    """Those of the keys this actor may put into an audience today: what a picker would offer."""
    day = on or clock.today()
    ids: dict[str, set[str]] = {}
    ordered = list(wanted)
    for key in ordered:
        if keys.is_key(key):
            kind, value = keys.parse(key)
            ids.setdefault(kind, set()).add(value)
    people = Person.objects.filter(pk__in=[int(pk) for pk in ids.get("person", ())], is_active=True)
    organisation_ids = [int(pk) for pk in ids.get("org", set()) | ids.get("under", set())]
    organisations = visible_organisations(actor, day).filter(pk__in=organisation_ids)
    positions = Position.objects.filter(code__in=ids.get("post", ()))
    groups = visible_groups(actor).filter(pk__in=[int(pk) for pk in ids.get("group", ())])
    allowed = {keys.ALL}
    allowed |= {keys.person(pk) for pk in people.values_list("pk", flat=True)} if "person" in ids else set()
    for pk in organisations.values_list("pk", flat=True) if organisation_ids else []:
        allowed |= {keys.org(pk), keys.under(pk)}
    allowed |= (
        {keys.post(code) for code in positions.values_list("code", flat=True)} if "post" in ids else set()
    )
    allowed |= {keys.group(pk) for pk in groups.values_list("pk", flat=True)} if "group" in ids else set()
    return [key for key in ordered if key in allowed]
