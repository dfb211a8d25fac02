"""The directory as dated facts: organisations and their places, people and their posts, groups.

What holds on a day is found by asking which date ranges contain it. Nothing is deleted: organisations,
people and groups end, so that what was once said about them still explains itself (TR-C3, TR-C9).
"""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Lower

from mikage.directory.choices import GroupKind, ImportState, PersonKind, PostKind
from mikage.kernel.privacy import NoPersonalData, Personal
from mikage.kernel.text import fold

EQUAL, OVERLAPS = RangeOperators.EQUAL, RangeOperators.OVERLAPS
# Codes and numbers are compared as typed in half width: no blank, no sign that could mean something.
CODE_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z_-]*$"
POSITION_CODE_PATTERN = r"^[a-z0-9][a-z0-9-]{0,30}$"

_VOICED = str.maketrans(
    "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔぁぃぅぇぉっゃゅょゎゕゖ",
    "かきくけこさしすせそたちつてとはひふへほはひふへほうあいうえおつやゆよわかけ",
)
_VOWELS = {
    sound: vowel
    for vowel, row in {
        "あ": "あかさたなはまやらわ", "い": "いきしちにひみりゐ", "う": "うくすつぬふむゆる",
        "え": "えけせてねへめれゑ", "お": "おこそとのほもよろを",
    }.items()
    for sound in row
}  # fmt: skip


def from_day(on: date) -> DateRange:
    """From this day on, without an end."""
    return DateRange(on, None)


def end_from(
    rows: "models.QuerySet[Edge] | models.QuerySet[Post] | models.QuerySet[Membership]", on: date
) -> None:
    """Let dated rows hold no longer from this day on; what would only have begun later never was."""
    rows.filter(valid__startswith__gte=on).delete()
    rows.filter(valid__contains=on).update(
        valid=Func(F("valid__startswith"), Value(on), function="daterange")
    )


def kana_order(*names: str) -> str:
    """A text whose code points sort as a Japanese list does (behaviour 20, the order of JIS X 4061).

    Voiced marks and small letters decide only between names that are otherwise equal; a long sound
    counts as the vowel before it. Family names are compared whole before given names.
    """
    folded = [fold(name) for name in names]
    plain = []
    for name in folded:
        sounds = ""
        for sound in name.translate(_VOICED):
            sounds += _VOWELS.get(sounds[-1:], sound) if sound == "ー" else sound
        plain.append(sounds)
    return " ".join([*plain, *folded])


class Organisation(models.Model):
    """A bureau, department, section, ward or centre; its edges say when it exists and where it stands."""

    privacy = NoPersonalData()

    code = models.CharField(max_length=30)
    name = models.CharField(max_length=100)
    short_name = models.CharField(max_length=50, blank=True)
    kana = models.CharField(max_length=200, blank=True)
    official_order = models.PositiveIntegerField(default=0)
    search = models.TextField(editable=False)

    class Meta:
        db_table = "directory_organisation"
        constraints = [
            models.UniqueConstraint(Lower("code"), name="one_organisation_per_code"),
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="an_organisation_code_is_plain"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: object) -> None:
        self.fill()
        super().save(**kwargs)  # type: ignore[arg-type]

    def fill(self) -> None:
        """Derive what is searched from what is shown."""
        self.search = " ".join(["", fold(self.name), fold(self.short_name), fold(self.kana)])

    @property
    def label(self) -> str:
        """The name for narrow places."""
        return self.short_name or self.name


class Edge(models.Model):
    """For some days an organisation stands below a parent; without a parent it stands at the top.

    An organisation exists on the days its edges cover. The database refuses two parents at a time and
    any circle (trigger ``an_organisation_is_not_below_itself``).
    """

    privacy = NoPersonalData()

    child = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="edges")
    parent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="child_edges", null=True)
    valid = DateRangeField()

    class Meta:
        db_table = "directory_edge"
        constraints = [
            ExclusionConstraint(
                name="one_parent_at_a_time", expressions=[("child", EQUAL), ("valid", OVERLAPS)]
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="an_edge_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} < {self.parent_id}"


class Closure(models.Model):
    """Every organisation with everything above it and itself, for the days on which that holds. Derived."""

    privacy = NoPersonalData()

    ancestor = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="descendant_closures")
    descendant = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="ancestor_closures")
    depth = models.PositiveSmallIntegerField()
    valid = DateRangeField()

    class Meta:
        db_table = "directory_closure"
        constraints = [
            ExclusionConstraint(
                name="one_path_at_a_time",
                expressions=[("ancestor", EQUAL), ("descendant", EQUAL), ("valid", OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.descendant_id} < {self.ancestor_id} ({self.depth})"

    @classmethod
    def rebuild(cls) -> None:
        """Say again what the edges say, for every day; part of each operation that touches an edge."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM directory_closure")
            cursor.execute(
                """
                WITH RECURSIVE path (ancestor_id, descendant_id, depth, valid) AS (
                    SELECT child_id, child_id, 0, valid FROM directory_edge
                  UNION ALL
                    SELECT edge.parent_id, path.descendant_id, path.depth + 1, path.valid * edge.valid
                    FROM path JOIN directory_edge AS edge
                      ON edge.child_id = path.ancestor_id AND edge.valid && path.valid
                    WHERE edge.parent_id IS NOT NULL
                )
                INSERT INTO directory_closure (ancestor_id, descendant_id, depth, valid)
                SELECT ancestor_id, descendant_id, depth, valid FROM path
                """
            )


class Position(models.Model):
    """A title such as 課長. A smaller rank stands higher; equal ranks go by official order."""

    privacy = NoPersonalData()

    code = models.CharField(max_length=31, unique=True)
    name = models.CharField(max_length=50)
    rank = models.PositiveSmallIntegerField(default=900)
    official_order = models.PositiveIntegerField(default=0)
    search = models.TextField(editable=False)

    class Meta:
        db_table = "directory_position"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=POSITION_CODE_PATTERN), name="a_position_code_is_plain"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: object) -> None:
        self.fill()
        super().save(**kwargs)  # type: ignore[arg-type]

    def fill(self) -> None:
        """Derive what is searched from what is shown."""
        self.search = " " + fold(self.name)


class Person(models.Model):
    """Somebody who works here, or an account a section shares; with or without a login.

    A staff number belongs to one person at a time. Whoever receives the number of a former person is
    another row, and nothing that was the former's becomes theirs (TR-C4).
    """

    privacy = Personal(holds=["name", "staff number", "extension", "e-mail"], forgets="directory.retention")

    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=12, choices=PersonKind, default=PersonKind.STAFF)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    family_kana = models.CharField(max_length=100, blank=True)
    given_kana = models.CharField(max_length=100, blank=True)
    extension = models.CharField(max_length=30, blank=True)
    room = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    # The first day the person is no longer here, when it is known beforehand.
    leaves_on = models.DateField(null=True, blank=True)
    search = models.TextField(editable=False)
    kana_order = models.TextField(editable=False)

    class Meta:
        db_table = "directory_person"
        constraints = [
            models.UniqueConstraint(
                Lower("number"), condition=Q(is_active=True), name="one_active_person_per_number"
            ),
            models.CheckConstraint(condition=Q(number__regex=CODE_PATTERN), name="a_staff_number_is_plain"),
            models.CheckConstraint(
                condition=Q(kind__in=PersonKind.values), name="a_person_is_of_a_known_kind"
            ),
        ]
        indexes = [models.Index(Lower("number"), name="person_by_number")]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: object) -> None:
        self.fill()
        super().save(**kwargs)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        """Family and given name as one says them: 佐藤 花子."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def kana(self) -> str:
        """The reading, さとう はなこ."""
        return f"{self.family_kana} {self.given_kana}".strip()

    def fill(self) -> None:
        """Derive what is searched and what is sorted from what is shown.

        Each part follows a blank, which folding never leaves inside one: " ささき" finds beginnings.
        """
        name, kana = self.family_name + self.given_name, self.family_kana + self.given_kana
        parts = [name, self.given_name, kana, self.given_kana, self.number, self.extension, self.email]
        self.search = " ".join(["", *(fold(part) for part in parts if part)])
        self.kana_order = kana_order(self.family_kana or self.family_name, self.given_kana or self.given_name)


class Post(models.Model):
    """For some days a person stands in an organisation, with a position: mainly, or beside the main post."""

    privacy = Personal(holds=["post"], forgets="directory.retention")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    # An organisation account holds no title.
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, related_name="posts", null=True, blank=True
    )
    kind = models.CharField(max_length=12, choices=PostKind, default=PostKind.MAIN)
    valid = DateRangeField()

    class Meta:
        db_table = "directory_post"
        constraints = [
            ExclusionConstraint(
                name="one_main_post_at_a_time",
                expressions=[("person", EQUAL), ("valid", OVERLAPS)],
                condition=Q(kind=PostKind.MAIN),
            ),
            ExclusionConstraint(
                name="no_post_is_held_twice",
                expressions=[
                    ("person", EQUAL),
                    ("organisation", EQUAL),
                    (Coalesce("position", 0), EQUAL),
                    ("valid", OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="a_post_has_days"),
            models.CheckConstraint(condition=Q(kind__in=PostKind.values), name="a_post_is_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.organisation_id}"

    @property
    def is_main(self) -> bool:
        return self.kind == PostKind.MAIN


class Group(models.Model):
    """People put together apart from the tree: shared by all, or made by a person for themselves."""

    privacy = Personal(holds=["person id"], forgets="directory.retention")

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=GroupKind, default=GroupKind.SHARED)
    maker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    is_active = models.BooleanField(default=True)
    search = models.TextField(editable=False)

    class Meta:
        db_table = "directory_group"
        constraints = [
            models.UniqueConstraint(
                "search",
                condition=Q(kind=GroupKind.SHARED, is_active=True),
                name="one_shared_group_per_name",
            ),
            models.CheckConstraint(
                condition=Q(kind=GroupKind.SHARED, maker__isnull=True)
                | Q(kind=GroupKind.PERSONAL, maker__isnull=False),
                name="a_personal_group_has_a_maker",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: object) -> None:
        self.fill()
        super().save(**kwargs)  # type: ignore[arg-type]

    def fill(self) -> None:
        """Derive what is searched from what is shown."""
        self.search = " " + fold(self.name)


class Membership(models.Model):
    """For some days a person is one of a group."""

    privacy = Personal(holds=["person id"], forgets="directory.retention")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    valid = DateRangeField()

    class Meta:
        db_table = "directory_membership"
        constraints = [
            ExclusionConstraint(
                name="a_member_once_at_a_time",
                expressions=[("group", EQUAL), ("person", EQUAL), ("valid", OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="a_membership_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class Choice(models.Model):
    """Whom somebody chose lately in a picker, so that it is offered first the next time."""

    privacy = Personal(holds=["person id"], forgets="directory.choices.noted")

    chooser = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    chosen_at = models.DateTimeField()

    class Meta:
        db_table = "directory_choice"
        constraints = [
            models.UniqueConstraint(fields=["chooser", "key"], name="a_choice_is_remembered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.chooser_id}: {self.key}"


class ImportRun(models.Model):
    """Uploaded files on their way into the directory, and how far they came.

    The files are emptied as soon as they were applied or discarded.
    """

    privacy = Personal(
        holds=["name", "staff number", "extension", "e-mail"], forgets="directory.import.applied"
    )

    starter_id = models.BigIntegerField(null=True)
    prepared_at = models.DateTimeField()
    on = models.DateField()
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PREPARED)
    organisations = models.BinaryField(null=True)
    people = models.BinaryField(null=True)
    posts = models.BinaryField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "directory_import_run"

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
