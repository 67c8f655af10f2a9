"""Notes of handing over, who was on duty, daily reports, and serials that only sheets of paper bear."""

from typing import ClassVar

import django.contrib.postgres.constraints
from django.db import migrations, models

# Serials from 9000001 on are printed on sheets before anything fails; the system itself never comes so far.
SHEETS_APART = """
DO $$ BEGIN
    IF (SELECT last_value FROM work_order_serial) > 9000000 THEN
        PERFORM setval('work_order_serial', 1);
    END IF;
END $$;
ALTER SEQUENCE work_order_serial MAXVALUE 9000000;
"""
TOGETHER = "ALTER SEQUENCE work_order_serial MAXVALUE 9999999"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0019_figures")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="DailyReport",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=40)),
                ("rules", models.CharField(max_length=32)),
                ("figures", models.JSONField()),
                ("issued_at", models.DateTimeField(null=True)),
                ("issued_by", models.CharField(blank=True, db_default="", default="", max_length=40)),
            ],
            options={
                "db_table": "daily_report",
            },
        ),
        migrations.CreateModel(
            name="DailyText",
            fields=[
                ("day", models.DateField()),
                ("no", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "daily_text",
            },
        ),
        migrations.CreateModel(
            name="OfflineBlock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first", models.IntegerField()),
                ("last", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "db_table": "offline_block",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("first"), models.F("last"), models.Value("[]"), function="int4range"
                                ),
                                "&&",
                            )
                        ],
                        name="offline_block_apart",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OfflineMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("block", models.BigIntegerField()),
                ("serial", models.IntegerField()),
                ("state", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("number", models.BigIntegerField(null=True)),
                ("content", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "offline_mark",
                "indexes": [models.Index(fields=["block", "serial", "-id"], name="offline_mark_block")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "used")), fields=("serial",), name="offline_used_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftDuty",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("staff", models.BigIntegerField()),
                ("desk", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("shift", models.CharField(max_length=10)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("ended", models.CharField(blank=True, db_default="", default="", max_length=8)),
            ],
            options={
                "db_table": "shift_duty",
                "indexes": [models.Index(fields=["day", "desk"], name="shift_duty_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)), fields=("staff", "desk"), name="shift_duty_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("desk", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("shift", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("staff", models.BigIntegerField()),
                ("open", models.JSONField()),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "shift_note",
                "indexes": [
                    models.Index(fields=["desk", "-at"], name="shift_note_desk"),
                    models.Index(fields=["day", "desk"], name="shift_note_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftSign",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("note", models.BigIntegerField()),
                ("staff", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "shift_sign",
                "constraints": [models.UniqueConstraint(fields=("note", "staff"), name="shift_sign_once")],
            },
        ),
        migrations.RunSQL(SHEETS_APART, TOGETHER),
    ]
