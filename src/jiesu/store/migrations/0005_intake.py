"""What the intake desk reads: places by any spelling, articles with their history, several orders of one contact."""

import django.contrib.postgres.indexes
from django.db import migrations, models

# Pairs of neighbouring characters of a name, so that an index finds a part of it that is two characters or longer.
PAIRS = """
CREATE FUNCTION name_pairs(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(name, at, 2)), '{}') FROM generate_series(1, length(name) - 1) at
$$;
"""
GUARD = """
CREATE TRIGGER article_version_guard BEFORE UPDATE OR DELETE ON article_version
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_calls"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32)),
                ("version", models.IntegerField()),
                ("act", models.CharField(max_length=10)),
                ("doc", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "article_version",
                "constraints": [models.UniqueConstraint(fields=("code", "version"), name="article_version_once")],
            },
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER article_version_guard ON article_version"),
        migrations.AddField("article", "keywords", models.JSONField(default=list)),
        migrations.AddField("article", "region", models.CharField(blank=True, default="", max_length=32)),
        migrations.AddField("article", "source", models.CharField(blank=True, default="", max_length=200)),
        migrations.AddField("article", "updated_at", models.DateTimeField(null=True)),
        migrations.AddField("article", "updated_by", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("article", "used", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("article", "valid_from", models.DateField(null=True)),
        migrations.AddField("article", "valid_until", models.DateField(null=True)),
        migrations.AddField("article", "version", models.IntegerField(default=1)),
        migrations.AddField("contact", "part_of", models.BigIntegerField(null=True)),
        migrations.AddField("matter", "initials", models.CharField(blank=True, default="", max_length=80)),
        migrations.AddField("matter", "pinyin", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddIndex(
            "contact",
            models.Index(condition=models.Q(("part_of__isnull", False)), fields=["part_of"], name="contact_part_of"),
        ),
        migrations.RunSQL(PAIRS, "DROP FUNCTION name_pairs"),
        migrations.AddIndex(
            "place",
            models.Index(fields=["name"], opclasses=["text_pattern_ops"], name="place_name"),
        ),
        migrations.AddIndex(
            "place",
            models.Index(fields=["pinyin"], opclasses=["text_pattern_ops"], name="place_pinyin"),
        ),
        migrations.AddIndex(
            "place",
            models.Index(fields=["initials"], opclasses=["text_pattern_ops"], name="place_initials"),
        ),
        migrations.AddIndex(
            "place",
            django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("name"), function="name_pairs"), name="place_pairs"
            ),
        ),
        migrations.AddIndex(
            "place",
            django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("initials"), function="name_pairs"), name="place_initial_pairs"
            ),
        ),
    ]
