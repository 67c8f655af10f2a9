"""Whose turn a call is, the sample of closed orders to be called, and when a closed order is due that waits still."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

# The clock of ``store.rows.awaited``; an order whose reminders were all sent is due no less.
AWAITED = """
UPDATE work_order w SET due_at = (c.clock ->> 'due')::timestamptz, amber_at = (c.clock ->> 'amber')::timestamptz
    FROM (SELECT o.number, k.clock, row_number() OVER (PARTITION BY o.number ORDER BY k.rank) AS place
        FROM work_order o, LATERAL (VALUES (1, o.doc #> '{clocks,promise}'), (2, o.doc #> '{clocks,withdraw_check}'),
            (3, o.doc #> '{clocks,statutory_result}')) AS k(rank, clock)
        WHERE o.state = 'closed' AND o.outcome IN ('promised', 'withdrawn', 'statutory', 'unreachable', 'anonymous')
            AND k.clock IS NOT NULL AND NOT k.clock ? 'stopped') c
    WHERE w.number = c.number AND c.place = 1;
DROP INDEX work_order_after;
CREATE INDEX work_order_after ON work_order (due_at, number) WHERE state = 'closed' AND due_at IS NOT NULL;
"""
AS_IT_WAS = """
DROP INDEX work_order_after;
CREATE INDEX work_order_after ON work_order (due_at, number) WHERE state = 'closed' AND tick_at IS NOT NULL
    AND outcome IN ('promised', 'withdrawn', 'statutory');
UPDATE work_order SET due_at = NULL, amber_at = NULL WHERE state = 'closed' AND due_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0012_submitted")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="CallbackTurn",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("staff", models.BigIntegerField(null=True)),
                ("until", models.DateTimeField()),
                ("tries", models.SmallIntegerField(db_default=0, default=0)),
                ("result", models.CharField(db_default="", default="", max_length=14)),
                ("tried_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "callback_turn",
                "indexes": [
                    models.Index(fields=["staff"], name="callback_turn_staff", condition=Q(("staff__isnull", False)))
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleDraw",
            fields=[
                ("day", models.DateField()),
                ("outcome", models.CharField(max_length=14)),
                ("closed", models.IntegerField()),
                ("chosen", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "outcome", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={"db_table": "sample_draw"},
        ),
        migrations.CreateModel(
            name="CallbackSample",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("drawn_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("ended", models.CharField(db_default="", default="", max_length=14)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "callback_sample",
                "indexes": [
                    models.Index(
                        fields=["due_at", "number"],
                        name="callback_sample_open",
                        condition=Q(("ended_at__isnull", True)),
                    )
                ],
            },
        ),
        migrations.RunSQL(AWAITED, AS_IT_WAS),
    ]
