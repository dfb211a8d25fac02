"""Everything that changes the directory, one verb and one record each."""

from mikage.directory.services.choosing import note_choices
from mikage.directory.services.groups import (
    add_group,
    end_group,
    put_into_group,
    rename_group,
    take_out_of_group,
)
from mikage.directory.services.imports import NotImportable, import_directory
from mikage.directory.services.organisations import (
    add_organisation,
    add_position,
    change_organisation,
    change_position,
    end_organisation,
    move_organisation,
)
from mikage.directory.services.people import (
    add_person,
    change_person,
    end_people_who_left,
    end_person,
    end_post,
    give_post,
)
from mikage.directory.services.runs import (
    APPLY_TASK,
    discard_import,
    fail_import,
    prepare_import,
    run_import,
    start_import,
)

__all__ = [
    "APPLY_TASK",
    "NotImportable",
    "add_group",
    "add_organisation",
    "add_person",
    "add_position",
    "change_organisation",
    "change_person",
    "change_position",
    "discard_import",
    "end_group",
    "end_organisation",
    "end_people_who_left",
    "end_person",
    "end_post",
    "fail_import",
    "give_post",
    "import_directory",
    "move_organisation",
    "note_choices",
    "prepare_import",
    "put_into_group",
    "rename_group",
    "run_import",
    "start_import",
    "take_out_of_group",
]
