"""A little town and its cast, the same in every room's tests (house.md, "Tests").

佐藤 owns things, 鈴木 sits in the same section, 高橋 heads it, 田中 is of another bureau, 総務 handles cases
in the general affairs centre, 保守 maintains the machines, 監査 audits.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from itertools import count

from mikage.access.actor import Actor
from mikage.directory import policies
from mikage.directory.choices import GroupKind, PersonKind, PostKind
from mikage.directory.models import (
    Closure,
    Edge,
    Group,
    Membership,
    Organisation,
    Person,
    Position,
    Post,
    from_day,
)
from mikage.kernel import clock

FOUNDED = date(2020, 4, 1)
_serial = count(1)

# Code, name, rank (a smaller one stands higher), official order.
POSITIONS = [
    ("kyokucho", "局長", 100, 1),
    ("bucho", "部長", 200, 2),
    ("kacho", "課長", 300, 3),
    ("kakaricho", "係長", 400, 4),
    ("shusa", "主査", 500, 5),
    ("shuji", "主事", 600, 6),
]


@dataclass(frozen=True)
class City:
    """The organisations of the little town: four bureaus, and one line down to a section."""

    top: Organisation
    planning_bureau: Organisation
    strategy_department: Organisation
    policy_division: Organisation
    section: Organisation
    roads_bureau: Organisation
    roads_division: Organisation
    finance_bureau: Organisation
    affairs_centre: Organisation
    systems_division: Organisation
    audit_office: Organisation


@dataclass(frozen=True)
class Cast:
    """The people every access table is written for, and the town they work in."""

    owner: Person
    colleague: Person
    head: Person
    outsider: Person
    handler: Person
    maintenance: Person
    auditor: Person
    city: City

    def __getitem__(self, role: str) -> Person:
        """The person of a role, for parametrised tests."""
        if role not in ROLES:
            raise KeyError(role)
        person: Person = getattr(self, role)
        return person

    def people(self) -> dict[str, Person]:
        """Everybody by role."""
        return {role: self[role] for role in ROLES}


ROLES = tuple(field.name for field in fields(Cast) if field.name != "city")


def make_organisation(
    name: str,
    parent: Organisation | None = None,
    *,
    code: str = "",
    official_order: int | None = None,
    since: date = FOUNDED,
) -> Organisation:
    """An organisation below its parent from a day on; the closure is brought up to date."""
    number = next(_serial)
    organisation = Organisation.objects.create(
        code=code or f"T{number:05}",
        name=name,
        official_order=number if official_order is None else official_order,
    )
    Edge.objects.create(child=organisation, parent=parent, valid=from_day(since))
    Closure.rebuild()
    return organisation


def make_position(code: str) -> Position:
    """One of the town's positions by its code, such as "kacho"."""
    known = {row[0]: row for row in POSITIONS}
    _code, name, rank, order = known[code]
    return Position.objects.get_or_create(
        code=code, defaults={"name": name, "rank": rank, "official_order": order}
    )[0]


def make_person(
    name: str = "山田 太郎",
    kana: str = "やまだ たろう",
    *,
    organisation: Organisation | None = None,
    position: str = "shuji",
    number: str = "",
    extension: str = "",
    kind: PersonKind = PersonKind.STAFF,
    since: date = FOUNDED,
) -> Person:
    """A person, with a main post in the organisation when one is named."""
    family, _blank, given = name.partition(" ")
    family_kana, _blank, given_kana = kana.partition(" ")
    person = Person.objects.create(
        number=number or f"{900_000 + next(_serial)}",
        family_name=family,
        given_name=given,
        family_kana=family_kana,
        given_kana=given_kana,
        extension=extension,
        kind=kind,
    )
    if organisation is not None:
        make_post(person, organisation, position=position, since=since)
    return person


def make_post(
    person: Person,
    organisation: Organisation,
    *,
    position: str = "shuji",
    kind: PostKind = PostKind.MAIN,
    since: date = FOUNDED,
) -> Post:
    """A post of the person in the organisation from a day on."""
    return Post.objects.create(
        person=person,
        organisation=organisation,
        position=make_position(position) if position else None,
        kind=kind,
        valid=from_day(since),
    )


def make_group(name: str, members: Iterable[Person] = (), *, maker: Person | None = None) -> Group:
    """A shared group, or a personal one when somebody made it, with its members."""
    group = Group.objects.create(
        name=name, maker=maker, kind=GroupKind.SHARED if maker is None else GroupKind.PERSONAL
    )
    for person in members:
        Membership.objects.create(group=group, person=person, valid=from_day(FOUNDED))
    return group


def make_city() -> City:
    """The little town, from the first of April 2020 on."""
    top = make_organisation("御影市", code="100000")
    planning = make_organisation("企画調整局", top, code="110000")
    strategy = make_organisation("情報化戦略部", planning, code="111000")
    policy = make_organisation("情報政策課", strategy, code="111100")
    section = make_organisation("企画係", policy, code="111110")
    roads = make_organisation("建設局", top, code="120000")
    roads_division = make_organisation("道路管理課", roads, code="121000")
    finance = make_organisation("行財政局", top, code="130000")
    return City(
        top=top,
        planning_bureau=planning,
        strategy_department=strategy,
        policy_division=policy,
        section=section,
        roads_bureau=roads,
        roads_division=roads_division,
        finance_bureau=finance,
        affairs_centre=make_organisation("総務事務センター", finance, code="131000"),
        systems_division=make_organisation("システム管理課", strategy, code="111200"),
        audit_office=make_organisation("監査事務局", top, code="140000"),
    )


def cast_people(city: City | None = None) -> Cast:
    """The cast, each on a main post in the town."""
    city = city or make_city()
    return Cast(
        owner=make_person(
            "佐藤 花子", "さとう はなこ", number="000101", extension="2101", organisation=city.section
        ),
        colleague=make_person(
            "鈴木 一郎", "すずき いちろう", number="000102", extension="2102", organisation=city.section
        ),
        head=make_person(
            "髙橋 みどり", "たかはし みどり", number="000103", extension="2100",
            organisation=city.section, position="kakaricho",
        ),
        outsider=make_person(
            "田中 誠", "たなか まこと", number="000104", extension="3104", organisation=city.roads_division
        ),
        handler=make_person(
            "総務 恵", "そうむ めぐみ", number="000105", extension="4105", organisation=city.affairs_centre
        ),
        maintenance=make_person(
            "保守 健", "ほしゅ けん", number="000106", extension="5106", organisation=city.systems_division
        ),
        auditor=make_person(
            "監査 修", "かんさ おさむ", number="000107", extension="6107", organisation=city.audit_office
        ),
        city=city,
    )  # fmt: skip


def actor_of(person: Person, *functions: str, on: date | None = None) -> Actor:
    """The person as an Actor, holding the keys of that day (today unless told) and these functions."""
    day = on or clock.today()
    post = policies.main_post(person.pk, day)
    return Actor(
        kind="person",
        person_id=person.pk,
        name=person.name,
        organisation_id=post.organisation_id if post else None,
        organisation_name=post.organisation.name if post else "",
        post_name=post.position.name if post and post.position else "",
        keys=policies.keys_of(person.pk, day),
        functions=frozenset(functions),
        strength="password",
    )
