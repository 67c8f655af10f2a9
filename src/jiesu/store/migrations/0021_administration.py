"""What an administrator's desk keeps: whom a change was about and when it holds, changes that wait for their day, files
looked through, handed-out passwords, and what an official day was before the city set it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0020_shift")]
    operations: ClassVar = [
        migrations.AlterField("settingchange", "after", models.JSONField(null=True)),
        migrations.AddField("settingchange", "key", models.CharField(db_default="", default="", max_length=120)),
        migrations.AddField("settingchange", "title", models.CharField(db_default="", default="", max_length=200)),
        migrations.AddField("settingchange", "effective", models.DateField(null=True)),
        migrations.AddField("settingchange", "batch", models.CharField(db_default="", default="", max_length=16)),
        migrations.AddField("settingchange", "restores", models.BigIntegerField(null=True)),
        migrations.AddIndex("settingchange", models.Index(fields=["name", "key", "-id"], name="setting_change_thing")),
        migrations.AddField("staff", "must_change", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("staff", "password_until", models.DateTimeField(null=True)),
        migrations.AddField("day", "official", models.BooleanField(null=True)),
        migrations.CreateModel(
            name="PlannedChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=200)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("effective", models.DateField()),
                ("batch", models.CharField(default="", max_length=16)),
                ("restores", models.BigIntegerField(null=True)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("said", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "db_table": "planned_change",
                "indexes": [
                    models.Index(
                        fields=["effective", "id"], name="planned_change_waiting", condition=Q(("state", "waiting"))
                    ),
                    models.Index(fields=["kind", "key"], name="planned_change_thing"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("staff", models.BigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "staged_file",
                "constraints": [models.UniqueConstraint(fields=["staff", "kind"], name="staged_file_once")],
            },
        ),
    ]
