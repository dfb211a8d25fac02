"""Law 4, plan: only known file names, every table says what it holds, nothing walks around a policy."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

import mikage
from mikage.kernel.privacy import NoPersonalData, Personal

PACKAGE = Path(mikage.__file__).parent
OWN = [config for config in apps.get_app_configs() if config.name.startswith("mikage.")]

KNOWN = {
    "__init__", "apps", "choices", "models", "policies", "services", "forms", "panels", "findings", "views",
    "urls", "sockets", "middleware", "tasks", "tests", "migrations", "management", "templates",
    "templatetags", "static",
}  # fmt: skip
# The lower floors carry what rooms stand on; each such module is named after its one thing (decision 0002).
FURTHER = {
    "kernel": {
        "clock", "database", "dates", "doors", "durability", "forms", "http", "operations", "panels",
        "privacy", "text", "witness",
    },
    "journal": {"journal"},
    "access": {"actor", "keys", "rights"},
    "identity": {"attempts", "hashing", "sessions"},
    "live": {"live"},
    "config": {"asgi", "command", "context", "env", "leases", "processes", "settings", "static", "wsgi"},
}  # fmt: skip
FORBIDDEN = {"utils", "helpers", "common", "misc", "core", "base", "signals", "managers"}


def strangers(room: str, names: set[str]) -> set[str]:
    """Modules of a room that the plan does not know."""
    return names - KNOWN - FURTHER.get(room, set())


def rooms() -> Iterator[tuple[str, set[str]]]:
    for path in sorted(PACKAGE.iterdir()):
        if path.is_dir() and (path / "__init__.py").exists():
            inside = [each for each in path.iterdir() if each.name != "__pycache__"]
            yield path.name, {each.stem for each in inside if each.suffix in {".py", ""}}


def test_a_room_holds_only_files_of_the_plan() -> None:
    assert {room: found for room, names in rooms() if (found := strangers(room, names))} == {}


def test_no_module_anywhere_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in PACKAGE.rglob("*.py") if path.stem in FORBIDDEN] == []


def own_models() -> list[type[models.Model]]:
    return [model for config in OWN for model in config.get_models()]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_table_says_what_personal_data_it_holds_and_how_that_ends(model: type[models.Model]) -> None:
    said = getattr(model, "privacy", None)
    assert isinstance(said, NoPersonalData | Personal)
    if isinstance(said, Personal):
        assert said.holds
        assert said.forgets


def upward(model: type[models.Model]) -> list[str]:
    """Foreign keys into other rooms that leave a way back around the policies."""
    return [
        f"{model._meta.label}.{field.name}"
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model._meta.app_label != model._meta.app_label
        and not str(field.remote_field.related_name or "").endswith("+")
    ]


def test_no_foreign_key_across_rooms_can_be_walked_back() -> None:
    assert [name for model in own_models() for name in upward(model)] == []


def test_no_model_has_a_manager_of_its_own() -> None:
    assert [m._meta.label for m in own_models() if type(m._default_manager) is not models.Manager] == []


def test_constraints_carry_sentences_as_names() -> None:
    found = [c.name for m in own_models() for c in m._meta.constraints if "_" not in c.name]
    assert found == []


def undocumented(source: str) -> bool:
    """A module that does not open with what it answers for."""
    tree = ast.parse(source)
    return bool(tree.body) and not ast.get_docstring(tree)


def test_every_module_opens_with_what_it_answers_for() -> None:
    assert [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts and undocumented(path.read_text(encoding="utf-8"))
    ] == []


def test_the_plan_finds_a_module_it_does_not_know() -> None:
    assert strangers("schedule", {"models", "helpers"}) == {"helpers"}
    assert undocumented("x = 1")


def test_the_plan_finds_a_table_that_can_be_walked_back() -> None:
    class Planted(models.Model):
        person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="planted")

        class Meta:
            app_label = "schedule"

        def __str__(self) -> str:
            return ""

    try:
        assert upward(Planted) == ["schedule.Planted.person"]
    finally:
        del apps.all_models["schedule"]["planted"]
        apps.clear_cache()
