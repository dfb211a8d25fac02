"""A worker that knows one job more than the product: it takes a moment and leaves a mark.

Started as a program by the tests; its mark is idempotent, and every beginning is counted.
"""

import os
import time

import django
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django import app

TABLES = """
    CREATE TABLE IF NOT EXISTS begun (number integer, at timestamptz DEFAULT clock_timestamp());
    CREATE TABLE IF NOT EXISTS mark (number integer PRIMARY KEY)
"""


@app.task(name="tests.mark")
def mark(number: int, seconds: float) -> None:
    """Leave the mark of this number."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO begun (number) VALUES (%s)", [number])
        time.sleep(seconds)
        cursor.execute("INSERT INTO mark VALUES (%s) ON CONFLICT DO NOTHING", [number])


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikage.config.settings")
    django.setup()
    call_command("worker")


if __name__ == "__main__":
    main()
