"""Orders and what belongs to them. ``WorkOrder.doc`` is the order as its events made it; the other columns and the
tables of legs, requests and callbacks are the same facts laid out for lists. ``jiesu verify`` compares all of them
with a replay of the events."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q


class AppendOnly(models.Model):
    """Rows that are written once, by ``store.record``, and never through a model."""

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        raise TypeError("这里的记录只能由 store.record 写入")

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("这里的记录不能删除")


class Person(models.Model):
    """A resident or a company; name and phone sealed, found again by keyed hashes."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, default="person")
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    name_hash = models.BinaryField(null=True)
    credit_hash = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person"
        indexes = [
            models.Index(fields=["phone_hash"], name="person_phone"),
            models.Index(fields=["name_hash"], name="person_name"),
            models.Index(fields=["credit_hash"], name="person_credit", condition=Q(credit_hash__isnull=False)),
        ]


class WorkOrder(AppendOnly):
    number = models.BigIntegerField(primary_key=True)
    version = models.IntegerField()
    state = models.CharField(max_length=14)
    outcome = models.CharField(max_length=14, null=True)
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=14)
    urgency = models.CharField(max_length=12)
    matter = models.CharField(max_length=40)
    region = models.CharField(max_length=32)
    lead_unit = models.CharField(max_length=32, null=True)
    person = models.BigIntegerField(null=True)
    enterprise = models.BooleanField()
    secret = models.BooleanField()
    foreign = models.BooleanField()
    exempt = models.BooleanField()
    unsettled = models.BooleanField(db_default=False, default=False)
    round = models.SmallIntegerField()
    chases = models.SmallIntegerField()
    ladder = models.SmallIntegerField()
    flags = ArrayField(models.CharField(max_length=20))
    parent = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    rating = models.CharField(max_length=14, null=True)
    resolved = models.CharField(max_length=14, null=True)
    due_at = models.DateTimeField(null=True)
    amber_at = models.DateTimeField(null=True)
    tick_at = models.DateTimeField(null=True)
    ticked = ArrayField(models.CharField(max_length=80), db_default=[])
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120)
    head = models.BinaryField()
    doc = models.JSONField()

    class Meta:
        db_table = "work_order"
        indexes = [
            models.Index(fields=["state", "due_at", "number"], name="work_order_open", condition=~Q(state="closed")),
            models.Index(fields=["tick_at"], name="work_order_tick", condition=Q(tick_at__isnull=False)),
            models.Index(fields=["person", "-number"], name="work_order_person", condition=Q(person__isnull=False)),
            models.Index(fields=["state", "-number"], name="work_order_state"),
            models.Index(fields=["lead_unit", "-number"], name="work_order_lead"),
            models.Index(fields=["parent"], name="work_order_parent", condition=Q(parent__isnull=False)),
            models.Index(fields=["closed_at"], name="work_order_closed", condition=Q(closed_at__isnull=False)),
        ]


class Event(AppendOnly):
    """One move, as made. Partitioned by ranges of order number; ``data`` is kept to the letter, as it was hashed."""

    number = models.BigIntegerField()
    seq = models.IntegerField()
    move = models.CharField(max_length=24)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    role = models.CharField(max_length=20)
    unit = models.CharField(max_length=32)
    rules = models.CharField(max_length=32)
    rules_version = models.SmallIntegerField()
    happened_at = models.DateTimeField(null=True)
    data = models.TextField()
    hash = models.BinaryField()
    pk = models.CompositePrimaryKey("number", "seq")

    class Meta:
        db_table = "event"


class Leg(AppendOnly):
    number = models.BigIntegerField()
    no = models.SmallIntegerField()
    unit = models.CharField(max_length=32)
    lead = models.BooleanField()
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    amber_at = models.DateTimeField(null=True)
    acknowledge_due = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    contact_due = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    interim_due = models.DateTimeField(null=True)
    interim_at = models.DateTimeField(null=True)
    handle_due = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    rework_due = models.DateTimeField(null=True)
    reworked_at = models.DateTimeField(null=True)
    asked_return = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    open = models.BooleanField(db_default=False, default=False)
    submitted_at = models.DateTimeField(null=True)
    live = models.BooleanField(db_default=False, default=False)
    pk = models.CompositePrimaryKey("number", "no")

    class Meta:
        db_table = "leg"
        indexes = [
            models.Index(fields=["unit", "state", "due_at", "number"], name="leg_open", condition=Q(open=True)),
            models.Index(fields=["unit", "-number"], name="leg_unit"),
            models.Index(fields=["unit", "-number"], name="leg_live", condition=Q(live=True)),
            models.Index(fields=["acknowledge_due"], name="leg_acknowledge_due"),
            models.Index(fields=["handle_due"], name="leg_handle_due"),
        ]


class Request(AppendOnly):
    number = models.BigIntegerField()
    no = models.SmallIntegerField()
    type = models.CharField(max_length=14)
    unit = models.CharField(max_length=32)
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True)
    units = ArrayField(models.CharField(max_length=32))
    pk = models.CompositePrimaryKey("number", "no")

    class Meta:
        db_table = "request"
        indexes = [
            models.Index(fields=["type", "due_at"], name="request_open", condition=Q(state__in=["open", "half"])),
            models.Index(fields=["unit", "type", "-number"], name="request_unit"),
            models.Index(fields=["at"], name="request_appeal", condition=Q(type__in=["exemption", "late_entry"])),
        ]


class Callback(AppendOnly):
    number = models.BigIntegerField()
    no = models.SmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    round = models.SmallIntegerField()
    via = models.CharField(max_length=10)
    result = models.CharField(max_length=14)
    valid = models.BooleanField()
    resolved = models.CharField(max_length=14, null=True)
    rating = models.CharField(max_length=14, null=True)
    pk = models.CompositePrimaryKey("number", "no")

    class Meta:
        db_table = "callback"
        indexes = [models.Index(fields=["at"], name="callback_at")]


class Contact(models.Model):
    """One approach through one channel; it may give no order, one, or several.

    ``number`` and ``seq`` name what came of it: an order's first event, or a chase. Whatever else came of the same
    approach has a row of its own with ``part_of``; contacts are counted without those.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=20)
    person = models.BigIntegerField(null=True)
    number = models.BigIntegerField(null=True)
    seq = models.IntegerField(null=True)
    source = models.CharField(max_length=80, blank=True)
    part_of = models.BigIntegerField(null=True)

    class Meta:
        db_table = "contact"
        indexes = [
            models.Index(fields=["number"], name="contact_number"),
            models.Index(fields=["part_of"], name="contact_part_of", condition=Q(part_of__isnull=False)),
            models.Index(fields=["person", "-at"], name="contact_person", condition=Q(person__isnull=False)),
        ]


class OrderText(models.Model):
    """Words that an event committed to, sealed with their salt. Erasing removes the row: the event stays."""

    number = models.BigIntegerField()
    seq = models.IntegerField()
    field = models.CharField(max_length=24)
    salt = models.BinaryField()
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()
    pk = models.CompositePrimaryKey("number", "seq", "field")

    class Meta:
        db_table = "order_text"


class File(models.Model):
    """A photo or paper: its bytes lie sealed in the data directory under its digest; here what is known of it."""

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    mime = models.CharField(max_length=80)
    key_id = models.SmallIntegerField()
    name = models.BinaryField()
    number = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        db_table = "file"
        indexes = [models.Index(fields=["number"], name="file_number")]


class SearchText(models.Model):
    """The masked words of an order, for search alone."""

    number = models.BigIntegerField(primary_key=True)
    received_at = models.DateTimeField()
    body = models.TextField()
    words = SearchVectorField()

    class Meta:
        db_table = "search_text"
        indexes = [
            GinIndex("words", models.F("number") / 100_000_000, name="search_text_words"),
            models.Index(fields=["-received_at"], name="search_text_received"),
        ]


class OrderPrint(AppendOnly):
    """One paper of an order: who took it, of which version, which fields stood on it in the clear, and why."""

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField()
    version = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    form = models.CharField(max_length=4)
    open_fields = ArrayField(models.CharField(max_length=20))
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "order_print"
        indexes = [models.Index(fields=["number"], name="order_print_number")]
