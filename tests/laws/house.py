"""The house as the laws read it: rooms, sources, services, addresses; found, never listed by hand."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mikage"


@dataclass(frozen=True)
class Address:
    """One URL of the house: its name, how it is written, the view behind it, and what its holes take."""

    name: str
    route: str
    view: Callable[..., Any]
    holes: tuple[tuple[str, str], ...]


def rooms() -> list[AppConfig]:
    """Our own apps, from the settings."""
    return [config for config in apps.get_app_configs() if config.name.startswith("mikage.")]


def sources(*, tests: bool = False, migrations: bool = False, root: Path = PACKAGE) -> Iterator[Path]:
    """Every Python file of the package."""
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).parts
        if ("tests" in parts and not tests) or ("migrations" in parts and not migrations):
            continue
        yield path


@lru_cache(maxsize=512)
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_of(path: Path) -> ModuleType:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def service_modules() -> list[Path]:
    """``services.py`` of every room, or the parts of the package ``services``."""
    return [
        path
        for path in sources()
        if path.name == "services.py" or (path.parent.name == "services" and path.name != "__init__.py")
    ]


def templates() -> list[Path]:
    return sorted(PACKAGE.glob("*/templates/**/*.html"))


def addresses() -> list[Address]:
    """Every URL, in the order of the resolver."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        written = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            holes = tuple(
                (name, type(converter).__name__.removesuffix("Converter").lower())
                for name, converter in entry.pattern.converters.items()
            )
            yield Address(f"{namespace}{entry.name}", f"/{written}", entry.callback, holes)
        else:
            yield from _walk(entry, written, f"{entry.namespace}:" if entry.namespace else namespace)
