"""Who may change the directory, and what its constraints say in words a person understands."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.kernel.operations import Refused

# Keys are the names of constraints in the database.
WORDS: dict[str, str | Promise] = {
    "one_organisation_per_code": _("There is already an organisation with this code."),
    "an_organisation_code_is_plain": _("Write a code with letters and digits only."),
    "one_parent_at_a_time": _("The organisation already has another place on some of these days."),
    "an_organisation_is_not_below_itself": _("An organisation cannot stand below itself."),
    "directory_position_code_key": _("There is already a position with this code."),
    "a_position_code_is_plain": _("Write the code of a position with small letters, digits and hyphens."),
    "one_active_person_per_number": _("There is already a person with this staff number."),
    "a_staff_number_is_plain": _("Write a staff number with letters and digits only."),
    "one_main_post_at_a_time": _("The person already has another main post on some of these days."),
    "no_post_is_held_twice": _("The person already holds this post on some of these days."),
    "one_shared_group_per_name": _("There is already a group with this name."),
    "a_member_once_at_a_time": _("The person is already in this group on some of these days."),
}


@contextmanager
def refusing_in_words(field: str = "") -> Iterator[None]:
    """Turn what a constraint says into a refusal at the field."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        words = WORDS.get(name or "")
        if words is None:
            raise
        raise Refused(words, field=field) from error


def require_keeper(actor: Actor) -> None:
    """Organisations, people and posts are changed by those who keep the directory alone (A-04)."""
    if not actor.may("directory.keep"):
        raise Refused(_("Only those who keep the directory may change it."))
