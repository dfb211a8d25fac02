"""Law 7, two worlds: what an actor may not see changes nothing of what they are answered (T-17, TR-D9, B-03).

Every address that exists is asked twice by an outsider; between the two, only private content changed.
"""

import random
import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.http.response import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from mikage.directory.tests.factories import Cast, cast_people
from mikage.identity.tests.factories import EVERYDAY, actor_of, open_session
from mikage.kernel import clock
from mikage.schedule import services
from mikage.schedule.choices import Importance, Visibility
from mikage.schedule.models import Category, Entry
from mikage.schedule.policies import Draft
from tests.laws.house import Address, addresses

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
TODAY = date(2026, 11, 25)
CANARY = "鶴見台地区再編"
ONE_TIME = [
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'data-csrf="[^"]+"'),
    re.compile(rb"&quot;X-CSRFToken&quot;: &quot;[^&]+&quot;|\"X-CSRFToken\": \"[^\"]+\""),
    re.compile(rb'name="(?:form_)?token" value="[^"]+"'),
]
Answer = tuple[int, bytes, tuple[tuple[str, str], ...]]


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_people()


@pytest.fixture
def entry(cast: Cast) -> Entry:
    """The owner's appointment, for nobody but the owner."""
    return services.add_entry(actor_of(cast.owner), draft=draft(cast, title=CANARY, place="市長室"))


def draft(cast: Cast, **given: object) -> Draft:
    values: dict[str, object] = {
        "starts_at": clock.at(TODAY, 13),
        "ends_at": clock.at(TODAY, 14),
        "item_visibility": Visibility.PARTICIPANTS,
        "details_visibility": Visibility.PARTICIPANTS,
        "participants": (cast.owner.pk,),
    }
    return Draft(**(values | given))  # type: ignore[arg-type]


def answer(response: HttpResponseBase) -> Answer:
    """Status, body and headers without what is drawn anew for every answer."""
    if isinstance(response, StreamingHttpResponse):
        content = response.getvalue()
    else:
        assert isinstance(response, HttpResponse)
        content = response.content
    for pattern in ONE_TIME:
        content = pattern.sub(b"", content)
    headers = tuple(
        (name, value)
        for name, value in sorted(response.items())
        if name not in {"Set-Cookie", "Content-Length"}
    )
    return response.status_code, content, headers


def urls(each: Address, cast: Cast, entry: Entry) -> Iterator[str]:
    """The address with ids that exist, the hidden one among them."""
    choices: dict[str, list[str]] = {"uuid": [str(entry.pk), str(uuid.UUID(int=9))]}
    choices["int"] = [str(cast.owner.pk), str(cast.city.section.pk)]
    for value in choices[each.holes[0][1]] if each.holes else [""]:
        url = reverse(each.name, kwargs={name: value for name, _kind in each.holes})
        yield url
        yield f"{url}?day=2026-11-25&person={cast.owner.pk}&organisation={cast.city.section.pk}&q={CANARY}"


def everything(client: Client, cast: Cast, entry: Entry) -> dict[tuple[str, bool], Answer]:
    """What the outsider is answered on every address, as a page and as a fragment."""
    found = {}
    for each in addresses():
        if each.name == "identity:logout":
            continue
        for url in urls(each, cast, entry):
            for is_fragment in (False, True):
                headers = {"HX-Request": "true"} if is_fragment else {}
                found[url, is_fragment] = answer(client.get(url, headers=headers))
    return found


def edit(cast: Cast, entry: Entry, chance: random.Random) -> None:
    """Change something only the owner may know of, through the service a person would use."""
    kinds = [None, *Category.objects.values_list("pk", flat=True)]
    services.change_entry(
        actor_of(cast.owner),
        entry=entry,
        version=Entry.objects.get(pk=entry.pk).version,
        draft=draft(
            cast,
            title=chance.choice([CANARY, "歯科", "面談 " * 30, "<b>x</b>"]),
            place=chance.choice(["", "本庁舎6階", "自宅"]),
            content=chance.choice(["", "https://example.jp/", "長文" * 400]),
            category_id=chance.choice(kinds),
            importance=chance.choice(Importance.values),
            is_tentative=chance.choice([True, False]),
            shared_with=chance.choice([(), (f"person:{cast.head.pk}",)]),
        ),
    )


@pytest.mark.requirement("SCH-19")
@pytest.mark.requirement("B-03")
def test_an_outsider_is_answered_the_same_whatever_a_private_appointment_says(
    cast: Cast, entry: Entry
) -> None:
    client = open_session(Client(), cast.outsider)
    everything(client, cast, entry)  # boards looked at once are remembered as recent ones
    before = everything(client, cast, entry)
    chance = random.Random(20261125)
    for _turn in range(3):
        edit(cast, entry, chance)
        after = everything(client, cast, entry)
        assert [key for key in before if before[key] != after[key]] == []


@pytest.mark.requirement("B-03")
def test_no_address_tells_the_outsider_a_word_of_a_private_appointment(cast: Cast, entry: Entry) -> None:
    client = open_session(Client(), cast.outsider)
    told = [
        key
        for key, (_status, content, _headers) in everything(client, cast, entry).items()
        if str(entry.pk).encode() in content.replace(key[0].encode(), b"") or "市長室".encode() in content
    ]
    assert told == []


def test_every_verb_answers_for_a_hidden_appointment_as_for_none(cast: Cast, entry: Entry) -> None:
    """TR-D5 and TR-D9: each verb is checked on its own, and says nothing."""
    client = open_session(Client(), cast.outsider)
    for each in addresses():
        if not each.name.startswith("schedule:") or "uuid" not in dict(each.holes).values():
            continue
        answers = []
        typed: dict[str, str] = {"version": "1", "day": "2026-11-26"}
        for value in (entry.pk, uuid.UUID(int=9)):
            url = reverse(each.name, kwargs={name: value for name, _kind in each.holes})
            for method in (client.get, client.post):
                status, content, headers = answer(method(url, typed))
                answers.append((status, content.replace(url.encode(), b""), headers))
        assert answers[:2] == answers[2:], each.name
        assert answers[0][0] in {404, 405}
    assert Entry.objects.get(pk=entry.pk).deleted_at is None


def test_the_law_sees_a_difference_where_there_is_one(cast: Cast, entry: Entry) -> None:
    """The colleague who takes part sees the title change; so the comparison has teeth."""
    services.change_entry(
        actor_of(cast.owner),
        entry=entry,
        version=Entry.objects.get(pk=entry.pk).version,
        draft=draft(cast, title=CANARY, participants=(cast.owner.pk, cast.colleague.pk)),
    )
    client = open_session(Client(), cast.colleague, functions=EVERYDAY)
    before = everything(client, cast, entry)
    services.change_entry(
        actor_of(cast.owner),
        entry=entry,
        version=Entry.objects.get(pk=entry.pk).version,
        draft=draft(cast, title="別件", participants=(cast.owner.pk, cast.colleague.pk)),
    )
    after = everything(client, cast, entry)
    assert [key for key in before if before[key] != after[key]] != []
