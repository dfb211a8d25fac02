"""Switches of the laws."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-matrix",
        action="store_true",
        help="write tests/laws/access_matrix.csv anew, then read its diff",
    )
