"""Everything that changes accounts and sessions."""

from mikage.identity.services.accounts import (
    change_settings,
    end_account_sessions,
    issue_code,
    open_account,
    release_lock,
    resume_account,
    suspend_account,
)
from mikage.identity.services.passwords import (
    WRONG_CODE,
    WRONG_PASSWORD,
    change_password,
    set_first_password,
)
from mikage.identity.services.sessions import (
    end_other_sessions,
    end_session,
    extend_session,
    prune_sessions,
    sign_in,
    sign_out,
)

__all__ = [
    "WRONG_CODE",
    "WRONG_PASSWORD",
    "change_password",
    "change_settings",
    "end_account_sessions",
    "end_other_sessions",
    "end_session",
    "extend_session",
    "issue_code",
    "open_account",
    "prune_sessions",
    "release_lock",
    "resume_account",
    "set_first_password",
    "sign_in",
    "sign_out",
    "suspend_account",
]
