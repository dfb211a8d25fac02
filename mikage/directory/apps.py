"""The directory: who works here, in which organisation, on which post, on which day."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "mikage.directory"
    label = "directory"
    verbose_name = _("Staff directory")
    actions = {
        "directory.organisation.added": _("Added an organisation"),
        "directory.organisation.changed": _("Changed an organisation"),
        "directory.organisation.moved": _("Moved an organisation under another"),
        "directory.organisation.ended": _("Ended an organisation"),
        "directory.position.added": _("Added a position"),
        "directory.position.changed": _("Changed a position"),
        "directory.person.added": _("Added a person"),
        "directory.person.changed": _("Changed a person"),
        "directory.person.ended": _("Ended a person"),
        "directory.post.given": _("Gave a post"),
        "directory.post.changed": _("Changed a post"),
        "directory.post.ended": _("Ended a post"),
        "directory.group.added": _("Added a group"),
        "directory.group.changed": _("Changed a group"),
        "directory.group.ended": _("Ended a group"),
        "directory.group.joined": _("Put people into a group"),
        "directory.group.left": _("Took people out of a group"),
        "directory.import.prepared": _("Uploaded files for a directory import"),
        "directory.import.started": _("Started a directory import"),
        "directory.import.applied": _("Applied a directory import"),
        "directory.import.failed": _("A directory import came to nothing"),
        "directory.import.discarded": _("Discarded the files of a directory import"),
        "directory.export.made": _("Exported the directory"),
        "directory.choices.noted": _("Chose people in a picker"),
        "directory.card.read": _("Read a person's card"),
    }
    functions = {
        "directory.use": _("Use the staff directory"),
        "directory.keep": _("Keep organisations, people and posts"),
    }
