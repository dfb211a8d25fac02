"""What stands in the calendars of the city around today: drawn from the occasions of each office, by seed and day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from demo.occasions import MAYOR, MEETING, PRIVATE, WHOLE_DAYS, WORK, Occasion, occasions_of
from demo.offices import BUREAU, CITY, DIVISION, SECTION, Office
from demo.staff import CAST, Member, members_by_office
from mikage.access import keys
from mikage.kernel import clock, dates
from mikage.schedule.choices import Importance, Visibility
from mikage.schedule.policies import Draft

DAYS_BEFORE, DAYS_AFTER = 14, 35
# Of a thousand appointments: how many are for whom, the item first, then the details.
VISIBILITIES = [
    ((Visibility.EVERYONE, Visibility.EVERYONE), 845),
    ((Visibility.EVERYONE, Visibility.PARTICIPANTS), 40),
    ((Visibility.EVERYONE, Visibility.ORGANISATION), 25),
    ((Visibility.ORGANISATION, Visibility.ORGANISATION), 40),
    ((Visibility.PARTICIPANTS, Visibility.PARTICIPANTS), 40),
    ((Visibility.AUDIENCE, Visibility.AUDIENCE), 10),
]
PRIVATE_SHARE, WHOLE_DAY_SHARE, TENTATIVE_SHARE, IMPORTANT_SHARE = 0.06, 0.04, 0.06, 0.05


@dataclass(frozen=True, slots=True)
class Known:
    """The ids the directory and the schedule gave to what we name by number and code."""

    people: Mapping[str, int]
    offices: Mapping[str, int]
    categories: Mapping[str, int]


Written = tuple[int, Draft]


@dataclass(slots=True)
class Calendars:
    """Draws the appointments of everybody."""

    members: list[Member]
    offices: list[Office]
    known: Known
    today: date
    chance: Random
    each: int
    _days: list[date] = field(init=False)
    _weights: list[int] = field(init=False)
    _near: dict[str, list[Member]] = field(init=False)
    _taken: set[tuple[int, date, int]] = field(init=False, default_factory=set)
    _away: set[tuple[int, date]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        span = range(-DAYS_BEFORE, DAYS_AFTER + 1)
        self._days = [day for day in map(self._day, span) if dates.is_working_day(day)]
        self._weights = [self._weight(day) for day in self._days]
        self._near = members_by_office(member for member in self.members if not member.is_organisation)

    def _day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def _weight(self, day: date) -> int:
        """This week is full, the next one filling, the others thin."""
        monday = self.today - timedelta(days=self.today.weekday())
        week = (day - monday).days // 7
        return {0: 12, 1: 7, -1: 4, 2: 3}.get(week, 2)

    def drafts(self) -> Iterator[Written]:
        """Who is away for whole days, everybody's appointments around that, whole offices, and the cast's."""
        people = [member for member in self.members if not member.is_organisation]
        wanted = [self._number_for(member) for member in people]
        for member, number in zip(people, wanted, strict=True):
            # The cast are at work this week: somebody wants to look at them.
            if not member.role and self.chance.random() < WHOLE_DAY_SHARE * number:
                yield self._whole_days(member)
        for member, number in zip(people, wanted, strict=True):
            for _number in range(number):
                yield self._one(member)
        for office in self.offices:
            yield from self._of_office(office)
        yield from self._of_cast()

    def _number_for(self, member: Member) -> int:
        """Heads have full calendars; the average is what was asked for."""
        if member.office.level == CITY:
            return self.each * 3
        factor = {"kaikei-nendo": 0.6, "shuji": 0.95, "kacho": 1.5, "bucho": 1.7, "kyokucho": 2.0}
        return max(1, round(self.each * factor.get(member.position, 1.0) * self.chance.uniform(0.75, 1.25)))

    def _one(self, member: Member) -> Written:
        if member.office.level == CITY and member.position in {"shicho", "fukushicho"}:
            return self._from_occasion(member, self._choose(MAYOR))
        if self.chance.random() < PRIVATE_SHARE:
            return self._private(member)
        return self._from_occasion(member, self._choose(occasions_of(member.office.path)))

    def _choose(self, occasions: list[Occasion]) -> Occasion:
        return self.chance.choices(occasions, [occasion.weight for occasion in occasions])[0]

    def _a_day(self) -> date:
        return self.chance.choices(self._days, self._weights)[0]

    def _from_occasion(self, member: Member, occasion: Occasion) -> Written:
        owner = self.known.people[member.number]
        day, minute = self._free_time(owner, occasion)
        item, details = self.chance.choices(
            [pair for pair, _weight in VISIBILITIES], [weight for _pair, weight in VISIBILITIES]
        )[0]
        audience = (
            (keys.under(self.known.offices[f"{member.office.code[:2]}000000"]),) if item == "audience" else ()
        )
        draft = Draft(
            starts_at=clock.at(day, 0, minute),
            ends_at=clock.at(day, 0, minute + self.chance.choice(occasion.minutes)),
            title=occasion.title,
            category_id=self.known.categories[occasion.kind],
            place=self.chance.choice(occasion.places) if occasion.places else "",
            content=occasion.content,
            importance=Importance.IMPORTANT
            if self.chance.random() < IMPORTANT_SHARE
            else Importance.ORDINARY,
            is_tentative=self.chance.random() < TENTATIVE_SHARE,
            item_visibility=item,
            item_audience=audience,
            details_visibility=details,
            details_audience=audience,
            participants=(owner, *self._company(member, occasion, day)),
        )
        return owner, draft

    def _free_time(self, owner: int, occasion: Occasion) -> tuple[date, int]:
        """A day and a minute of the day at which nothing else begins, if one is found soon."""
        day, hour = self._a_day(), self.chance.choice(occasion.hours)
        for _attempt in range(6):
            if (owner, day, int(hour)) not in self._taken and (owner, day) not in self._away:
                break
            day, hour = self._a_day(), self.chance.choice(occasion.hours)
        self._taken.add((owner, day, int(hour)))
        return day, int(hour * 60)

    def _company(self, member: Member, occasion: Occasion, day: date) -> list[int]:
        least, most = occasion.company
        if not most:
            return []
        near = (
            self.known.people[each.number] for each in self._near[member.office.code] if each is not member
        )
        here = [person_id for person_id in near if (person_id, day) not in self._away]
        return self.chance.sample(here, min(len(here), self.chance.randint(least, most)))

    def _private(self, member: Member) -> Written:
        owner, draft = self._from_occasion(member, self._choose(PRIVATE))
        visibility = Visibility.SELF if len(draft.participants) == 1 else Visibility.PARTICIPANTS
        return owner, replace(
            draft,
            item_visibility=visibility,
            details_visibility=visibility,
            item_audience=(),
            details_audience=(),
            is_tentative=False,
        )

    def _whole_days(self, member: Member) -> Written:
        owner, day = self.known.people[member.number], self._a_day()
        title, kind, _weight = self.chance.choices(WHOLE_DAYS, [weight for _t, _k, weight in WHOLE_DAYS])[0]
        length = self.chance.choices([1, 2, 3, 5], [6, 2, 1, 1])[0]
        self._away.update((owner, day + timedelta(days=number)) for number in range(length))
        return owner, Draft(
            starts_at=clock.at(day),
            ends_at=clock.at(day + timedelta(days=length)),
            is_all_day=True,
            title=title,
            category_id=self.known.categories[kind],
            participants=(owner,),
        )

    def _of_office(self, office: Office) -> Iterator[Written]:
        """What a whole office has in its own row: a meeting of the division each week, of the bureau each month."""
        heads = self._near.get(office.code)
        if not heads or office.level not in {BUREAU, DIVISION, SECTION}:
            return
        owner, office_id = self.known.people[heads[0].number], self.known.offices[office.code]
        words = {BUREAU: "局内連絡会議", DIVISION: "課内連絡会", SECTION: "係会"}[office.level]
        weekday, hour = self.chance.randrange(5), self.chance.choice((9, 10, 13, 16))
        for day in self._days:
            if day.weekday() == weekday and (office.level != BUREAU or day.day <= 7):
                yield (
                    owner,
                    Draft(
                        starts_at=clock.at(day, hour),
                        ends_at=clock.at(day, hour, 45),
                        title=words,
                        category_id=self.known.categories[MEETING],
                        place=self.chance.choice(("第1会議室", "第2会議室", "Web会議")),
                        participants=(owner,),
                        organisations=(office_id,),
                    ),
                )

    def _of_cast(self) -> Iterator[Written]:
        """What every visitor is shown first: 佐藤's week, with one appointment nobody else may read."""
        person = {part.role: self.known.people[part.number] for part in CAST}
        monday = self.today - timedelta(days=self.today.weekday())
        week = [day for day in (monday + timedelta(days=n) for n in range(5)) if dates.is_working_day(day)]
        first, last = week[0], week[-1]
        middle = self.today if self.today in week else week[len(week) // 2]
        meeting, work = self.known.categories[MEETING], self.known.categories[WORK]
        owner = person["owner"]
        yield (
            owner,
            Draft(
                starts_at=clock.at(middle, 10),
                ends_at=clock.at(middle, 11, 30),
                title="次期グループウェア 素案レビュー",
                category_id=meeting,
                place="本庁舎6階 第3会議室",
                content="素案は共有フォルダの「次期グループウェア／第3稿」を事前にご確認ください。",
                importance=Importance.IMPORTANT,
                participants=(owner, person["colleague"], person["head"]),
            ),
        )
        yield (
            owner,
            Draft(
                starts_at=clock.at(middle, 15),
                ends_at=clock.at(middle, 16),
                title="通院（市民病院）",
                place="市民病院 内科",
                content="検査結果を聞く",
                item_visibility=Visibility.SELF,
                details_visibility=Visibility.SELF,
                participants=(owner,),
            ),
        )
        yield (
            owner,
            Draft(
                starts_at=clock.at(last, 13, 30),
                ends_at=clock.at(last, 14, 30),
                title="総務事務センターとの照会様式 打合せ",
                category_id=meeting,
                place="Web会議",
                is_tentative=True,
                participants=(owner, person["handler"]),
            ),
        )
        yield (
            person["head"],
            Draft(
                starts_at=clock.at(first, 9),
                ends_at=clock.at(first, 9, 30),
                title="部課長会議",
                category_id=meeting,
                place="第1会議室",
                participants=(person["head"],),
            ),
        )
        yield (
            person["outsider"],
            Draft(
                starts_at=clock.at(middle, 13),
                ends_at=clock.at(middle, 15),
                title="現場立会い（市道山手幹線）",
                category_id=work,
                place="市道山手幹線",
                participants=(person["outsider"],),
            ),
        )
