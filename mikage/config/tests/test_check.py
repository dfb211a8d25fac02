"""`mikage check` tells an operator in sentences whether the installation may serve."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from psycopg import conninfo

from mikage.config.management.commands import check

pytestmark = pytest.mark.django_db


def this_database(**options: str) -> str:
    """The address of the test database, with options of the connection."""
    parameters = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in {"dbname", "user", "host", "port", "password"}
    }
    return conninfo.make_conninfo("", **parameters, **options)


def a_job(status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('q', 't', %s)",
            [status],
        )


@pytest.mark.requirement("TR-J2")
def test_an_installation_as_it_should_be_is_sound() -> None:
    answer = StringIO()
    with override_settings(DATABASE_URL=this_database()):
        call_command("check", json=True, stdout=answer)
    assert json.loads(answer.getvalue()) == {"sound": True, "findings": []}


@pytest.mark.requirement("TR-J2")
def test_a_database_that_may_lose_what_it_confirmed_fails_the_check_with_a_sentence() -> None:
    answer = StringIO()
    weak = this_database(options="-c synchronous_commit=off")
    with override_settings(DATABASE_URL=weak), pytest.raises(CommandError):
        call_command("check", json=True, stdout=answer)
    found = json.loads(answer.getvalue())
    assert not found["sound"]
    assert len(found["findings"]) == 1
    assert "synchronous_commit" in found["findings"][0]


def test_a_database_that_does_not_answer_is_said_and_not_thrown() -> None:
    with override_settings(DATABASE_URL="postgresql://nobody@/nowhere?host=/no/such/place"):
        assert len(check.may_not_start()) == 1


def test_failed_jobs_are_told_but_do_not_keep_the_service_from_starting() -> None:
    a_job("failed")
    with override_settings(DATABASE_URL=this_database()):
        with pytest.raises(CommandError):
            call_command("check", json=True, stdout=StringIO())
        call_command("check", json=True, before_start=True, stdout=StringIO())
    assert len(check.jobs_in_trouble()) == 1
