"""Who works here and where, on which day: the rules of the directory, one file for each noun."""

from mikage.directory.policies.audiences import (
    PICKABLE,
    Label,
    choosable,
    describe_keys,
    options,
    recent_keys,
)
from mikage.directory.policies.groups import can_change_group, group_members, visible_groups
from mikage.directory.policies.organisations import (
    Branch,
    above,
    below,
    children,
    paths_of,
    tree,
    visible_organisations,
)
from mikage.directory.policies.people import find_by_number, find_people, members, names_of, visible_people
from mikage.directory.policies.posts import all_posts_of, keys_of, main_post, main_posts_of, posts_of
from mikage.directory.policies.refusals import refusing_in_words, require_keeper

__all__ = [
    "PICKABLE",
    "Branch",
    "Label",
    "above",
    "all_posts_of",
    "below",
    "can_change_group",
    "children",
    "choosable",
    "describe_keys",
    "find_by_number",
    "find_people",
    "group_members",
    "keys_of",
    "main_post",
    "main_posts_of",
    "members",
    "names_of",
    "options",
    "paths_of",
    "posts_of",
    "recent_keys",
    "refusing_in_words",
    "require_keeper",
    "tree",
    "visible_groups",
    "visible_organisations",
    "visible_people",
]
