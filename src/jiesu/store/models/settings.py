"""What a city sets: limits, parameters, reasons, declared events, office hours - with every change kept."""

from __future__ import annotations

from django.db import models


class Setting(models.Model):
    """One named document of settings as it stands now."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()

    class Meta:
        db_table = "setting"


class SettingChange(models.Model):
    """Who changed a setting when, from what to what. Never edited."""

    name = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        db_table = "setting_change"
