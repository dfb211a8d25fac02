from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("request_id", models.UUIDField(null=True)),
                ("actor_kind", models.CharField(max_length=12)),
                ("person_id", models.BigIntegerField(null=True)),
                ("person_label", models.CharField(blank=True, max_length=200)),
                ("organisation_id", models.BigIntegerField(null=True)),
                ("organisation_label", models.CharField(blank=True, max_length=200)),
                ("post_label", models.CharField(blank=True, max_length=200)),
                ("terminal", models.CharField(blank=True, max_length=64)),
                ("plane", models.CharField(blank=True, max_length=20)),
                ("strength", models.CharField(blank=True, max_length=20)),
                ("action", models.CharField(max_length=80)),
                ("method", models.CharField(max_length=10)),
                ("view", models.CharField(blank=True, max_length=100)),
                ("target", models.CharField(blank=True, max_length=200)),
                ("status", models.PositiveSmallIntegerField()),
                ("microseconds", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "journal_access",
                "indexes": [
                    models.Index(fields=["person_id", "at"], name="access_by_person"),
                    models.Index(fields=["at"], name="access_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("request_id", models.UUIDField(null=True)),
                ("actor_kind", models.CharField(max_length=12)),
                ("person_id", models.BigIntegerField(null=True)),
                ("person_label", models.CharField(blank=True, max_length=200)),
                ("organisation_id", models.BigIntegerField(null=True)),
                ("organisation_label", models.CharField(blank=True, max_length=200)),
                ("post_label", models.CharField(blank=True, max_length=200)),
                ("terminal", models.CharField(blank=True, max_length=64)),
                ("plane", models.CharField(blank=True, max_length=20)),
                ("strength", models.CharField(blank=True, max_length=20)),
                ("action", models.CharField(max_length=80)),
                ("target_kind", models.CharField(blank=True, max_length=60)),
                ("target_id", models.CharField(blank=True, max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("done", "done"), ("refused", "refused"), ("failed", "failed")],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "journal_record",
                "indexes": [
                    models.Index(fields=["person_id", "at"], name="record_by_person"),
                    models.Index(fields=["target_kind", "target_id"], name="record_by_target"),
                    models.Index(fields=["at"], name="record_by_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["done", "refused", "failed"])),
                        name="a_record_says_how_the_act_ended",
                    )
                ],
            },
        ),
    ]
