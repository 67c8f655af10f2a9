"""Who took which order away on paper, what stood on it in the clear, and why."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

GUARD = """
CREATE TRIGGER order_print_guard BEFORE UPDATE OR DELETE ON order_print
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0009_open_legs")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="OrderPrint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("form", models.CharField(max_length=4)),
                ("open_fields", ArrayField(models.CharField(max_length=20))),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "db_table": "order_print",
                "indexes": [models.Index(fields=["number"], name="order_print_number")],
            },
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
