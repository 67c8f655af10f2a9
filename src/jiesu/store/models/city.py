"""What a city is: its units, matters, regions, catalog and calendar. All of it is data that a city changes."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func


class Unit(models.Model):
    """A unit that acts: a bureau, a subdistrict, a company stationed in the city, a section, or the centre itself."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=120)
    short = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    group_size = models.CharField(max_length=10, default="middle")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="sections")
    phone = models.CharField(max_length=40, blank=True)
    duties = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    pinyin = models.CharField(max_length=300, blank=True, default="")
    initials = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        db_table = "unit"


class RosterEntry(models.Model):
    """Who is on duty in a unit, by weekday (0 Monday; empty: every day) and shift."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="roster")
    weekday = models.SmallIntegerField(null=True)
    begins = models.TimeField()
    ends = models.TimeField()
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=40)

    class Meta:
        db_table = "roster_entry"


class Matter(models.Model):
    """A subject of demands, in a tree of up to five levels whose codes are dotted: 03, 03.02, 03.02.01."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    keywords = models.JSONField(default=list)
    urgency = models.CharField(max_length=12, default="normal")
    kinds = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    pinyin = models.CharField(max_length=300, blank=True, default="")
    initials = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        db_table = "matter"


class Region(models.Model):
    """A part of the city with its place on the simple map (coordinates 0..1000)."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    polygon = models.JSONField(default=list)
    centre = models.JSONField(default=list)

    class Meta:
        db_table = "region"


class Place(models.Model):
    """An estate, road, market or school that residents name."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    x = models.FloatField()
    y = models.FloatField()
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "place"
        indexes = [
            models.Index(fields=["name"], opclasses=["text_pattern_ops"], name="place_name"),
            models.Index(fields=["pinyin"], opclasses=["text_pattern_ops"], name="place_pinyin"),
            models.Index(fields=["initials"], opclasses=["text_pattern_ops"], name="place_initials"),
            GinIndex(Func(F("name"), function="name_pairs"), name="place_pairs"),
            GinIndex(Func(F("initials"), function="name_pairs"), name="place_initial_pairs"),
        ]


class CatalogLine(models.Model):
    """One line of the dispatch catalog. Lines are never edited in the past: a new one takes effect on its date."""

    matter = models.CharField(max_length=40)
    region = models.CharField(max_length=32, default="*")
    lead = models.CharField(max_length=32)
    assist = models.JSONField(default=list)
    legal_basis = models.TextField(blank=True)
    handle = models.JSONField(null=True)
    fields = models.JSONField(default=list)
    statutory = models.JSONField(null=True)
    season = models.JSONField(null=True)
    must_lead_by_law = models.BooleanField(default=False)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)

    class Meta:
        db_table = "catalog_line"
        indexes = [models.Index(fields=["matter", "region"], name="catalog_line_matter")]


class Day(models.Model):
    """A day on which the calendar differs from the weekend rule; ``source`` is official or city (the city's wins).

    ``official``: what the official arrangement says of a day that the city has set itself; None: nothing.
    """

    day = models.DateField(primary_key=True)
    working = models.BooleanField()
    source = models.CharField(max_length=10, default="official")
    note = models.CharField(max_length=60, blank=True)
    official = models.BooleanField(null=True)

    class Meta:
        db_table = "calendar_day"


class Article(models.Model):
    """A knowledge article that a demand can be answered with at the desk, as it reads now.

    ``region`` empty: the whole city. ``valid_until`` is its last day. ``source`` is the legal basis or the paper it was
    taken from. ``used`` counts the answers given with it.
    """

    code = models.CharField(max_length=32, primary_key=True)
    title = models.CharField(max_length=120)
    matter = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=32, blank=True, default="")
    body = models.TextField()
    keywords = models.JSONField(default=list)
    source = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(null=True)
    updated_by = models.CharField(max_length=40, blank=True, default="")
    used = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "article"


class ArticleVersion(models.Model):
    """An article as it read from one change to the next. Rows are only ever added."""

    code = models.CharField(max_length=32)
    version = models.IntegerField()
    act = models.CharField(max_length=10)
    doc = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "article_version"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="article_version_once")]
