"""The organisation week that is measured: fifty people with seven appointments each, in the full city."""

from datetime import timedelta

from mikage.access.actor import SYSTEM
from mikage.directory.models import Organisation, Person
from mikage.directory.tests.factories import make_organisation, make_person
from mikage.kernel import clock
from mikage.schedule import services
from mikage.schedule.models import Entry
from mikage.schedule.policies.drafts import Draft

PEOPLE = 50
PER_PERSON = 7
CODE = "BENCH50"


def organisation_of_fifty() -> tuple[Organisation, Person]:
    """The organisation and one of its members; made once, filled anew for each week."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    found = Organisation.objects.filter(code=CODE).first()
    if found is None:
        found = make_organisation("計測課", code=CODE, since=today - timedelta(days=400))
        for number in range(PEOPLE):
            make_person(f"計測 {number + 1:02}", "けいそく", organisation=found, number=f"B{number:05}")
    numbers = [f"B{number:05}" for number in range(PEOPLE)]
    people = list(Person.objects.filter(number__in=numbers).order_by("number"))
    drafts = [
        (
            person.pk,
            Draft(
                starts_at=clock.at(monday + timedelta(days=number % 5), 9 + (place + number) % 8),
                ends_at=clock.at(monday + timedelta(days=number % 5), 10 + (place + number) % 8),
                title=f"打合せ {number + 1}",
                place="第3会議室",
                # One in seven is for its owner alone: others are shown that the time is taken.
                item_visibility="self" if number == PER_PERSON - 1 else "everyone",
                details_visibility="self" if number == PER_PERSON - 1 else "everyone",
                participants=(person.pk,),
            ),
        )
        for place, person in enumerate(people)
        for number in range(PER_PERSON)
    ]
    is_filled = Entry.objects.filter(owner__in=people, starts_at__gte=clock.at(monday)).exists()
    if not is_filled:
        services.add_entries(SYSTEM, drafts=drafts)
    return found, people[0]
