"""The people who work here, what they may do, and the tokens of other systems."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class StaffAccounts(BaseUserManager["Staff"]):
    """How Django finds an account."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(login=username)


class Staff(AbstractBaseUser):
    """An account. What it may do stands in its roles alone.

    ``must_change``: its password was handed out and has to be exchanged for one of its own before anything else;
    ``password_until``: until then the handed-out one is good.
    """

    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(default=False, db_default=False)
    password_until = models.DateTimeField(null=True)

    objects = StaffAccounts()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "staff"


class StaffRole(models.Model):
    """A role in a unit, with dates where it is for a time (a leader's delegate)."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=30)
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_role"
        constraints = [models.UniqueConstraint(fields=["staff", "role", "unit", "since"], name="staff_role_once")]


class Token(models.Model):
    """The right of another system to act in one role; only the hash of its secret is kept."""

    name = models.CharField(max_length=60, unique=True)
    digest = models.BinaryField(unique=True)
    role = models.CharField(max_length=30)
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "token"
