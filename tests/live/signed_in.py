"""People with an open session, without going through the sign-in page."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from mikage.directory.models import Person
from mikage.identity.models import Account, LoginSession
from mikage.identity.sessions import hash_of, new_key
from mikage.kernel import clock


@dataclass(frozen=True)
class SignedIn:
    """Who, and the cookie of their browser."""

    person: Person
    account: Account
    session_id: str
    cookie: str


def sign_in(person: Person) -> SignedIn:
    now, key = clock.now(), new_key()
    account, _is_new = Account.objects.get_or_create(person=person, defaults={"login": person.number})
    session = LoginSession.objects.create(
        key_hash=hash_of(key),
        public_id=uuid.uuid4(),
        account=account,
        created_at=now,
        last_active_at=now,
        ends_at=now + timedelta(seconds=settings.ABSOLUTE_SECONDS),
    )
    return SignedIn(person, account, str(session.public_id), f"{settings.SESSION_COOKIE_NAME}={key}")
