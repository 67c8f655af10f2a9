"""The phone port: events of a call, what was done during it, who is to be called back, who heard it, who is ready."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

OPEN_TASK = models.Q(("state__in", ["open", "taken"]))
GUARD = """
CREATE TRIGGER call_heard_guard BEFORE UPDATE OR DELETE ON call_heard
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
"""
CALL_FIELDS = {
    "seat": models.CharField(blank=True, db_default="", max_length=40),
    "held_seconds": models.IntegerField(db_default=0),
    "transfers": models.SmallIntegerField(db_default=0),
    "task": models.BigIntegerField(null=True),
    "key_id": models.SmallIntegerField(null=True),
    "told": models.BinaryField(null=True),
}
CALL_INDEXES = (
    models.Index(
        condition=models.Q(("answered_at__isnull", False)), fields=["agent", "-answered_at"], name="call_agent"
    ),
    models.Index(condition=models.Q(("task__isnull", False)), fields=["task"], name="call_of_task"),
    models.Index(condition=models.Q(("person__isnull", False)), fields=["person"], name="call_person"),
    models.Index(condition=models.Q(("recording__startswith", "file:")), fields=["recording"], name="call_file"),
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0006_frame")]
    operations: ClassVar = [
        *(migrations.AddField("call", name, field) for name, field in CALL_FIELDS.items()),
        *(migrations.AddIndex("call", index) for index in CALL_INDEXES),
        migrations.CreateModel(
            name="CallOrder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("call", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
                ("seq", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "call_order",
                "indexes": [models.Index(fields=["number"], name="call_order_number")],
                "constraints": [models.UniqueConstraint(fields=("call", "number", "seq"), name="call_order_once")],
            },
        ),
        migrations.CreateModel(
            name="CallTask",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("phone_hash", models.BinaryField(null=True)),
                ("person", models.BigIntegerField(null=True)),
                ("call", models.BigIntegerField()),
                ("dialled", models.BigIntegerField(null=True)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("misses", models.SmallIntegerField()),
                ("urgent", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=12)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("taken_by", models.CharField(blank=True, max_length=40)),
                ("taken_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "db_table": "call_task",
                "indexes": [
                    models.Index(condition=OPEN_TASK, fields=["-urgent", "due_at"], name="call_task_open"),
                    models.Index(fields=["phone_hash", "-ended_at"], name="call_task_phone"),
                ],
                "constraints": [
                    models.UniqueConstraint(condition=OPEN_TASK, fields=("phone_hash",), name="call_task_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CallHeard",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("call", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("role", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "db_table": "call_heard",
                "indexes": [models.Index(fields=["call"], name="call_heard_call")],
            },
        ),
        migrations.CreateModel(
            name="AgentState",
            fields=[
                ("agent", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=12)),
                ("since", models.DateTimeField()),
                ("extension", models.CharField(max_length=20, null=True, unique=True)),
                ("call", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "agent_state"},
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER call_heard_guard ON call_heard"),
    ]
