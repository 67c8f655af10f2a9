"""Requests of demanders about their own data; openings by time, and closed orders that still name somebody."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

_OPEN = Q(("state__in", ["asked", "agreed"]))
OPENINGS = """
CREATE INDEX event_reveal ON event (at DESC) WHERE move = 'reveal';
CREATE INDEX call_heard_at ON call_heard (at DESC);
CREATE INDEX order_print_at ON order_print (at DESC);
CREATE INDEX work_order_kept ON work_order (closed_at) WHERE closed_at IS NOT NULL AND person IS NOT NULL;
CREATE INDEX call_recorded ON call (offered_at) WHERE recording <> '';
"""
NO_OPENINGS = """
DROP INDEX event_reveal, call_heard_at, order_print_at, work_order_kept, call_recorded;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0014_counts")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PersonRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=6)),
                ("person", models.BigIntegerField()),
                ("number", models.BigIntegerField(null=True)),
                ("ground", models.CharField(blank=True, max_length=10)),
                ("reason", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=8)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=40)),
                ("due_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=40)),
                ("answer", models.CharField(blank=True, max_length=200)),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.CharField(blank=True, max_length=40)),
                ("orders", models.IntegerField(null=True)),
                ("texts", models.IntegerField(null=True)),
                ("files", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "person_request",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["person"], name="person_request_once", condition=Q(("kind", "erase")) & _OPEN
                    )
                ],
                "indexes": [
                    models.Index(fields=["due_at", "id"], name="person_request_open", condition=_OPEN),
                    models.Index(fields=["-done_at"], name="person_request_copy", condition=Q(("kind", "copy"))),
                    models.Index(fields=["-asked_at"], name="person_request_asked"),
                ],
            },
        ),
        migrations.RunSQL(OPENINGS, NO_OPENINGS),
    ]
