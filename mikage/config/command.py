"""The command ``mikage``: finds the database of this installation, then hands over to the named command."""

import contextlib
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import django
from django.core.management import execute_from_command_line

from mikage.config import env
from mikage.kernel.database import Server, Unusable

# They read or write files of the program alone.
WITHOUT_DATABASE = {
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
    "messages",
    "version",
    "--help",
    "-h",
    "--version",
}


def main() -> None:
    """Run one command; the embedded server runs for as long as somebody works with it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mikage.config.settings"
    # A stop from outside takes the same orderly way out as Ctrl-C.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    arguments = sys.argv[1:] or ["help"]
    with contextlib.ExitStack() as held:
        try:
            if arguments[0] not in WITHOUT_DATABASE:
                find_database(held)
            execute_from_command_line(["mikage", *arguments])
        except KeyboardInterrupt:
            sys.exit(130)
        except Unusable as error:
            # The sentence is in the language of the installation, which only the settings know.
            django.setup()
            sys.stderr.write(f"{error}\n")
            sys.exit(1)
        except env.Misconfigured as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(1)


def find_database(held: contextlib.ExitStack) -> None:
    """``DATABASE_URL`` as the operator gave it, or the address of the embedded server, started if need be."""
    given = env.text("DATABASE_URL")
    if not given:
        home = Path(env.text("MIKAGE_HOME", "var")).resolve()
        given = held.enter_context(Server(home).in_use())
    os.environ["DATABASE_URL"] = given


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
