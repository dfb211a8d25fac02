"""The session engine Django asks for by this name: ``LoginSession`` keeps each under a hash of its key.

Somebody who can read the database cannot take over a session with it.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase
from django.db import connection
from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from mikage.access.actor import Actor
from mikage.access.models import RightsVersion
from mikage.identity.choices import EndReason
from mikage.identity.models import Account, LoginSession
from mikage.journal import journal
from mikage.kernel import clock

CHANNEL = "mikage_session"


def hash_of(session_key: str) -> str:
    """What stands in the table for a key; keys are long and random, so a plain hash is enough."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(SessionBase):
    """One session, loaded with its account and the present version of rights in a single query."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: LoginSession | None = None
        self.rights_version = 1

    def load(self) -> dict[str, Any]:
        version = RightsVersion.objects.filter(pk=1).values("number")[:1]
        row = (
            live_sessions()
            .filter(key_hash=hash_of(self.session_key or ""))
            .select_related("account", "account__person")
            .annotate(rights=Coalesce(Subquery(version), Value(1)))
            .first()
        )
        if row is None:
            self._session_key = None
            return {}
        self.row, self.rights_version = row, row.rights
        return self.decode(row.data) if row.data else {}

    def exists(self, session_key: str) -> bool:
        return LoginSession.objects.filter(key_hash=hash_of(session_key)).exists()

    def create(self) -> None:
        """A session belongs to an account from its first moment: `services.sign_in` makes the row."""
        raise CreateError("a session begins with a sign-in")

    def save(self, must_create: bool = False) -> None:
        if self.row is None:
            return
        data = self.encode(dict(self.items()))
        live_sessions().filter(pk=self.row.pk).update(data=data)

    def delete(self, session_key: str | None = None) -> None:
        """Forget what the session carried; that it existed, and its end, stay until they are pruned."""
        key = session_key or self.session_key
        if key:
            LoginSession.objects.filter(key_hash=hash_of(key)).update(data="")

    def begin(self, row: LoginSession, session_key: str) -> None:
        """Carry the session that a sign-in has just opened; the browser gets its key with this answer."""
        self._session_key = session_key
        self._session_cache: dict[str, Any] = {}
        self.row = row
        self.modified = True
        self["began"] = int(row.created_at.timestamp())

    def get_expire_at_browser_close(self) -> bool:
        """The cookie goes when the browser is closed: a terminal is shared (T-30)."""
        return True

    @classmethod
    def clear_expired(cls) -> None:
        """Old rows are removed by `services.prune_sessions`, with a record."""


def live_sessions() -> "QuerySet[LoginSession]":
    """Sessions that are neither ended nor over: idle limit, absolute limit, account in use, person here."""
    now = clock.now()
    return LoginSession.objects.filter(
        Q(account__person__leaves_on__isnull=True) | Q(account__person__leaves_on__gt=clock.today()),
        ended_at__isnull=True,
        ends_at__gt=now,
        last_active_at__gt=now - timedelta(seconds=settings.IDLE_SECONDS),
        account__state="active",
        account__person__is_active=True,
    )


def sessions_of(account: Account) -> "QuerySet[LoginSession]":
    """Every session of an account that has not been ended yet."""
    return LoginSession.objects.filter(account=account, ended_at__isnull=True)


def end_sessions(actor: Actor, found: "QuerySet[LoginSession]", reason: EndReason) -> int:
    """Inside an operation: these sessions end at their next request, their streams within 5 s (TR-D1).

    Whoever holds streams open hears of it when the operation commits. Returns how many ended.
    """
    ids = [str(each) for each in found.values_list("public_id", flat=True)]
    count = LoginSession.objects.filter(public_id__in=ids, ended_at__isnull=True).update(
        ended_at=clock.now(), end_reason=reason, data=""
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, id) FROM unnest(%s::text[]) AS id", [CHANNEL, ids])
    journal.record(actor, "identity.session.ended", details={"sessions": count, "reason": str(reason)})
    return count


def new_key() -> str:
    """A key nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)
