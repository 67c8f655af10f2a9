"""Numbers by their end; today's emergencies; a unit's orders by when they became final, and merged ones by theirs."""

from typing import ClassVar

from django.db import migrations

INDEXES = """
CREATE INDEX work_order_end ON work_order ((number % 1000), number DESC);
CREATE INDEX work_order_emergency ON work_order (number) WHERE urgency = 'emergency';
CREATE INDEX work_order_rated ON work_order (lead_unit, closed_at)
    WHERE closed_at IS NOT NULL AND coalesce(resolved, rating) IS NOT NULL;
CREATE INDEX work_order_child ON work_order (closed_at) WHERE closed_at IS NOT NULL AND parent IS NOT NULL;
"""
BEFORE = """
DROP INDEX work_order_end, work_order_emergency, work_order_rated, work_order_child;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0021_administration")]
    operations: ClassVar = [migrations.RunSQL(INDEXES, BEFORE)]
