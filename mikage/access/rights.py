"""The number that grows whenever somebody's rights may have changed; caches and open streams ask it."""

from django.db import connection
from django.db.models import F

from mikage.access.models import RightsVersion

CHANNEL = "mikage_rights"


def rights_version() -> int:
    """The present number."""
    return RightsVersion.objects.values_list("number", flat=True).filter(pk=1).first() or 1


def note_rights_changed() -> None:
    """Inside an operation that changed posts, groups, rules or accounts: everybody asks again (TR-D1)."""
    if not RightsVersion.objects.filter(pk=1).update(number=F("number") + 1):
        RightsVersion.objects.create(pk=1, number=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
