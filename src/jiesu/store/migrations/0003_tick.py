"""What the clock tick remembers of the rules it went by, and when a duty officer was told."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0002_record")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="TickAim",
            fields=[
                ("one", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("mark", models.CharField(max_length=64)),
                ("upto", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "tick_aim"},
        ),
        migrations.AddField(model_name="notice", name="told_at", field=models.DateTimeField(null=True)),
    ]
