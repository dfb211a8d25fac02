"""The day of the directory's tests: Wednesday, 25 November 2026, at ten in the morning."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from mikage.directory.tests.factories import Cast, cast_people
from mikage.kernel import clock

TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast in its little town."""
    return cast_people()
