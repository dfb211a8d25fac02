"""The pages as installed and, on the same server, what they are compared with.

``/_empty`` is Django alone: no middleware, a view that says one word. The header ``X-Bench: unrecorded``
leaves the access record away and nothing else.
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
with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if name != RECORDER]):
    unrecorded = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Each request to the handler it is meant for."""
    if environ["PATH_INFO"] == "/_empty":
        return empty(environ, start_response)
    if environ.get("HTTP_X_BENCH") == "unrecorded":
        return unrecorded(environ, start_response)
    return pages(environ, start_response)
