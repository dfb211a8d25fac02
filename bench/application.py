"""The pages as installed and, on the same server, what they are compared with.

``/_empty`` is Django alone: no middleware, a view that says one word. ``/_recorded`` is the same with an
access record and nothing else, so that the difference is what a record costs.
"""

from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

RECORDER = "mikage.journal.middleware.AccessRecordMiddleware"

django.setup()
settings.ROOT_URLCONF = "bench.addresses"
pages = WSGIHandler()
with override_settings(MIDDLEWARE=[]):
    empty = WSGIHandler()
with override_settings(MIDDLEWARE=[RECORDER]):
    recorded = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Each request to the handler it is meant for."""
    if environ["PATH_INFO"] == "/_empty":
        return empty(environ, start_response)
    if environ["PATH_INFO"] == "/_recorded":
        return recorded(environ, start_response)
    return pages(environ, start_response)
