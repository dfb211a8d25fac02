"""What post somebody holds on a day, and which subject keys follow from it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from mikage.access import keys
from mikage.directory.choices import PostKind
from mikage.directory.models import Closure, Membership, Person, Post
from mikage.kernel import clock


def posts_of(person_id: int, on: date | None = None) -> QuerySet[Post]:
    """What was this person's post on that day: the main post first, then the concurrent ones (ORG-9)."""
    return (
        Post.objects.filter(person=person_id, valid__contains=on or clock.today())
        .select_related("organisation", "position")
        .order_by(F("kind").desc(), "position__rank", "organisation__official_order", "pk")
    )


def all_posts_of(person_id: int) -> QuerySet[Post]:
    """Every post the person ever held or will hold, the latest first (ORG-9)."""
    return (
        Post.objects.filter(person=person_id)
        .select_related("organisation", "position")
        .order_by("-valid", "kind", "pk")
    )


def main_post(person_id: int, on: date | None = None) -> Post | None:
    """The one main post of that day, or none."""
    return posts_of(person_id, on).filter(kind=PostKind.MAIN).first()


def main_posts_of(person_ids: Iterable[int], on: date | None = None) -> dict[int, Post]:
    """The main posts of many people on that day, in one query."""
    rows = Post.objects.filter(
        person__in=list(person_ids), kind=PostKind.MAIN, valid__contains=on or clock.today()
    ).select_related("organisation", "position")
    return {post.person_id: post for post in rows}


def keys_of(person_id: int, on: date | None = None) -> frozenset[str]:
    """Every subject key the person holds on that day; somebody who left holds none (A-04, TR-D1).

    ``under:`` is held for each organisation of a post and for all above it. One query.
    """
    day = on or clock.today()
    posts = Post.objects.filter(person=person_id, valid__contains=day)
    nothing = Value("", output_field=CharField())
    rows = (
        Person.objects.filter(pk=person_id, is_active=True)
        .exclude(leaves_on__lte=day)
        .values_list(Value("person"), Cast("pk", BigIntegerField()), nothing)
        .union(
            posts.values_list(Value("org"), "organisation_id", nothing),
            posts.exclude(position=None).values_list(Value("post"), Value(0), "position__code"),
            Closure.objects.filter(
                descendant__in=posts.values("organisation_id"), valid__contains=day
            ).values_list(Value("under"), "ancestor_id", nothing),
            Membership.objects.filter(
                person=person_id, group__is_active=True, valid__contains=day
            ).values_list(Value("group"), "group_id", nothing),
        )
    )
    found = {f"{kind}:{code or number}" for kind, number, code in rows}
    return frozenset(found | {keys.ALL}) if keys.person(person_id) in found else frozenset()
