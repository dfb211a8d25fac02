"""The session engine Django asks for by this name: sessions live in ``LoginSession``, under a hash of their key.

Somebody who can read the database cannot take over a session with it.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase
from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from mikage.access.models import RightsVersion
from mikage.identity.models import LoginSession
from mikage.kernel import clock


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
        row = (
            live_sessions()
            .filter(key_hash=hash_of(self.session_key or ""))
            .select_related("account", "account__person")
            .annotate(rights=Coalesce(Subquery(RightsVersion.objects.filter(pk=1).values("number")[:1]), Value(1)))
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
        data = self.encode(self._get_session(no_load=must_create))
        live_sessions().filter(pk=self.row.pk).update(data=data)

    def delete(self, session_key: str | None = None) -> None:
        """Forget what the session carried; that it existed, and its end, stay until they are pruned."""
        key = session_key or self.session_key
        if key:
            LoginSession.objects.filter(key_hash=hash_of(key)).update(data="")

    def begin(self, row: LoginSession, session_key: str) -> None:
        """Carry the session that a sign-in has just opened; the browser gets its key with this answer."""
        self._session_key = session_key
        self._session_cache = {}
        self.row = row
        self.modified = True
        self["began"] = int(row.created_at.timestamp())

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


def new_key() -> str:
    """A key nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)
