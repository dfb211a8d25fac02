"""The hub as an installation runs it, with one topic more than the rooms declare. Started by the tests."""

import sys

import django
import uvicorn
from django.apps import apps


def main(application: str, port: int) -> None:
    django.setup()
    apps.get_app_config("live").topics = {"board": "board.use"}  # type: ignore[attr-defined]
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
