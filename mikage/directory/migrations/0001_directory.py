"""The tables of the directory, and what the database itself refuses: circles, two places, two main posts."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

# Whoever stands above the new parent on some of the same days must not be the child. The lock makes two
# transactions that close a circle together wait for one another; both would be right alone.
CIRCLE_FUNCTION = """
CREATE FUNCTION directory_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('directory_edge'));
    IF EXISTS (
        WITH RECURSIVE above (node, valid) AS (
            SELECT NEW.parent_id, NEW.valid WHERE NEW.parent_id IS NOT NULL
          UNION ALL
            SELECT edge.parent_id, above.valid * edge.valid
            FROM above JOIN directory_edge AS edge ON edge.child_id = above.node AND edge.valid && above.valid
            WHERE above.node <> NEW.child_id AND edge.parent_id IS NOT NULL
        )
        SELECT 1 FROM above WHERE node = NEW.child_id
    ) THEN
        RAISE EXCEPTION 'organisation % would stand below itself', NEW.child_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_organisation_is_not_below_itself';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER an_organisation_is_not_below_itself AFTER INSERT OR UPDATE ON directory_edge
    FOR EACH ROW EXECUTE FUNCTION directory_refuse_circle();
"""
NO_CIRCLE_FUNCTION = """
DROP TRIGGER an_organisation_is_not_below_itself ON directory_edge;
DROP FUNCTION directory_refuse_circle();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starter_id", models.BigIntegerField(null=True)),
                ("prepared_at", models.DateTimeField()),
                ("on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "Waiting for your decision"),
                            ("running", "Running"),
                            ("applied", "Applied"),
                            ("failed", "Not applied"),
                            ("discarded", "Discarded"),
                        ],
                        default="prepared",
                        max_length=10,
                    ),
                ),
                ("organisations", models.BinaryField(null=True)),
                ("people", models.BinaryField(null=True)),
                ("posts", models.BinaryField(null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "directory_import_run",
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=100)),
                ("short_name", models.CharField(blank=True, max_length=50)),
                ("kana", models.CharField(blank=True, max_length=200)),
                ("official_order", models.PositiveIntegerField(default=0)),
                ("search", models.TextField(editable=False)),
            ],
            options={
                "db_table": "directory_organisation",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("code"), name="one_organisation_per_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9A-Za-z][0-9A-Za-z_-]*$")),
                        name="an_organisation_code_is_plain",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30)),
                (
                    "kind",
                    models.CharField(
                        choices=[("staff", "Member of staff"), ("organisation", "Organisation account")],
                        default="staff",
                        max_length=12,
                    ),
                ),
                ("family_name", models.CharField(max_length=100)),
                ("given_name", models.CharField(blank=True, max_length=100)),
                ("family_kana", models.CharField(blank=True, max_length=100)),
                ("given_kana", models.CharField(blank=True, max_length=100)),
                ("extension", models.CharField(blank=True, max_length=30)),
                ("room", models.CharField(blank=True, max_length=100)),
                ("email", models.CharField(blank=True, max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("leaves_on", models.DateField(blank=True, null=True)),
                ("search", models.TextField(editable=False)),
                ("kana_order", models.TextField(editable=False)),
            ],
            options={
                "db_table": "directory_person",
                "indexes": [
                    models.Index(django.db.models.functions.text.Lower("number"), name="person_by_number")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("number"),
                        condition=models.Q(("is_active", True)),
                        name="one_active_person_per_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[0-9A-Za-z][0-9A-Za-z_-]*$")),
                        name="a_staff_number_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["staff", "organisation"])),
                        name="a_person_is_of_a_known_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("shared", "Shared group"), ("personal", "Personal group")],
                        default="shared",
                        max_length=12,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("search", models.TextField(editable=False)),
                (
                    "maker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
            ],
            options={
                "db_table": "directory_group",
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("chosen_at", models.DateTimeField()),
                (
                    "chooser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.person"
                    ),
                ),
            ],
            options={
                "db_table": "directory_choice",
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=31, unique=True)),
                ("name", models.CharField(max_length=50)),
                ("rank", models.PositiveSmallIntegerField(default=900)),
                ("official_order", models.PositiveIntegerField(default=0)),
                ("search", models.TextField(editable=False)),
            ],
            options={
                "db_table": "directory_position",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9][a-z0-9-]{0,30}$")),
                        name="a_position_code_is_plain",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("main", "Main post"), ("concurrent", "Concurrent post")],
                        default="main",
                        max_length=12,
                    ),
                ),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="directory.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="directory.person",
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="directory.position",
                    ),
                ),
            ],
            options={
                "db_table": "directory_post",
            },
        ),
        migrations.CreateModel(
            name="Edge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edges",
                        to="directory.organisation",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="child_edges",
                        to="directory.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "directory_edge",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("child", "="), ("valid", "&&")], name="one_parent_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)), name="an_edge_has_days"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("depth", models.PositiveSmallIntegerField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "ancestor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="descendant_closures",
                        to="directory.organisation",
                    ),
                ),
                (
                    "descendant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ancestor_closures",
                        to="directory.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "directory_closure",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("ancestor", "="), ("descendant", "="), ("valid", "&&")],
                        name="one_path_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="directory.group",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="directory.person",
                    ),
                ),
            ],
            options={
                "db_table": "directory_membership",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("group", "="), ("person", "="), ("valid", "&&")],
                        name="a_member_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)), name="a_membership_has_days"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(
                models.F("search"),
                condition=models.Q(("is_active", True), ("kind", "shared")),
                name="one_shared_group_per_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "shared"), ("maker__isnull", True)),
                    models.Q(("kind", "personal"), ("maker__isnull", False)),
                    _connector="OR",
                ),
                name="a_personal_group_has_a_maker",
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(fields=("chooser", "key"), name="a_choice_is_remembered_once"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("kind", "main")),
                expressions=[("person", "="), ("valid", "&&")],
                name="one_main_post_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("person", "="),
                    ("organisation", "="),
                    (django.db.models.functions.comparison.Coalesce("position", 0), "="),
                    ("valid", "&&"),
                ],
                name="no_post_is_held_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__isempty", False)), name="a_post_has_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["main", "concurrent"])), name="a_post_is_of_a_known_kind"
            ),
        ),
        migrations.RunSQL(CIRCLE_FUNCTION, NO_CIRCLE_FUNCTION),
    ]
