"""Lists that read no more than they show: a unit's orders in a state, words of a leader to it, what is amber."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

LIVE = """
UPDATE leg l SET live = true FROM work_order w WHERE w.number = l.number AND w.state <> 'closed';
"""

# In the words of ``store.worklists``, so that the planner sees what it holds.
AMBER = """
DROP INDEX work_order_amber;
CREATE INDEX work_order_amber ON work_order (
    width_bucket(date_part('epoch', due_at - amber_at),
        '{900,1800,3600,7200,14400,28800,57600,86400,129600,172800,259200,345600,604800,864000,1296000,2592000}'::float8[]),
    due_at, amber_at, number) WHERE coalesce(state, '') <> 'closed';
"""
NO_AMBER = """
DROP INDEX work_order_amber;
CREATE INDEX work_order_amber ON work_order (amber_at) WHERE state <> 'closed';
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0017_quality")]
    operations: ClassVar = [
        migrations.AddField("leg", "live", models.BooleanField(db_default=False, default=False)),
        migrations.RunSQL(LIVE, migrations.RunSQL.noop),
        migrations.AddIndex(
            "leg",
            models.Index(fields=["unit", "-number"], name="leg_live", condition=models.Q(live=True)),
        ),
        migrations.RemoveIndex("request", "request_unit"),
        migrations.AddIndex("request", models.Index(fields=["unit", "type", "-number"], name="request_unit")),
        migrations.RunSQL(AMBER, NO_AMBER),
    ]
