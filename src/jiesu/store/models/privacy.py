"""What demanders asked about their own data, and what was decided and done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class PersonRequest(models.Model):
    """One request: ``kind`` erase or copy. ``number`` is the order by which it was asked, where there is one.

    It names nobody: ``person`` stays as a number after the person was erased, so that what was done can be shown.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=6)
    person = models.BigIntegerField()
    number = models.BigIntegerField(null=True)
    ground = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=8)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=40, blank=True)
    orders = models.IntegerField(null=True)
    texts = models.IntegerField(null=True)
    files = models.IntegerField(null=True)

    class Meta:
        db_table = "person_request"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="person_request_once", condition=Q(kind="erase", state__in=["asked", "agreed"])
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="person_request_open", condition=Q(state__in=["asked", "agreed"])
            ),
            models.Index(fields=["-done_at"], name="person_request_copy", condition=Q(kind="copy")),
            models.Index(fields=["-asked_at"], name="person_request_asked"),
        ]
