"""A program that stands for the pages: for every number on its input it pings that person, and says when."""

import os
import sys
import time

import django
from django.db import transaction

from mikage.live import live


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikage.config.settings")
    django.setup()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    for line in sys.stdin:
        with transaction.atomic():
            live.ping([int(line)], "schedule")
        sys.stdout.write(f"pinged {time.time()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
