"""Law 10, readers listed = readers in effect: the policy finds it for exactly those (TR-D12)."""

import pytest

from mikage.directory.models import Person
from mikage.directory.tests.factories import Cast, cast_people
from mikage.identity.tests.factories import actor_of
from mikage.kernel import clock
from mikage.schedule import policies, services
from mikage.schedule.choices import Visibility
from mikage.schedule.models import Entry
from mikage.schedule.policies import Draft

pytestmark = pytest.mark.django_db(databases=["default", "journal"])


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_people()


@pytest.mark.parametrize("details", Visibility.values)
@pytest.mark.parametrize("item", Visibility.values)
@pytest.mark.requirement("B-02")
def test_those_listed_are_those_who_find_it(cast: Cast, item: str, details: str) -> None:
    if Visibility(details).width > Visibility(item).width:
        item = details
    others = (cast.owner.pk,) if Visibility.SELF in {item, details} else (cast.owner.pk, cast.handler.pk)
    audience = (f"under:{cast.city.roads_bureau.pk}", f"person:{cast.auditor.pk}")
    entry: Entry = services.add_entry(
        actor_of(cast.owner),
        draft=Draft(
            starts_at=clock.at(clock.today(), 9),
            ends_at=clock.at(clock.today(), 10),
            title="打合せ",
            item_visibility=item,
            item_audience=audience,
            details_visibility=details,
            details_audience=audience,
            participants=others,
            shared_with=() if Visibility.SELF in {item, details} else (f"person:{cast.maintenance.pk}",),
        ),
    )
    item_readers, details_readers = policies.readers_of(entry)
    for role, person in cast.people().items():
        actor = actor_of(person)
        finds = policies.visible_entries(actor).filter(pk=entry.pk).exists()
        whole = policies.whole_entries(actor).filter(pk=entry.pk).exists()
        assert (role, finds, whole) == (role, actor.is_among(item_readers), actor.is_among(details_readers))
    for participant in Person.objects.filter(pk__in=others):
        assert policies.whole_entries(actor_of(participant)).filter(pk=entry.pk).exists()
