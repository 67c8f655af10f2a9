"""Counts by day and month that the worker keeps, dear figures of the desks, and instructions newest first."""

from typing import ClassVar

from django.db import migrations, models

INSTRUCTIONS = "CREATE INDEX request_instruction ON request (at DESC, number) WHERE type = 'instruction'"
NO_INSTRUCTIONS = "DROP INDEX request_instruction"


def _key(*names: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0013_callback")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="CountDay",
            fields=[
                ("day", models.DateField()),
                ("dim", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=40)),
                ("n", models.IntegerField()),
                ("pk", _key("day", "dim", "code")),
            ],
            options={"db_table": "count_day"},
        ),
        migrations.CreateModel(
            name="CountCell",
            fields=[
                ("month", models.DateField()),
                ("matter", models.CharField(max_length=40)),
                ("region", models.CharField(max_length=32)),
                ("unit", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=14)),
                ("n", models.IntegerField()),
                ("pk", _key("month", "matter", "region", "unit", "kind")),
            ],
            options={"db_table": "count_cell"},
        ),
        migrations.CreateModel(
            name="CountFilled",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "count_filled"},
        ),
        migrations.CreateModel(
            name="DeskFigure",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("body", models.JSONField()),
            ],
            options={"db_table": "desk_figure"},
        ),
        migrations.RunSQL(INSTRUCTIONS, NO_INSTRUCTIONS),
    ]
