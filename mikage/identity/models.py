"""Accounts, the sessions opened with them, the codes that give a first password, and attempts to get in."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q

from mikage.identity.choices import AccountKind, AccountState, EndReason, TextSize, Theme
from mikage.kernel.privacy import Personal


class Account(AbstractBaseUser):
    """The one key a person (or an organisation) signs in with. Without a password nobody can."""

    privacy = Personal(
        holds=["login", "password hash", "last terminal"], forgets="identity.account.suspended"
    )

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["person"]
    # The columns below say more, and are written in the same operation as the record.
    last_login = None

    person = models.OneToOneField("directory.Person", on_delete=models.PROTECT, related_name="+")
    # Canonical: NFKC, case folded, without blanks; so Ｒｏｏｔ, root and ROOT are one (TR-D13).
    login = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=AccountKind, default=AccountKind.STAFF)
    state = models.CharField(max_length=10, choices=AccountState, default=AccountState.ACTIVE)
    password_set_at = models.DateTimeField(null=True)
    last_sign_in_at = models.DateTimeField(null=True)
    last_terminal = models.CharField(max_length=64, blank=True)
    previous_sign_in_at = models.DateTimeField(null=True)
    previous_terminal = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=2, default="ja")
    text_size = models.CharField(max_length=10, choices=TextSize, default=TextSize.STANDARD)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.LIGHT)
    has_shortcuts = models.BooleanField(default=True)

    class Meta:
        db_table = "identity_account"
        constraints = [
            models.CheckConstraint(condition=~Q(login=""), name="an_account_has_a_login"),
            models.CheckConstraint(
                condition=Q(state__in=AccountState.values), name="an_account_is_in_use_or_suspended"
            ),
        ]

    def __str__(self) -> str:
        return self.login


class LoginSession(models.Model):
    """One terminal signed in. The key itself is in the browser alone; here stands its hash."""

    privacy = Personal(holds=["terminal", "times"], forgets="identity.session.pruned")

    key_hash = models.CharField(max_length=64, primary_key=True)
    public_id = models.UUIDField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    data = models.TextField(blank=True)
    terminal = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=60, blank=True)
    strength = models.CharField(max_length=20, default="password")
    created_at = models.DateTimeField()
    last_active_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, choices=EndReason, blank=True)

    class Meta:
        db_table = "identity_session"
        indexes = [models.Index(fields=["account", "-last_active_at"], name="session_by_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("created_at")), name="a_session_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="an_ended_session_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class OneTimeCode(models.Model):
    """A code the desk gave by hand: good once, for one account, for some days."""

    privacy = Personal(holds=["code hash"], forgets="identity.session.pruned")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_one_time_code"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(used_at__isnull=True), name="one_open_code_per_account"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SignInAttempt(models.Model):
    """A failed attempt to get in, counted by login and terminal together (TR-H2: kept in the database)."""

    privacy = Personal(holds=["login hash", "terminal"], forgets="identity.session.pruned")

    login_hash = models.CharField(max_length=64)
    terminal = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    is_released = models.BooleanField(default=False)

    class Meta:
        db_table = "identity_sign_in_attempt"
        indexes = [
            models.Index(fields=["login_hash", "terminal", "at"], name="attempt_by_login"),
            models.Index(fields=["terminal", "at"], name="attempt_by_terminal"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
