"""Who works here, in which order people are listed, and how somebody is found by what one remembers."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from mikage.access.actor import Actor
from mikage.directory.choices import PostKind
from mikage.directory.models import Closure, Organisation, Person, Position, Post
from mikage.kernel import clock
from mikage.kernel.text import fold, normalise

LONGEST_QUERY = 100


def visible_people(actor: Actor) -> QuerySet[Person]:
    """All of the staff know everybody who works here; those who left are listed no more (ORG-6)."""
    if actor.kind == "anonymous":
        return Person.objects.none()
    return Person.objects.filter(is_active=True)


def members(
    actor: Actor, organisation_id: int, on: date | None = None, *, is_deep: bool = False
) -> QuerySet[Person]:
    """The people of an organisation on a day: rank, official order, kana (behaviour 20, ORG-1).

    Each person once, by the highest post there; ``position_name`` and ``post_kind`` say which.
    With ``is_deep`` everybody below belongs too ("who belongs below this bureau today"), organisation
    after organisation in official order, and ``organisation_name`` says where.
    """
    day = on or clock.today()
    there = Q(organisation=organisation_id)
    if is_deep:
        there = Q(
            organisation__in=Closure.objects.filter(ancestor=organisation_id, valid__contains=day).values(
                "descendant"
            )
        )
    order = [*(["organisation__official_order"] if is_deep else []), "position__rank"]
    best = (
        Post.objects.filter(there, valid__contains=day)
        .order_by("person_id", *order, "position__official_order", "kind", "pk")
        .distinct("person_id")
    )
    return (
        visible_people(actor)
        # Naming the post first and choosing it afterwards makes both speak of the same joined row.
        .annotate(
            post_id=F("posts__pk"),
            post_kind=F("posts__kind"),
            position_name=F("posts__position__name"),
            organisation_name=F("posts__organisation__name"),
        )
        .filter(post_id__in=best.values("pk"))
        .order_by(
            *[f"posts__{name}" for name in order], "posts__position__official_order", "kana_order", "number"
        )
    )


def find_people(
    actor: Actor,
    text: str,
    *,
    near: int | None = None,
    recent: Sequence[int] = (),
    limit: int = 20,
    on: date | None = None,
) -> list[Person]:
    """People by kanji, kana, number, extension, organisation and post, in any order (ORG-3).

    Every word must fit. Recently chosen people come first, then those whose name begins with the words,
    then the own section (``near``), then the rest by kana. Each carries ``organisation_name`` and
    ``position_name`` of the main post, which tell homonyms apart. One query.
    """
    day = on or clock.today()
    words = [fold(word) for word in normalise(text[:LONGEST_QUERY]).split()]
    words = [word for word in words if word]
    if not words:
        return []
    # People write 佐々木　由美 with a blank as often as without: the words together are a name as well.
    whole = "".join(words)
    every = Q()
    for word in words:
        every &= Q(search__contains=word) | Q(pk__in=_holders(word, day))
    main = Post.objects.filter(person=OuterRef("pk"), kind=PostKind.MAIN, valid__contains=day)
    found = (
        visible_people(actor)
        .filter(every | Q(search__contains=whole))
        .annotate(
            organisation_id=Subquery(main.values("organisation_id")[:1]),
            organisation_name=Subquery(main.values("organisation__name")[:1]),
            position_name=Subquery(main.values("position__name")[:1]),
            closeness=Case(
                When(pk__in=list(recent), then=Value(0)),
                When(Q(search__contains=f" {whole}"), then=Value(1)),
                When(Q(search__contains=f" {words[0]}"), then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            ),
            distance=Case(
                When(Exists(main.filter(organisation=near)), then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            ),
        )
    )
    return list(found.order_by("closeness", "distance", "kana_order", "number")[:limit])


def _holders(word: str, on: date) -> QuerySet[Post, int]:
    """People who stand in an organisation or on a post whose name holds the word."""
    return (
        Post.objects.filter(
            Q(organisation__in=Organisation.objects.filter(search__contains=word))
            | Q(position__in=Position.objects.filter(search__contains=word)),
            valid__contains=on,
        )
        .order_by()
        .values_list("person_id", flat=True)
    )


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """The names of people, also of those who left: what they wrote stays theirs (TR-C3)."""
    rows = Person.objects.filter(pk__in=set(person_ids))
    return {person.pk: person.name for person in rows.only("family_name", "given_name")}


def find_by_number(number: str) -> Person | None:
    """The person who holds this staff number today (half or full width, any case)."""
    return Person.objects.filter(number__iexact=normalise(number), is_active=True).first()
