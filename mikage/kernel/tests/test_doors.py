"""A door opens for its function and for nothing else; what stands before a view never hides its door."""

from typing import cast

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.views.decorators.http import require_POST

from mikage.access.actor import ANONYMOUS, SYSTEM, Actor
from mikage.kernel import doors
from mikage.kernel.http import StaffRequest
from mikage.kernel.witness import WITNESS_MARK, witnessed


def answer(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse(f"inside {pk}")


def asked_by(actor: Actor) -> HttpRequest:
    request = cast(StaffRequest, RequestFactory().get("/"))
    request.actor = actor
    return request


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize(
    ("actor", "passes"),
    [
        (Actor.of(1, functions={"memos.use"}), True),
        (Actor.of(1), False),
        (Actor.of(1, functions={"memos.used", "memos", "use", "MEMOS.USE"}), False),
        (Actor.of(1, keys={"memos.use"}), False),
        (ANONYMOUS, False),
        (SYSTEM, True),
    ],
)
def test_a_door_opens_for_its_function_alone(actor: Actor, passes: bool) -> None:
    door = doors.function("memos.use")(answer)
    if passes:
        assert cast(HttpResponse, door(asked_by(actor), pk=3)).content == b"inside 3"
    else:
        with pytest.raises(doors.NoFunction) as told:
            door(asked_by(actor))
        assert told.value.function_key == "memos.use"


def test_each_kind_of_door_can_be_told() -> None:
    assert doors.key_of(doors.function("memos.use")(answer)) == "memos.use"
    assert doors.key_of(doors.signed_in(answer)) == doors.SIGNED_IN
    assert doors.key_of(doors.public(answer)) == doors.PUBLIC
    assert doors.key_of(answer) == ""


def test_a_door_is_told_through_what_stands_before_it() -> None:
    behind = require_POST(doors.function("memos.use")(answer))
    assert doors.key_of(behind) == "memos.use"
    witnessing = doors.function("memos.use")(witnessed("memos.memo.read")(answer))
    assert doors.key_of(witnessing) == "memos.use"
    assert getattr(witnessing, WITNESS_MARK) == "memos.memo.read"
