"""The kinds of appointments a city begins with."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Code (and colour), name, English name, mark, whether one is away from the desk.
CATEGORIES = [
    ("meeting", "会議", "Meeting", "会", True),
    ("visitor", "来客", "Visitor", "客", True),
    ("outing", "外出・出張", "Out of office", "外", True),
    ("leave", "休暇", "Leave", "休", True),
    ("work", "作業", "Desk work", "作", False),
    ("training", "研修", "Training", "研", True),
    ("deadline", "締切", "Deadline", "締", False),
    ("other", "その他", "Other", "他", False),
]


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    category = apps.get_model("schedule", "Category")
    category.objects.bulk_create(
        category(
            code=code,
            colour=code,
            name=name,
            english_name=english,
            mark=mark,
            is_away=is_away,
            official_order=order,
        )
        for order, (code, name, english, mark, is_away) in enumerate(CATEGORIES, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("schedule", "0001_appointments")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
