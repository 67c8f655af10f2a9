"""Open orders in the order in which they are due: the index says "open" as ``store.worklists.BY_DUE`` does."""

from typing import ClassVar

from django.db import migrations

INDEX = """
DROP INDEX work_order_due;
CREATE INDEX work_order_due ON work_order (due_at, number) WHERE coalesce(state, '') <> 'closed';
"""
BEFORE = """
DROP INDEX work_order_due;
CREATE INDEX work_order_due ON work_order (due_at, number) WHERE state <> 'closed';
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0015_privacy")]
    operations: ClassVar = [migrations.RunSQL(INDEX, BEFORE)]
