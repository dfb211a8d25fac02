"""Databases and processes of their own: what is killed here must not be what others stand on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.serving.processes import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty, migrated database beside that of the tests."""
    name = f"mikage_serving_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        address = os.environ["DATABASE_URL"].replace("/mikage?", f"/{name}?")
        assert name in address
        subprocess.run(
            [
                sys.executable,
                "-m",
                "mikage.config.command",
                "migrate",
                "--no-input",
                "--skip-checks",
                "--verbosity",
                "0",
            ],
            env={**os.environ, "DATABASE_URL": address},
            cwd=ROOT,
            check=True,
        )
        yield address
        connection.execute(drop)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    """What is entered here is ended with the test."""
    with ExitStack() as stack:
        yield stack
