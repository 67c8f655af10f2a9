"""A leg says whether its unit has something to do: one of a closed order does not wait in any list."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

OPEN = """
UPDATE leg l SET open = true FROM work_order w
    WHERE w.number = l.number AND w.state <> 'closed' AND l.state IN ('dispatched', 'acknowledged');
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0008_lists")]
    operations: ClassVar = [
        migrations.AddField("leg", "open", models.BooleanField(db_default=False, default=False)),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RemoveIndex("leg", "leg_open"),
        migrations.AddIndex(
            "leg",
            models.Index(fields=["unit", "state", "due_at", "number"], name="leg_open", condition=models.Q(open=True)),
        ),
    ]
