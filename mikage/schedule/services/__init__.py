"""The only place that changes appointments."""

from mikage.schedule.services.entries import (
    add_entries,
    add_entry,
    change_entry,
    copy_entry,
    delete_entry,
    move_entry,
    restore_entry,
)
from mikage.schedule.services.organisations import keep_organisation, note_organisation
from mikage.schedule.services.tombstones import purge_entries

__all__ = [
    "add_entries",
    "add_entry",
    "change_entry",
    "copy_entry",
    "delete_entry",
    "keep_organisation",
    "move_entry",
    "note_organisation",
    "purge_entries",
    "restore_entry",
]
