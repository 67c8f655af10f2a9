"""What a city sets: limits, parameters, reasons, declared events, office hours - with every change kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Setting(models.Model):
    """One named document of settings as it stands now."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()

    class Meta:
        db_table = "setting"


class SettingChange(models.Model):
    """Who changed a setting when, from what to what. Never edited.

    ``name``: a document of settings, a roster, or a kind of city data; then ``key`` names the thing of that kind and
    ``title`` says what it was called. ``effective``: the day from which it holds. ``batch``: a mark shared by changes
    that were made as one. ``restores``: the change that this one takes back.
    """

    name = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    key = models.CharField(max_length=120, default="", db_default="")
    title = models.CharField(max_length=200, default="", db_default="")
    effective = models.DateField(null=True)
    batch = models.CharField(max_length=16, default="", db_default="")
    restores = models.BigIntegerField(null=True)

    class Meta:
        db_table = "setting_change"
        indexes = [models.Index(fields=["name", "key", "-id"], name="setting_change_thing")]


class PlannedChange(models.Model):
    """A change of city data that waits for its day: only the fields that change, as in ``SettingChange``.

    ``state``: waiting, done, off (somebody called it off), failed (``said`` tells why, in words for a person).
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    effective = models.DateField()
    batch = models.CharField(max_length=16, default="")
    restores = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default="waiting")
    said = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        db_table = "planned_change"
        indexes = [
            models.Index(fields=["effective", "id"], name="planned_change_waiting", condition=Q(state="waiting")),
            models.Index(fields=["kind", "key"], name="planned_change_thing"),
        ]


class StagedFile(models.Model):
    """Rows of a file that somebody has looked through and not yet taken over, sealed: some hold staff's numbers."""

    id = models.BigAutoField(primary_key=True)
    staff = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "staged_file"
        constraints = [models.UniqueConstraint(fields=["staff", "kind"], name="staged_file_once")]
