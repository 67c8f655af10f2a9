"""What stands between the figures and the paper: editions of the bulletin, what the review meeting asked for,
signals of gaming with the units' answers, cards."""

from __future__ import annotations

from django.db import models

from jiesu.store.models.orders import AppendOnly


class Edition(models.Model):
    """The draft of a window's bulletin. ``base``: the bulletin without anybody's words, its figures as of ``base_at``;
    made anew until the first issue, never after. ``publication``: what the figures were published as, if they were."""

    span = models.CharField(max_length=7)
    first = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    base_at = models.DateTimeField()
    base = models.JSONField()
    publication = models.IntegerField(null=True)
    pk = models.CompositePrimaryKey("span", "first")

    class Meta:
        db_table = "edition"


class EditionText(AppendOnly):
    """What was written to an edition, every reading of it, sealed; number 0 is the draft."""

    span = models.CharField(max_length=7)
    first = models.DateField()
    no = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()
    pk = models.CompositePrimaryKey("span", "first", "no")

    class Meta:
        db_table = "edition_text"


class EditionIssue(AppendOnly):
    """An edition as it was issued (number 1), and each dated correction. ``sealed``: the whole of it, ready to be
    printed; ``digest``: SHA-256 of that; ``reading``: whose words it has."""

    span = models.CharField(max_length=7)
    first = models.DateField()
    no = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    reading = models.IntegerField()
    publication = models.IntegerField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    digest = models.CharField(max_length=64)
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()
    pk = models.CompositePrimaryKey("span", "first", "no")

    class Meta:
        db_table = "edition_issue"


class FollowUp(AppendOnly):
    """What the review meeting (调度会) of an edition asked for: of a unit, or of a member of staff; sealed words."""

    id = models.BigAutoField(primary_key=True)
    span = models.CharField(max_length=7)
    first = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    unit = models.CharField(max_length=32, blank=True)
    staff = models.BigIntegerField(null=True)
    due = models.DateField()
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "follow_up"
        indexes = [models.Index(fields=["span", "first", "id"], name="follow_up_edition")]


class FollowMark(AppendOnly):
    """What became of it; the last one holds. ``state``: done, dropped, moved (another ``due``), open (again)."""

    item = models.BigIntegerField()
    no = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    state = models.CharField(max_length=8)
    due = models.DateField(null=True)
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()
    pk = models.CompositePrimaryKey("item", "no")

    class Meta:
        db_table = "follow_mark"


class GamingSignal(models.Model):
    """A signal of gaming of a unit in a window. The unit is told first (``told_at``, ``answer_by``); then its orders go
    to quality sampling (``sent_at``, ``sent``: how many), or it is laid aside. No score reads this."""

    id = models.BigAutoField(primary_key=True)
    span = models.CharField(max_length=7)
    first = models.DateField()
    unit = models.CharField(max_length=32)
    kind = models.CharField(max_length=20)
    cases = models.IntegerField()
    of = models.IntegerField()
    usual = models.FloatField()
    numbers = models.JSONField()
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=40)
    answer_by = models.DateField()
    state = models.CharField(max_length=8, default="told", db_default="told")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    sent = models.IntegerField(null=True)

    class Meta:
        db_table = "gaming_signal"
        constraints = [models.UniqueConstraint(fields=["span", "first", "unit", "kind"], name="gaming_signal_once")]
        indexes = [models.Index(fields=["unit", "-id"], name="gaming_signal_unit")]


class SignalSearch(models.Model):
    """The last search for signals in a window, done by the worker. ``no``: which search it is, so that an earlier one
    ends when it is taken up again; ``kind``: what is looked at, after ``done`` of ``of`` kinds; ``moved_at``: the last
    sign of it; ``found``: how many signals were new."""

    span = models.CharField(max_length=7)
    first = models.DateField()
    no = models.IntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    state = models.CharField(max_length=8)
    kind = models.CharField(max_length=20, blank=True, default="", db_default="")
    done = models.IntegerField(default=0, db_default=0)
    of = models.IntegerField(default=0, db_default=0)
    moved_at = models.DateTimeField()
    found = models.IntegerField(null=True)
    pk = models.CompositePrimaryKey("span", "first")

    class Meta:
        db_table = "signal_search"


class SignalNote(AppendOnly):
    """What was said of a signal, sealed: the unit's answer (``answer``), why it was laid aside (``why``)."""

    id = models.BigAutoField(primary_key=True)
    signal = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "signal_note"
        indexes = [models.Index(fields=["signal", "id"], name="signal_note_of")]


class Card(models.Model):
    """A yellow or red card: proposed at the freeze by a rule of the profile (``doc``: the rule and the figures it saw),
    approved or not by a named person, lifted on a day, or before it."""

    id = models.BigAutoField(primary_key=True)
    span = models.CharField(max_length=7)
    first = models.DateField()
    unit = models.CharField(max_length=32)
    colour = models.CharField(max_length=8)
    rule = models.CharField(max_length=80)
    publication = models.IntegerField()
    doc = models.JSONField()
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="proposed", db_default="proposed")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    note = models.CharField(max_length=400, blank=True, default="", db_default="")
    lifts_on = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    lifted_why = models.CharField(max_length=400, blank=True, default="", db_default="")

    class Meta:
        db_table = "card"
        constraints = [models.UniqueConstraint(fields=["span", "first", "unit", "rule"], name="card_once")]
        indexes = [models.Index(fields=["unit", "-id"], name="card_unit")]
