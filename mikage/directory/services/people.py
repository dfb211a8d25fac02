"""People who come, change and go, and the posts they are given and leave."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.access.rights import note_rights_changed
from mikage.directory.choices import PersonKind, PostKind
from mikage.directory.models import Edge, Membership, Organisation, Person, Position, Post, end_from
from mikage.directory.policies import refusing_in_words, require_keeper
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Refused, operation
from mikage.kernel.text import normalise


@operation("directory.person.added")
def add_person(
    actor: Actor,
    *,
    number: str,
    family_name: str,
    given_name: str = "",
    family_kana: str = "",
    given_kana: str = "",
    kind: PersonKind = PersonKind.STAFF,
    extension: str = "",
    room: str = "",
    email: str = "",
) -> Person:
    """Somebody new, also when the staff number was a former person's: another row, no inheritance (TR-C4)."""
    require_keeper(actor)
    with refusing_in_words("number"):
        person = Person.objects.create(
            number=normalise(number),
            family_name=normalise(family_name),
            given_name=normalise(given_name),
            family_kana=normalise(family_kana),
            given_kana=normalise(given_kana),
            kind=kind,
            extension=normalise(extension),
            room=normalise(room),
            email=normalise(email),
        )
    journal.record(actor, "directory.person.added", person)
    return person


@operation("directory.person.changed")
def change_person(
    actor: Actor,
    *,
    person: Person,
    family_name: str | None = None,
    given_name: str | None = None,
    family_kana: str | None = None,
    given_kana: str | None = None,
    extension: str | None = None,
    room: str | None = None,
    email: str | None = None,
) -> None:
    """Name, reading and where to reach somebody; what is not given stays."""
    require_keeper(actor)
    given = {
        "family_name": family_name,
        "given_name": given_name,
        "family_kana": family_kana,
        "given_kana": given_kana,
        "extension": extension,
        "room": room,
        "email": email,
    }
    for name, value in given.items():
        if value is not None:
            setattr(person, name, normalise(value))
    person.save()
    journal.record(actor, "directory.person.changed", person)


@operation("directory.person.ended")
def end_person(actor: Actor, *, person: Person, on: date) -> None:
    """The person is no longer here from that day on: posts, groups and every key end with it (ORG-6, TR-D1).

    What they wrote stays theirs (TR-C3). A day to come is kept and holds by itself when it is there.
    """
    require_keeper(actor)
    end_from(Post.objects.filter(person=person), on)
    end_from(Membership.objects.filter(person=person), on)
    person.leaves_on, person.is_active = on, on > clock.today()
    person.save()
    note_rights_changed()
    journal.record(actor, "directory.person.ended", person)


@operation("directory.person.ended")
def end_people_who_left(actor: Actor) -> int:
    """Whoever's last day is over is no longer listed. Returns how many; run after every midnight."""
    gone = list(Person.objects.filter(is_active=True, leaves_on__lte=clock.today()))
    Person.objects.filter(pk__in=[person.pk for person in gone]).update(is_active=False)
    # Posts begin and end at midnight for many who stay, so everybody's rights are asked again.
    note_rights_changed()
    return journal.record_all(actor, "directory.person.ended", gone)


@operation("directory.post.given")
def give_post(
    actor: Actor,
    *,
    person: Person,
    organisation: Organisation,
    position: Position | None,
    on: date,
    kind: PostKind = PostKind.MAIN,
    until: date | None = None,
) -> Post:
    """From that day on the person stands there; a new main post ends the one before (異動).

    ``until`` is the first day it no longer holds. Without it the post lasts until the next one planned.
    """
    require_keeper(actor)
    if not Edge.objects.filter(child=organisation, valid__contains=on).exists():
        raise Refused(_("The organisation does not exist on that day."), field="organisation")
    same = Q(organisation=organisation, position=position)
    if kind == PostKind.MAIN:
        same |= Q(kind=PostKind.MAIN)
        end_from(Post.objects.filter(person=person, kind=PostKind.MAIN, valid__contains=on), on)
    planned = Post.objects.filter(same, person=person, valid__startswith__gt=on)
    next_day: date | None = planned.aggregate(day=Min("valid__startswith"))["day"]
    last = min((day for day in (until, next_day) if day is not None), default=None)
    if last is not None and last <= on:
        raise Refused(_("The end must come after the beginning."), field="until")
    with refusing_in_words("organisation"):
        post = Post.objects.create(
            person=person, organisation=organisation, position=position, kind=kind, valid=DateRange(on, last)
        )
    note_rights_changed()
    journal.record(actor, "directory.post.given", post)
    return post


@operation("directory.post.ended")
def end_post(actor: Actor, *, post: Post, on: date) -> None:
    """The post holds no longer from that day on; the days before stay on record (ORG-9)."""
    require_keeper(actor)
    end_from(Post.objects.filter(pk=post.pk), on)
    note_rights_changed()
    journal.record(actor, "directory.post.ended", post)
