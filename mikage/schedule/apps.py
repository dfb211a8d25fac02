"""The schedule: appointments of people and organisations, and who may know of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScheduleConfig(AppConfig):
    name = "mikage.schedule"
    label = "schedule"
    verbose_name = _("Schedule")
    actions = {
        "schedule.entry.added": _("Added an appointment"),
        "schedule.entry.repeated": _("Sent the form of an appointment a second time"),
        "schedule.entry.changed": _("Changed an appointment"),
        "schedule.entry.moved": _("Moved an appointment"),
        "schedule.entry.copied": _("Copied an appointment"),
        "schedule.entry.deleted": _("Deleted an appointment"),
        "schedule.entry.restored": _("Restored an appointment"),
        "schedule.entry.purged": _("Removed deleted appointments for good"),
        "schedule.organisation.chosen": _("Chose an organisation in the schedule"),
        "schedule.organisation.kept": _("Marked an organisation as a favourite"),
    }
    functions = {"schedule.use": _("Use the schedule")}
    topics = {"schedule": "schedule.use"}
