"""Small tables of counts that the worker keeps for the leader's and the analyst's desks: caches, made anew at will."""

from __future__ import annotations

from django.db import models


class CountDay(models.Model):
    """Orders registered on a day, by one dimension: all, matter, region, unit, kind or channel."""

    day = models.DateField()
    dim = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    n = models.IntegerField()
    pk = models.CompositePrimaryKey("day", "dim", "code")

    class Meta:
        db_table = "count_day"


class CountCell(models.Model):
    """Orders registered in a month (its first day), by matter, region, unit and kind at once."""

    month = models.DateField()
    matter = models.CharField(max_length=40)
    region = models.CharField(max_length=32)
    unit = models.CharField(max_length=32)
    kind = models.CharField(max_length=14)
    n = models.IntegerField()
    pk = models.CompositePrimaryKey("month", "matter", "region", "unit", "kind")

    class Meta:
        db_table = "count_cell"


class CountFilled(models.Model):
    """When the counts of a month were made."""

    month = models.DateField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "count_filled"


class DeskFigure(models.Model):
    """What a desk shows and is dear to find: codes, masked places and orders by number; never who called."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        db_table = "desk_figure"
