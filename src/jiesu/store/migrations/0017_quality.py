"""Dated plans and score sheets of quality inspection, what was drawn, what came of it, and the words about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0016_due_order")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="InspectionDraw",
            fields=[
                ("day", models.DateField()),
                ("rule", models.CharField(max_length=24)),
                ("seed", models.CharField(max_length=40)),
                ("found", models.IntegerField()),
                ("chosen", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "rule", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "inspection_draw",
            },
        ),
        migrations.CreateModel(
            name="InspectionMark",
            fields=[
                ("inspection", models.BigIntegerField()),
                ("item", models.CharField(max_length=24)),
                ("part", models.CharField(max_length=10)),
                ("points", models.SmallIntegerField(null=True)),
                ("worth", models.SmallIntegerField()),
                ("evidence", models.CharField(blank=True, max_length=10)),
                ("changed", models.BooleanField(db_default=False, default=False)),
                ("final_points", models.SmallIntegerField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "inspection", "item", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "inspection_mark",
            },
        ),
        migrations.CreateModel(
            name="InspectionText",
            fields=[
                ("inspection", models.BigIntegerField()),
                ("field", models.CharField(max_length=40)),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "inspection", "field", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "inspection_text",
            },
        ),
        migrations.CreateModel(
            name="QualityRule",
            fields=[
                ("name", models.CharField(max_length=10)),
                ("version", models.IntegerField()),
                ("since", models.DateField()),
                ("body", models.JSONField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "name", "version", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "quality_rule",
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("thing", models.CharField(max_length=40)),
                ("look", models.SmallIntegerField(default=1)),
                ("of", models.BigIntegerField(null=True)),
                ("subject", models.CharField(max_length=10)),
                ("number", models.BigIntegerField(null=True)),
                ("call", models.BigIntegerField(null=True)),
                ("no", models.SmallIntegerField(default=0)),
                ("signal", models.CharField(max_length=24)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("whom", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("due_at", models.DateTimeField()),
                ("staff", models.BigIntegerField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("state", models.CharField(db_default="open", default="open", max_length=10)),
                ("drop", models.CharField(blank=True, db_default="", max_length=14)),
                ("sheet", models.IntegerField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.CharField(blank=True, db_default="", max_length=40)),
            ],
            options={
                "db_table": "inspection",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["due_at", "id"], name="inspection_open"
                    ),
                    models.Index(fields=["day", "signal", "whom"], name="inspection_day"),
                    models.Index(
                        condition=models.Q(("done_at__isnull", False)), fields=["done_at"], name="inspection_done"
                    ),
                    models.Index(
                        condition=models.Q(("number__isnull", False)), fields=["number"], name="inspection_number"
                    ),
                    models.Index(condition=models.Q(("call__isnull", False)), fields=["call"], name="inspection_call"),
                ],
                "constraints": [models.UniqueConstraint(fields=("thing", "look"), name="inspection_once")],
            },
        ),
        migrations.CreateModel(
            name="InspectionPart",
            fields=[
                ("inspection", models.BigIntegerField()),
                ("part", models.CharField(max_length=10)),
                ("subject", models.CharField(max_length=10)),
                ("whom", models.CharField(max_length=40)),
                ("unit", models.CharField(max_length=32)),
                ("month", models.DateField()),
                ("at", models.DateTimeField()),
                ("points", models.SmallIntegerField()),
                ("worth", models.SmallIntegerField()),
                ("fatal", models.BooleanField()),
                ("passed", models.BooleanField()),
                ("final_points", models.SmallIntegerField(null=True)),
                ("final_worth", models.SmallIntegerField(null=True)),
                ("final_fatal", models.BooleanField(null=True)),
                ("final_passed", models.BooleanField(null=True)),
                ("counts", models.BooleanField(db_default=True, default=True)),
                ("unread", models.BooleanField(db_default=True, default=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("read_by", models.CharField(blank=True, db_default="", max_length=40)),
                ("coached_at", models.DateTimeField(null=True)),
                ("coached_by", models.CharField(blank=True, db_default="", max_length=40)),
                ("coach_read_at", models.DateTimeField(null=True)),
                ("appeal_until", models.DateTimeField()),
                ("appealed_at", models.DateTimeField(null=True)),
                ("appealed_by", models.CharField(blank=True, db_default="", max_length=40)),
                ("decide_due", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, db_default="", max_length=40)),
                ("outcome", models.CharField(blank=True, db_default="", max_length=10)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "inspection", "part", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "inspection_part",
                "indexes": [
                    models.Index(fields=["whom", "-at"], name="inspection_part_whom"),
                    models.Index(fields=["month", "whom"], name="inspection_part_month"),
                    models.Index(condition=models.Q(("unread", True)), fields=["whom"], name="inspection_part_unread"),
                    models.Index(
                        condition=models.Q(("appealed_at__isnull", False), ("decided_at__isnull", True)),
                        fields=["decide_due"],
                        name="inspection_part_appeal",
                    ),
                ],
            },
        ),
    ]
