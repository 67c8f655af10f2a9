"""A leg says since when what was submitted waits for the unit's leader, so that his list is read from it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

WAITING = """
UPDATE leg l SET submitted_at = (w.doc #>> ARRAY['legs', (l.no - 1)::text, 'submitted_at'])::timestamptz
    FROM work_order w WHERE w.number = l.number AND l.open AND l.state = 'acknowledged'
    AND w.doc #>> ARRAY['legs', (l.no - 1)::text, 'submitted_at'] IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0011_unit_spelling")]
    operations: ClassVar = [
        migrations.AddField("leg", "submitted_at", models.DateTimeField(null=True)),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
    ]
