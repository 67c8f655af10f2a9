"""Editions of the bulletin with their readings and issues, what the review meeting asked for, signals of gaming, cards."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("store", "0022_quick_reads"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("unit", models.CharField(max_length=32)),
                ("colour", models.CharField(max_length=8)),
                ("rule", models.CharField(max_length=80)),
                ("publication", models.IntegerField()),
                ("doc", models.JSONField()),
                ("proposed_at", models.DateTimeField()),
                ("state", models.CharField(db_default="proposed", default="proposed", max_length=10)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, db_default="", default="", max_length=40)),
                ("note", models.CharField(blank=True, db_default="", default="", max_length=400)),
                ("lifts_on", models.DateField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, db_default="", default="", max_length=40)),
                ("lifted_why", models.CharField(blank=True, db_default="", default="", max_length=400)),
            ],
            options={
                "db_table": "card",
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=40)),
                ("base_at", models.DateTimeField()),
                ("base", models.JSONField()),
                ("publication", models.IntegerField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "span", "first", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "edition",
            },
        ),
        migrations.CreateModel(
            name="EditionIssue",
            fields=[
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("no", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("reading", models.IntegerField()),
                ("publication", models.IntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("digest", models.CharField(max_length=64)),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "span", "first", "no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "edition_issue",
            },
        ),
        migrations.CreateModel(
            name="EditionText",
            fields=[
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("no", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "span", "first", "no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "edition_text",
            },
        ),
        migrations.CreateModel(
            name="FollowMark",
            fields=[
                ("item", models.BigIntegerField()),
                ("no", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=8)),
                ("due", models.DateField(null=True)),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "item", "no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "follow_mark",
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("unit", models.CharField(blank=True, max_length=32)),
                ("staff", models.BigIntegerField(null=True)),
                ("due", models.DateField()),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "follow_up",
            },
        ),
        migrations.CreateModel(
            name="GamingSignal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("unit", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("cases", models.IntegerField()),
                ("of", models.IntegerField()),
                ("usual", models.FloatField()),
                ("numbers", models.JSONField()),
                ("told_at", models.DateTimeField()),
                ("told_by", models.CharField(max_length=40)),
                ("answer_by", models.DateField()),
                ("state", models.CharField(db_default="told", default="told", max_length=8)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, db_default="", default="", max_length=40)),
                ("sent", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "gaming_signal",
            },
        ),
        migrations.CreateModel(
            name="SignalNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("signal", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=8)),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "signal_note",
            },
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("type__in", ["exemption", "late_entry"])), fields=["at"], name="request_appeal"
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["unit", "-id"], name="card_unit"),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(fields=("span", "first", "unit", "rule"), name="card_once"),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(fields=["span", "first", "id"], name="follow_up_edition"),
        ),
        migrations.AddIndex(
            model_name="gamingsignal",
            index=models.Index(fields=["unit", "-id"], name="gaming_signal_unit"),
        ),
        migrations.AddConstraint(
            model_name="gamingsignal",
            constraint=models.UniqueConstraint(fields=("span", "first", "unit", "kind"), name="gaming_signal_once"),
        ),
        migrations.AddIndex(
            model_name="signalnote",
            index=models.Index(fields=["signal", "id"], name="signal_note_of"),
        ),
    ]
