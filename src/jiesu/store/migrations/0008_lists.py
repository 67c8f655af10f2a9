"""Lists read what they show: the order of each list of open work is that of an index, however much is open."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

UNSETTLED = """
UPDATE work_order SET unsettled = true WHERE doc @> '{"ruled": true}' AND NOT doc ? 'settled';
"""

# In the words of ``store.worklists``, so that the planner sees what they hold.
LISTS = """
CREATE INDEX work_order_due ON work_order (due_at, number) WHERE state <> 'closed';
CREATE INDEX work_order_amber ON work_order (amber_at) WHERE state <> 'closed';
CREATE INDEX work_order_flagged ON work_order (due_at, number) WHERE state <> 'closed' AND flags <> '{}';
CREATE INDEX work_order_high ON work_order (due_at, number) WHERE state <> 'closed' AND ladder >= 3;
CREATE INDEX work_order_after ON work_order (due_at, number) WHERE state = 'closed' AND tick_at IS NOT NULL
    AND outcome IN ('promised', 'withdrawn', 'statutory');
CREATE INDEX work_order_unsettled ON work_order (due_at, number) WHERE unsettled;
"""
NO_LISTS = """
DROP INDEX work_order_due, work_order_amber, work_order_flagged, work_order_high, work_order_after,
    work_order_unsettled;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0007_phone")]
    operations: ClassVar = [
        migrations.AddField("workorder", "unsettled", models.BooleanField(db_default=False, default=False)),
        migrations.RunSQL(UNSETTLED, migrations.RunSQL.noop),
        migrations.RemoveIndex("workorder", "work_order_open"),
        migrations.AddIndex(
            "workorder",
            models.Index(fields=["state", "due_at", "number"], name="work_order_open", condition=~Q(state="closed")),
        ),
        migrations.RemoveIndex("leg", "leg_open"),
        migrations.AddIndex(
            "leg",
            models.Index(
                fields=["unit", "state", "due_at", "number"],
                name="leg_open",
                condition=Q(state__in=["dispatched", "acknowledged"]),
            ),
        ),
        migrations.RunSQL(LISTS, NO_LISTS),
    ]
