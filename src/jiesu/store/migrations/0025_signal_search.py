"""The last search for signals in each window, as the worker goes on with it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("store", "0024_notice_page"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SignalSearch",
            fields=[
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("no", models.IntegerField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=8)),
                ("kind", models.CharField(blank=True, db_default="", default="", max_length=20)),
                ("done", models.IntegerField(db_default=0, default=0)),
                ("of", models.IntegerField(db_default=0, default=0)),
                ("moved_at", models.DateTimeField()),
                ("found", models.IntegerField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "span", "first", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "signal_search",
            },
        ),
    ]
