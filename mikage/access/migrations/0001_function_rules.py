import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
from django.db import migrations, models

import mikage.access.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="FunctionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("function", models.CharField(max_length=60)),
                (
                    "audience",
                    mikage.access.models.AudienceField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "terminals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), blank=True, default=list, size=None
                    ),
                ),
                (
                    "planes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "strengths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(blank=True, null=True)),
            ],
            options={
                "db_table": "access_function_rule",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["audience"], name="rule_by_audience")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("audience", []), _negated=True), name="a_rule_names_somebody"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RightsVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField(default=1)),
            ],
            options={
                "db_table": "access_rights_version",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="there_is_one_rights_version")
                ],
            },
        ),
    ]
