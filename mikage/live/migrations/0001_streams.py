import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("directory", "0001_directory")]

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="directory.person",
                    ),
                ),
                ("sequence", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "live_stream"},
        ),
        migrations.CreateModel(
            name="StreamEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.BigIntegerField()),
                ("topic", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "stream",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="live.stream",
                    ),
                ),
            ],
            options={
                "db_table": "live_stream_event",
                "indexes": [models.Index(fields=["at"], name="stream_event_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["stream", "sequence"], name="one_stream_event_per_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gt", 0)), name="stream_numbers_begin_at_one"
                    ),
                ],
            },
        ),
    ]
