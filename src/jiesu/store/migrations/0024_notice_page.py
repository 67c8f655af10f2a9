"""Notices about what is no order: where they lead, and what they are about."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("store", "0023_bulletin"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="notice",
            name="page",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="notice",
            name="title",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
