"""What one person keeps at the desk: drafts, saved views, how far the notices were read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_intake"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeMark",
            fields=[
                ("staff", models.BigIntegerField(primary_key=True, serialize=False)),
                ("read_to", models.DateTimeField()),
                ("urgent_to", models.DateTimeField()),
            ],
            options={
                "db_table": "notice_mark",
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("staff", models.BigIntegerField()),
                ("form", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("key_id", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
                ("number", models.BigIntegerField(null=True)),
                ("phone_hash", models.BinaryField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "staff", "form", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "draft",
                "indexes": [
                    models.Index(fields=["at"], name="draft_at"),
                    models.Index(condition=models.Q(("number__isnull", False)), fields=["number"], name="draft_number"),
                    models.Index(
                        condition=models.Q(("phone_hash__isnull", False)), fields=["phone_hash"], name="draft_phone"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("staff", models.BigIntegerField()),
                ("queue", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=20)),
                ("query", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "saved_view",
                "constraints": [models.UniqueConstraint(fields=("staff", "queue", "name"), name="saved_view_once")],
            },
        ),
    ]
