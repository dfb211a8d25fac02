"""Typed readers for the operator's environment; a secret may also be named by a file (``NAME_FILE``)."""

import os
from pathlib import Path


class Misconfigured(Exception):
    """The environment says something that cannot be obeyed; the message names the variable."""


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that ``NAME_FILE`` names, or the default."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{name}_FILE: {file_name}: {error.strerror}") from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off; anything else is refused rather than guessed."""
    value = text(name).strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise Misconfigured(f"{name}: expected yes or no, got {value!r}")


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name).strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise Misconfigured(f"{name}: expected a whole number, got {value!r}") from error


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()
