"""What one person keeps at the desk: words not yet sent, views of lists, and how far the notices were read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Draft(models.Model):
    """What stands in a form that was not sent yet, sealed. ``form`` names the form, never what is in it.

    ``number``: the order that it is about; ``phone_hash``: a caller's number in it, so that it goes with the person.
    """

    staff = models.BigIntegerField()
    form = models.CharField(max_length=80)
    at = models.DateTimeField()
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()
    number = models.BigIntegerField(null=True)
    phone_hash = models.BinaryField(null=True)
    pk = models.CompositePrimaryKey("staff", "form")

    class Meta:
        db_table = "draft"
        indexes = [
            models.Index(fields=["at"], name="draft_at"),
            models.Index(fields=["number"], name="draft_number", condition=Q(number__isnull=False)),
            models.Index(fields=["phone_hash"], name="draft_phone", condition=Q(phone_hash__isnull=False)),
        ]


class SavedView(models.Model):
    """A list with its filters under a name; ``query`` is the part of the address after the question mark."""

    id = models.BigAutoField(primary_key=True)
    staff = models.BigIntegerField()
    queue = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        db_table = "saved_view"
        constraints = [models.UniqueConstraint(fields=["staff", "queue", "name"], name="saved_view_once")]


class NoticeMark(models.Model):
    """Up to which moment somebody has read the notices, and the urgent ones among them."""

    staff = models.BigIntegerField(primary_key=True)
    read_to = models.DateTimeField()
    urgent_to = models.DateTimeField()

    class Meta:
        db_table = "notice_mark"
