"""Law 3: whatever a service offers is an operation, under a code that a room declares with its sentence."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.utils import translation

from mikage.journal import journal
from mikage.kernel.operations import action_of
from tests.laws.house import module_of, rooms, service_modules, sources, tree_of

CODE = re.compile(r"[a-z]+\.[a-z]+\.[a-z]+")


def plain_functions(tree: ast.Module) -> list[str]:
    """Public functions of a services module that are no operations."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not any(
            isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "operation"
            for mark in node.decorator_list
        )
    ]


def loose_arguments(tree: ast.Module) -> list[str]:
    """Operations whose arguments after the actor may be given without their name."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(
            isinstance(mark, ast.Call) and ast.unparse(mark.func) == "operation"
            for mark in node.decorator_list
        )
        and [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)] != ["actor"]
    ]


def used_codes(paths: Iterable[Path]) -> set[str]:
    """Every text in the sources that looks like an action code and is given to somebody who records."""
    found = set()
    for path in paths:
        if path.name == "apps.py":
            continue
        found |= {
            node.value
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
        }
    return found


@pytest.mark.requirement("A-05")
@pytest.mark.parametrize("path", service_modules(), ids=lambda path: "/".join(path.parts[-3:]))
def test_every_public_function_of_a_service_is_an_operation(path: Path) -> None:
    tree = tree_of(path)
    assert plain_functions(tree) == []
    assert loose_arguments(tree) == []


@pytest.mark.parametrize("path", service_modules(), ids=lambda path: "/".join(path.parts[-3:]))
def test_every_operation_is_declared_by_its_room(path: Path) -> None:
    module = module_of(path)
    room = module.__name__.split(".")[1]
    for name, thing in vars(module).items():
        if callable(thing) and action_of(thing) and thing.__module__ == module.__name__:
            assert action_of(thing) in journal.actions(), name
            assert action_of(thing).split(".")[0] == room, name


def test_every_declared_code_is_a_room_a_noun_and_a_participle() -> None:
    for config in rooms():
        for code in getattr(config, "actions", {}):
            assert CODE.fullmatch(code), code
            assert code.split(".")[0] == config.label, code


def test_every_declared_code_is_used() -> None:
    assert set(journal.actions()) - used_codes(sources()) == set()


def test_every_declared_code_has_a_sentence_in_both_languages() -> None:
    for code, sentence in journal.actions().items():
        with translation.override("en"):
            assert str(sentence)[0].isupper(), code
        with translation.override("ja"):
            assert not str(sentence).isascii(), code


def test_a_service_without_operation_is_found() -> None:
    tree = ast.parse("def confirm_memo(actor, *, memo):\n    memo.save()\n")
    assert plain_functions(tree) == ["confirm_memo"]


def test_an_argument_that_may_be_given_without_its_name_is_found() -> None:
    tree = ast.parse("@operation('a.b.c')\ndef confirm_memo(actor, memo):\n    memo.save()\n")
    assert loose_arguments(tree) == ["confirm_memo"]
