"""The little city as a running office: pages and streams in one process, on a clock that can be set.

Run as a program. It builds the city, says ``ready``, and then takes lines: ``clock <ISO moment>`` sets the
clock on the wall, which goes on ticking from there.
"""

import importlib
import os
import sys
import threading
from datetime import datetime

import django
import time_machine
import uvicorn
from django.conf import settings
from django.core.management import call_command

from mikage.kernel import clock

OPENED_AT = "2026-11-25T10:10:00+09:00"


def main() -> None:
    wall = time_machine.travel(OPENED_AT, tick=True).start()
    threading.Thread(target=_obey, args=(wall,), daemon=True).start()
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    # Its models can be read only now.
    city = importlib.import_module("demo.city")
    city.build("tests", today=clock.today(), home=settings.HOME)
    threading.Timer(1, _say, args=("ready",)).start()
    uvicorn.run(
        "mikage.config.asgi:application",
        host="127.0.0.1",
        port=settings.PORT,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


def _obey(wall: time_machine.Traveller) -> None:
    for line in sys.stdin:
        word, _blank, moment = line.strip().partition(" ")
        if word == "clock":
            wall.move_to(datetime.fromisoformat(moment), tick=True)
            _say("set")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "mikage.config.settings"
    main()
