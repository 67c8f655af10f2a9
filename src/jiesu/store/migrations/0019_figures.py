"""Facts of assessment with a part for each clock, figures and rollups, profiles, and what was published."""

from typing import ClassVar

from django.db import migrations, models

CLOCKS = (
    "acknowledge",
    "first_contact",
    "interim",
    "handle",
    "rework",
    "intake",
    "dispatch",
    "review",
    "callback_first",
    "callback_last",
    "ruling",
    "return_decision",
    "instruction",
)
FACT_LIMIT = (
    """
CREATE TABLE fact_limit (
    number bigint NOT NULL,
    started timestamptz NOT NULL,
    due timestamptz,
    done timestamptz,
    given timestamptz,
    made integer NOT NULL,
    gone integer,
    day date,
    since_day date NOT NULL,
    until_day date NOT NULL,
    done_day date NOT NULL,
    part smallint NOT NULL,
    turn smallint NOT NULL,
    span smallint NOT NULL,
    lead boolean NOT NULL,
    live boolean NOT NULL,
    freed boolean NOT NULL,
    in_time boolean NOT NULL,
    extended boolean NOT NULL,
    reworked boolean NOT NULL,
    shelved boolean NOT NULL,
    asked_return boolean NOT NULL,
    returned boolean NOT NULL,
    enterprise boolean NOT NULL,
    joint boolean NOT NULL,
    exempt boolean NOT NULL,
    adopted boolean NOT NULL,
    clock varchar(16) NOT NULL,
    unit varchar(32) NOT NULL,
    grp varchar(40) NOT NULL,
    matter varchar(40) NOT NULL,
    region varchar(32) NOT NULL,
    channel varchar(20) NOT NULL,
    kind varchar(14) NOT NULL,
    urgency varchar(12) NOT NULL,
    outcome varchar(14) NOT NULL,
    PRIMARY KEY (number, part, clock, turn, span, made)
) PARTITION BY LIST (clock);
"""
    + "".join(f"CREATE TABLE fact_limit_{one} PARTITION OF fact_limit FOR VALUES IN ('{one}');\n" for one in CLOCKS)
    + """
CREATE INDEX fact_limit_day ON fact_limit (unit, day);
CREATE INDEX fact_limit_days ON fact_limit USING brin (day) WITH (pages_per_range = 32);
"""
)
AFTER = """
CREATE INDEX fact_order_day ON fact_order (unit, day);
CREATE INDEX fact_order_days ON fact_order (day);
CREATE INDEX fact_rating_day ON fact_rating (unit, day);
CREATE INDEX fact_rating_days ON fact_rating (day);
CREATE INDEX fact_rating_parent ON fact_rating (parent) WHERE parent IS NOT NULL;
CREATE VIEW fact_call AS
    SELECT id AS number, (offered_at AT TIME ZONE 'Asia/Shanghai')::date AS day, direction = 'in' AS inbound,
        answered_at IS NOT NULL AS answered,
        ceil(extract(epoch FROM coalesce(answered_at, ended_at) - offered_at))::integer AS waited,
        agent, outcome, NULL::integer AS gone, 'phone'::varchar AS channel
    FROM call WHERE ended_at IS NOT NULL;
CREATE TRIGGER publication_guard BEFORE UPDATE OR DELETE ON publication
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER published_figure_guard BEFORE UPDATE OR DELETE ON published_figure
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER metric_profile_guard BEFORE UPDATE OR DELETE ON metric_profile
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("store", "0018_bounded_lists"),
    ]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FACT_LIMIT, "DROP TABLE fact_limit")],
            state_operations=[
                migrations.CreateModel(
                    name="FactLimit",
                    fields=[
                        ("unit", models.CharField(max_length=32)),
                        ("grp", models.CharField(max_length=40)),
                        ("matter", models.CharField(max_length=40)),
                        ("region", models.CharField(max_length=32)),
                        ("channel", models.CharField(max_length=20)),
                        ("kind", models.CharField(max_length=14)),
                        ("urgency", models.CharField(max_length=12)),
                        ("enterprise", models.BooleanField()),
                        ("joint", models.BooleanField()),
                        ("exempt", models.BooleanField()),
                        ("adopted", models.BooleanField()),
                        ("outcome", models.CharField(max_length=14)),
                        ("made", models.IntegerField()),
                        ("gone", models.IntegerField(null=True)),
                        ("number", models.BigIntegerField()),
                        ("part", models.SmallIntegerField()),
                        ("clock", models.CharField(max_length=16)),
                        ("turn", models.SmallIntegerField()),
                        ("span", models.SmallIntegerField()),
                        ("lead", models.BooleanField()),
                        ("live", models.BooleanField()),
                        ("started", models.DateTimeField()),
                        ("due", models.DateTimeField(null=True)),
                        ("done", models.DateTimeField(null=True)),
                        ("given", models.DateTimeField(null=True)),
                        ("freed", models.BooleanField()),
                        ("in_time", models.BooleanField()),
                        ("extended", models.BooleanField()),
                        ("reworked", models.BooleanField()),
                        ("shelved", models.BooleanField()),
                        ("asked_return", models.BooleanField()),
                        ("returned", models.BooleanField()),
                        ("day", models.DateField(null=True)),
                        ("since_day", models.DateField()),
                        ("until_day", models.DateField()),
                        ("done_day", models.DateField()),
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "clock",
                                "number",
                                "part",
                                "turn",
                                "span",
                                "made",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "fact_limit",
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="FactOrder",
            fields=[
                ("unit", models.CharField(max_length=32)),
                ("grp", models.CharField(max_length=40)),
                ("matter", models.CharField(max_length=40)),
                ("region", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=14)),
                ("urgency", models.CharField(max_length=12)),
                ("enterprise", models.BooleanField()),
                ("joint", models.BooleanField()),
                ("exempt", models.BooleanField()),
                ("adopted", models.BooleanField()),
                ("outcome", models.CharField(max_length=14)),
                ("made", models.IntegerField()),
                ("gone", models.IntegerField(null=True)),
                ("number", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("day", models.DateField()),
                ("dispatched_day", models.DateField(null=True)),
                ("closed_day", models.DateField(null=True)),
                ("state", models.CharField(max_length=14)),
                ("handled", models.BooleanField()),
                ("legs", models.SmallIntegerField()),
                ("dispatches", models.SmallIntegerField()),
                ("returns_asked", models.SmallIntegerField()),
                ("returns_agreed", models.SmallIntegerField()),
                ("extensions", models.SmallIntegerField()),
                ("parked", models.BooleanField()),
                ("rounds", models.SmallIntegerField()),
                ("chases", models.SmallIntegerField()),
                ("called", models.BooleanField()),
                ("reached", models.BooleanField()),
                ("late_entry", models.BooleanField()),
                ("repeated", models.BooleanField(default=False)),
                ("parent", models.BigIntegerField(null=True)),
                ("person", models.BigIntegerField(null=True)),
                ("received_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("dispatched_at", models.DateTimeField(null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                ("passed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "number", "made", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "fact_order",
            },
        ),
        migrations.CreateModel(
            name="FactRating",
            fields=[
                ("unit", models.CharField(max_length=32)),
                ("grp", models.CharField(max_length=40)),
                ("matter", models.CharField(max_length=40)),
                ("region", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=14)),
                ("urgency", models.CharField(max_length=12)),
                ("enterprise", models.BooleanField()),
                ("joint", models.BooleanField()),
                ("exempt", models.BooleanField()),
                ("adopted", models.BooleanField()),
                ("outcome", models.CharField(max_length=14)),
                ("made", models.IntegerField()),
                ("gone", models.IntegerField(null=True)),
                ("number", models.BigIntegerField()),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("parent", models.BigIntegerField(null=True)),
                ("via", models.CharField(max_length=10)),
                ("first_resolved", models.CharField(max_length=14)),
                ("first_rating", models.CharField(max_length=14)),
                ("resolved", models.CharField(max_length=14)),
                ("rating", models.CharField(max_length=14)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "number", "made", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "fact_rating",
            },
        ),
        migrations.CreateModel(
            name="FactState",
            fields=[
                ("one", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("upto", models.DateTimeField(null=True)),
                ("fill", models.IntegerField(default=0)),
                ("calls_upto", models.DateField(null=True)),
            ],
            options={
                "db_table": "fact_state",
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("metric", models.SmallIntegerField()),
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("dim", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=40)),
                ("n", models.IntegerField()),
                ("good", models.IntegerField()),
                ("part", models.IntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "metric",
                        "span",
                        "first",
                        "dim",
                        "code",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "db_table": "figure",
            },
        ),
        migrations.CreateModel(
            name="MetricRow",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=16, unique=True)),
                ("doc", models.JSONField()),
                ("whole", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "metric",
            },
        ),
        migrations.CreateModel(
            name="PublishedFigure",
            fields=[
                ("publication", models.IntegerField()),
                ("rate", models.CharField(max_length=40)),
                ("dim", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=40)),
                ("n", models.IntegerField()),
                ("good", models.IntegerField()),
                ("part", models.IntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "publication",
                        "rate",
                        "dim",
                        "code",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "db_table": "published_figure",
            },
        ),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("metric", models.SmallIntegerField()),
                ("dim", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("since_day", models.DateField()),
                ("until_day", models.DateField()),
                ("done_day", models.DateField()),
                ("n", models.IntegerField()),
                ("good", models.IntegerField()),
                ("part", models.IntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "metric",
                        "day",
                        "dim",
                        "code",
                        "since_day",
                        "until_day",
                        "done_day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "db_table": "rollup",
            },
        ),
        migrations.CreateModel(
            name="MetricProfile",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("version", models.IntegerField()),
                ("effective_from", models.DateField()),
                ("doc", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("loaded_at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "metric_profile",
                "constraints": [models.UniqueConstraint(fields=("name", "version"), name="metric_profile_once")],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("span", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("stage", models.CharField(max_length=12)),
                ("profile", models.SmallIntegerField()),
                ("rules", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("fill", models.IntegerField()),
                ("inputs", models.CharField(max_length=64)),
                ("orders", models.IntegerField()),
                ("reason", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "db_table": "publication",
                "indexes": [models.Index(fields=["span", "first", "id"], name="publication_window")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stage", "final")), fields=("span", "first"), name="publication_final_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            AFTER,
            "DROP VIEW fact_call; DROP TRIGGER publication_guard ON publication;"
            "DROP TRIGGER published_figure_guard ON published_figure;"
            "DROP TRIGGER metric_profile_guard ON metric_profile",
        ),
        migrations.RunSQL("INSERT INTO fact_state (one, fill) VALUES (1, 0)", migrations.RunSQL.noop),
    ]
