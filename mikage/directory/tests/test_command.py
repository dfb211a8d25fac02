"""The operator's command: it shows first, changes only when told to, and answers machines in JSON."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mikage.directory.models import Organisation, Person

pytestmark = pytest.mark.django_db(databases=["default", "journal"])


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    organisations, people = tmp_path / "o.csv", tmp_path / "p.csv"
    organisations.write_text("組織コード,上位組織コード,組織名\n1,,御影市\n11,1,市民局\n", encoding="cp932")
    people.write_text("職員番号,姓,名\n000001,佐藤,花子\n", encoding="utf-8-sig")
    return ["--organisations", str(organisations), "--people", str(people)]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_directory", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_without_apply_the_command_only_shows(files: list[str]) -> None:
    assert "organisations added: 2" in run(*files)
    assert not Organisation.objects.exists()


def test_with_apply_it_changes_and_tells_how_far_it_came(files: list[str]) -> None:
    assert "3 / 3" in run(*files, "--apply", "--on", "R8.4.1")
    assert Person.objects.get().number == "000001"


def test_machines_get_one_json_object(files: list[str]) -> None:
    answer = json.loads(run(*files, "--apply", "--json"))
    assert (answer["applied"], answer["on"], answer["counts"]["people_added"]) == (True, "2026-11-25", 1)


def test_mistakes_end_the_command_with_their_place(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("職員番号,姓\n0 1,佐藤\n", encoding="utf-8")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_directory", *files, "--apply", "--json", stdout=out)
    assert [(error["line"], error["column"]) for error in json.loads(out.getvalue())["errors"]] == [
        (2, "職員番号")
    ]
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("arguments", [[], ["--people", "/nowhere.csv"], ["--on", "いつか"]])
def test_a_command_that_makes_no_sense_says_so(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
