"""Signed-in people for the measurements, without going through the sign-in page."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from mikage.directory.models import Person
from mikage.identity.models import Account, LoginSession
from mikage.identity.sessions import hash_of, new_key
from mikage.kernel import clock


def sign_in(people: Sequence[Person]) -> list[str]:
    """A cookie for each of these people, in their order."""
    Account.objects.bulk_create(
        [Account(person=person, login=f"bench-{person.pk}") for person in people], ignore_conflicts=True
    )
    accounts = {account.person_id: account for account in Account.objects.filter(person__in=people)}
    now = clock.now()
    cookies, rows = [], []
    for person in people:
        key = new_key()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={key}")
        rows.append(
            LoginSession(
                key_hash=hash_of(key),
                public_id=uuid.uuid4(),
                account=accounts[person.pk],
                created_at=now,
                last_active_at=now,
                ends_at=now + timedelta(seconds=settings.ABSOLUTE_SECONDS),
            )
        )
    LoginSession.objects.bulk_create(rows, batch_size=1_000)
    return cookies
