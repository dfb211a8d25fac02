"""Who works in the demonstration city: everybody's name, post, number, room and extension, and the cast."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from demo import names
from demo.names import Name
from demo.offices import BUREAU, CITY, DEPARTMENT, DIVISION, SECTION, Office

MAIL_DOMAIN = "city.mikage.example"


@dataclass(frozen=True, slots=True)
class Position:
    """A title; a smaller rank stands higher."""

    code: str
    name: str
    rank: int
    order: int


_POSITIONS = [
    ("shicho", "市長", 10), ("fukushicho", "副市長", 20), ("kyokucho", "局長", 100), ("kucho", "区長", 100),
    ("shitsucho", "室長", 100), ("jimukyokucho", "事務局長", 100), ("bucho", "部長", 200), ("shocho", "所長", 200),
    ("jocho", "場長", 200), ("kancho", "館長", 200), ("shochou-shobo", "署長", 200), ("kacho", "課長", 300),
    ("tanto-kacho", "担当課長", 310), ("kakaricho", "係長", 400), ("tanto-kakaricho", "担当係長", 410),
    ("shusa", "主査", 500), ("shunin", "主任", 550), ("shuji", "主事", 600), ("gishi", "技師", 610),
    ("hokenshi", "保健師", 620), ("shobo-shi", "消防士", 630), ("kaikei-nendo", "会計年度任用職員", 800),
]  # fmt: skip
POSITIONS = {
    code: Position(code, name, rank, order) for order, (code, name, rank) in enumerate(_POSITIONS, start=1)
}

# What the head of an office is called, by the end of its name.
_HEADS = [
    ("事務局", "jimukyokucho"), ("区役所", "kucho"), ("局", "kyokucho"), ("室", "shitsucho"), ("部", "bucho"),
    ("署", "shochou-shobo"), ("市場", "jocho"), ("図書館", "kancho"), ("課", "kacho"), ("係", "kakaricho"),
    ("", "shocho"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seat:
    """A post somebody holds: in which office, as what, mainly or beside the main post."""

    office: Office
    position: str
    is_main: bool = True


@dataclass(slots=True)
class Member:
    """Somebody of the city, or the account a division shares."""

    number: str
    name: Name
    seats: list[Seat]
    extension: str
    room: str
    role: str = ""
    is_organisation: bool = False

    @property
    def office(self) -> Office:
        """Where the main post is."""
        return self.seats[0].office

    @property
    def position(self) -> str:
        return self.seats[0].position


@dataclass(frozen=True, slots=True)
class Part:
    """One of the cast: the person every example is about, with the account to be that person."""

    role: str
    login: str
    number: str
    name: Name
    path: str
    position: str


def _name(text: str) -> Name:
    return Name(*text.split())


CAST = [
    Part("owner", "sato", "000101", _name("佐藤 花子 さとう はなこ"), "企画調整局/情報化戦略部/情報政策課/企画係", "shuji"),
    Part("colleague", "suzuki", "000102", _name("鈴木 一郎 すずき いちろう"), "企画調整局/情報化戦略部/情報政策課/企画係", "shunin"),
    Part("head", "takahashi", "000103", _name("髙橋 みどり たかはし みどり"), "企画調整局/情報化戦略部/情報政策課/企画係", "kakaricho"),
    Part("outsider", "tanaka", "000104", _name("田中 誠 たなか まこと"), "建設局/道路部/道路管理課/管理係", "shusa"),
    Part("handler", "ito", "000105", _name("伊藤 恵 いとう めぐみ"), "行財政局/総務事務センター/庶務事務課/照会受付係", "shusa"),
    Part("maintenance", "nakamura", "000106", _name("中村 健 なかむら けん"), "企画調整局/情報化戦略部/情報基盤課/運用係", "gishi"),
    Part("auditor", "kobayashi", "000107", _name("小林 修 こばやし おさむ"), "監査事務局/監査部/第一課/企画係", "shusa"),
    Part("administrator", "yamamoto", "000108", _name("山本 智子 やまもと ともこ"), "企画調整局/情報化戦略部/情報基盤課/運用係", "kakaricho"),
]  # fmt: skip
SECRETARY_PATH = "市長室/秘書部/秘書課/秘書係"
OWNER_PATH = CAST[0].path

# Who sits with 佐藤: old forms of kanji, so that nobody has to look for an example.
NEIGHBOURS = [
    ("佐々木 由美 ささき ゆみ", "shusa"),
    ("中村 悠斗 なかむら ゆうと", "shunin"),
    ("渡邉 大輔 わたなべ だいすけ", "shuji"),
    ("山﨑 彩 やまざき あや", "shuji"),
    ("𠮷田 陸 よしだ りく", "kaikei-nendo"),
]
# Two people with one name, in other places: a search must tell them apart.
NAMESAKES = [CAST[0].name, CAST[1].name]


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people one size of the city has, and how many at least sit in each section."""

    people: int
    least: int


def staff(offices: list[Office], crowd: Crowd, chance: Random) -> list[Member]:
    """Everybody, the cast first; heads before their people, each office after the one above it."""
    numbers = _numbers(chance)
    members = [*_cast(offices), *_top(offices[0], chance, numbers)]
    played = {(member.office.code, member.position) for member in members}
    for office in offices[1:]:
        head = next(code for end, code in _HEADS if office.name.endswith(end))
        if (office.code, head) not in played:
            members.append(_member(office, head, chance, numbers))
        if office.level == DIVISION:
            members.extend(_around_the_division(office, chance, numbers))
        if office.path == OWNER_PATH:
            members.extend(_neighbours(office, chance, numbers))
    members.extend(_ordinary_people(offices, members, crowd, chance, numbers))
    _give_concurrent_posts(members, offices, chance)
    return members


def _neighbours(office: Office, chance: Random, numbers: Iterator[str]) -> list[Member]:
    found = [_member(office, position, chance, numbers) for _text, position in NEIGHBOURS]
    for member, (text, _position) in zip(found, NEIGHBOURS, strict=True):
        member.name = _name(text)
    return found


def _ordinary_people(
    offices: list[Office], seated: list[Member], crowd: Crowd, chance: Random, numbers: Iterator[str]
) -> list[Member]:
    """Whoever is still missing, section by section."""
    sections = [office for office in offices if office.level == SECTION and office.path != OWNER_PATH]
    sizes = _sizes(sections, crowd.people - len(seated), crowd.least, chance)
    sections_name = OWNER_PATH.rpartition("/")[2]
    found = [
        _member(office, _ordinary_position(office, chance), chance, numbers)
        for office, size in zip(sections, sizes, strict=True)
        for _place in range(size)
    ]
    elsewhere = [member for member in reversed(found) if member.office.name != sections_name]
    for member, name in zip(elsewhere, NAMESAKES, strict=False):
        member.name = name
    return found


def _numbers(chance: Random) -> Iterator[str]:
    """Staff numbers in no order that tells anything; those of the cast are easy to remember."""
    numbers = list(range(200_000, 260_000))
    chance.shuffle(numbers)
    return (f"{number:06}" for number in numbers)


def _cast(offices: list[Office]) -> list[Member]:
    by_path = {office.path: office for office in offices}
    return [
        Member(
            number=part.number,
            name=part.name,
            seats=[Seat(by_path[part.path], part.position)],
            extension=f"21{place:02}",
            room=_room(by_path[part.path]),
            role=part.role,
        )
        for place, part in enumerate(CAST, start=1)
    ]


def _top(city: Office, chance: Random, numbers: Iterator[str]) -> list[Member]:
    return [
        _member(city, position, chance, numbers)
        for position in ("shicho", "fukushicho", "fukushicho", "fukushicho")
    ]


def _around_the_division(office: Office, chance: Random, numbers: Iterator[str]) -> list[Member]:
    """A head beside the head in some divisions, and the account many divisions share (ORG-2)."""
    found = []
    if chance.random() < 0.25:
        found.append(_member(office, "tanto-kacho", chance, numbers))
    if chance.random() < 0.6:
        found.append(
            Member(
                number=f"K{office.code}",
                name=Name(office.name, "", office.kana, ""),
                seats=[Seat(office, "")],
                extension=_extension(office, chance),
                room=_room(office),
                is_organisation=True,
            )
        )
    return found


def _sizes(sections: list[Office], total: int, least: int, chance: Random) -> list[int]:
    """How many sit in each section: mostly a few, at the counters and fire stations many."""
    weights = [chance.lognormvariate(0, 0.55) * _weight(section) for section in sections]
    share = max(0, total - least * len(sections)) / sum(weights)
    sizes, owed = [], 0.0
    for weight in weights:
        # What rounding takes from one section the next one gets.
        owed += weight * share
        sizes.append(least + int(owed))
        owed -= int(owed)
    return sizes


def _weight(section: Office) -> float:
    if "消防署" in section.path or "窓口" in section.name or "司令" in section.name:
        return 2.2
    if "区役所" in section.path or "保育" in section.path or "交通局" in section.path:
        return 1.5
    return 1.0


def _ordinary_position(office: Office, chance: Random) -> str:
    workers = "shuji"
    if "消防" in office.path:
        workers = "shobo-shi"
    elif any(word in office.path for word in ("建設局", "都市局", "建築", "水道局", "港湾局", "交通局")):
        workers = "gishi"
    elif "保健" in office.path:
        workers = "hokenshi"
    return chance.choices(
        [workers, "shuji", "shunin", "shusa", "tanto-kakaricho", "kaikei-nendo"], [34, 14, 22, 9, 4, 17]
    )[0]


def _member(office: Office, position: str, chance: Random, numbers: Iterator[str]) -> Member:
    return Member(
        number=next(numbers),
        name=names.draw(chance),
        seats=[Seat(office, position)],
        extension=_extension(office, chance),
        room=_room(office),
    )


def _extension(office: Office, chance: Random) -> str:
    """Bureaus have their own hundreds."""
    return f"{20 + int(office.code[:2])}{chance.randrange(1000):03}"


def _room(office: Office) -> str:
    bureau = int(office.code[:2])
    if office.level == CITY:
        return "本庁舎1号館8階"
    if "区役所" in office.bureau:
        return f"{office.bureau}{1 + int(office.code[4:6]) % 5}階"
    department = [*office.path.split("/"), ""][1]
    if department.endswith(("署", "所", "市場", "図書館")):
        return department
    return f"本庁舎{1 + bureau % 3}号館{3 + (bureau * 7 + int(office.code[2:4])) % 20}階"


def _give_concurrent_posts(members: list[Member], offices: list[Office], chance: Random) -> None:
    """Some hold a second post (兼務): the head of one office in another, a few in a project elsewhere."""
    places = [
        office
        for office in offices
        if office.level in {DEPARTMENT, DIVISION, SECTION} and office.path != OWNER_PATH
    ]
    for member in members:
        if member.role or member.is_organisation or member.office.level in {CITY, BUREAU}:
            continue
        if chance.random() < 0.08:
            place = chance.choice(places)
            if place.code != member.office.code:
                member.seats.append(Seat(place, member.position, is_main=False))


def members_by_office(members: Iterable[Member]) -> dict[str, list[Member]]:
    """Who stands mainly in each office."""
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(member.office.code, []).append(member)
    return found
