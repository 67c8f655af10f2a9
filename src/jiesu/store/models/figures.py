"""Facts of assessment, the figures made of them, and what was published. Facts and figures are made anew at will; what
was published never changes."""

from __future__ import annotations

from django.db import models

from jiesu.store.models.orders import AppendOnly


class Facts(models.Model):
    """What figures are sliced by, as it was on the day of the fact. ``made`` and ``gone`` name the fills that wrote the
    row and that took another in its place: of months that were published, what was counted stays findable."""

    unit = models.CharField(max_length=32)
    grp = models.CharField(max_length=40)
    matter = models.CharField(max_length=40)
    region = models.CharField(max_length=32)
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=14)
    urgency = models.CharField(max_length=12)
    enterprise = models.BooleanField()
    joint = models.BooleanField()
    exempt = models.BooleanField()
    adopted = models.BooleanField()
    outcome = models.CharField(max_length=14)
    made = models.IntegerField()
    gone = models.IntegerField(null=True)

    class Meta:
        abstract = True


class FactLimit(Facts):
    """One limit of one clock while it was in effect (``domain.tally.LimitFact``). Partitioned by clock."""

    number = models.BigIntegerField()
    part = models.SmallIntegerField()
    clock = models.CharField(max_length=16)
    turn = models.SmallIntegerField()
    span = models.SmallIntegerField()
    lead = models.BooleanField()
    live = models.BooleanField()
    started = models.DateTimeField()
    due = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)
    given = models.DateTimeField(null=True)
    freed = models.BooleanField()
    in_time = models.BooleanField()
    extended = models.BooleanField()
    reworked = models.BooleanField()
    shelved = models.BooleanField()
    asked_return = models.BooleanField()
    returned = models.BooleanField()
    day = models.DateField(null=True)
    since_day = models.DateField()
    until_day = models.DateField()
    done_day = models.DateField()
    pk = models.CompositePrimaryKey("clock", "number", "part", "turn", "span", "made")

    class Meta:
        db_table = "fact_limit"


class FactOrder(Facts):
    """One order as a whole (``domain.tally.OrderFact``)."""

    number = models.BigIntegerField()
    version = models.IntegerField()
    day = models.DateField()
    dispatched_day = models.DateField(null=True)
    closed_day = models.DateField(null=True)
    state = models.CharField(max_length=14)
    handled = models.BooleanField()
    legs = models.SmallIntegerField()
    dispatches = models.SmallIntegerField()
    returns_asked = models.SmallIntegerField()
    returns_agreed = models.SmallIntegerField()
    extensions = models.SmallIntegerField()
    parked = models.BooleanField()
    rounds = models.SmallIntegerField()
    chases = models.SmallIntegerField()
    called = models.BooleanField()
    reached = models.BooleanField()
    late_entry = models.BooleanField()
    repeated = models.BooleanField(default=False)
    parent = models.BigIntegerField(null=True)
    person = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    pk = models.CompositePrimaryKey("number", "made")

    class Meta:
        db_table = "fact_order"


class FactRating(Facts):
    """The callback of an order that became final (``domain.tally.RatingFact``)."""

    number = models.BigIntegerField()
    day = models.DateField()
    at = models.DateTimeField()
    parent = models.BigIntegerField(null=True)
    via = models.CharField(max_length=10)
    first_resolved = models.CharField(max_length=14)
    first_rating = models.CharField(max_length=14)
    resolved = models.CharField(max_length=14)
    rating = models.CharField(max_length=14)
    pk = models.CompositePrimaryKey("number", "made")

    class Meta:
        db_table = "fact_rating"


class FactState(models.Model):
    """One row: up to which moment the record has been read into facts, and the number of the last fill."""

    one = models.SmallIntegerField(primary_key=True, default=1)
    upto = models.DateTimeField(null=True)
    fill = models.IntegerField(default=0)
    calls_upto = models.DateField(null=True)

    class Meta:
        db_table = "fact_state"


class MetricRow(models.Model):
    """A way of counting that some profile uses; ``whole`` once its figures were made from all facts."""

    id = models.SmallAutoField(primary_key=True)
    digest = models.CharField(max_length=16, unique=True)
    doc = models.JSONField()
    whole = models.BooleanField(default=False)

    class Meta:
        db_table = "metric"


class MetricProfile(AppendOnly):
    """A profile as it was loaded. A version is never altered: a change is the next version."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=40)
    version = models.IntegerField()
    effective_from = models.DateField()
    doc = models.JSONField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        db_table = "metric_profile"
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="metric_profile_once")]


class Rollup(models.Model):
    """Cases by the day of their limit, the days between which it was in effect and the day on which they were done, so
    that every window can be made of them exactly (domain.md §6)."""

    metric = models.SmallIntegerField()
    dim = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    day = models.DateField()
    since_day = models.DateField()
    until_day = models.DateField()
    done_day = models.DateField()
    n = models.IntegerField()
    good = models.IntegerField()
    part = models.IntegerField()
    pk = models.CompositePrimaryKey("metric", "day", "dim", "code", "since_day", "until_day", "done_day")

    class Meta:
        db_table = "rollup"


class Figure(models.Model):
    """One figure of a window as the facts stand: cases, good ones, good ones in part."""

    metric = models.SmallIntegerField()
    span = models.CharField(max_length=7)
    first = models.DateField()
    dim = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    n = models.IntegerField()
    good = models.IntegerField()
    part = models.IntegerField()
    pk = models.CompositePrimaryKey("metric", "span", "first", "dim", "code")

    class Meta:
        db_table = "figure"


class Publication(AppendOnly):
    """What was told of a window: preliminary to the units, final to everybody, or a correction with its reason.

    ``inputs``: the hash over every order behind it (number, version, head) and the profile; ``fill``: up to which fill
    its facts are.
    """

    id = models.AutoField(primary_key=True)
    span = models.CharField(max_length=7)
    first = models.DateField()
    stage = models.CharField(max_length=12)
    profile = models.SmallIntegerField()
    rules = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    fill = models.IntegerField()
    inputs = models.CharField(max_length=64)
    orders = models.IntegerField()
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "publication"
        indexes = [models.Index(fields=["span", "first", "id"], name="publication_window")]
        constraints = [
            models.UniqueConstraint(
                fields=["span", "first"], name="publication_final_once", condition=models.Q(stage="final")
            )
        ]


class PublishedFigure(AppendOnly):
    """A figure as it was published. Never changed, never removed."""

    publication = models.IntegerField()
    rate = models.CharField(max_length=40)
    dim = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    n = models.IntegerField()
    good = models.IntegerField()
    part = models.IntegerField()
    pk = models.CompositePrimaryKey("publication", "rate", "dim", "code")

    class Meta:
        db_table = "published_figure"
