"""The tables, by what they hold. Orders and events are written by ``store.record`` alone."""

from jiesu.store.models.callbacks import CallbackSample, CallbackTurn, SampleDraw
from jiesu.store.models.calls import AgentState, Call, CallHeard, CallOrder, CallTask
from jiesu.store.models.city import Article, ArticleVersion, CatalogLine, Day, Matter, Place, Region, RosterEntry, Unit
from jiesu.store.models.counts import CountCell, CountDay, CountFilled, DeskFigure
from jiesu.store.models.desk import Draft, NoticeMark, SavedView
from jiesu.store.models.orders import (
    Callback,
    Contact,
    Event,
    File,
    Leg,
    OrderPrint,
    OrderText,
    Person,
    Request,
    SearchText,
    WorkOrder,
)
from jiesu.store.models.privacy import PersonRequest
from jiesu.store.models.record import (
    External,
    IdempotencyKey,
    ImportRun,
    Manifest,
    Notice,
    RulesCurrent,
    RulesPart,
    RulesSnapshot,
    TickAim,
)
from jiesu.store.models.settings import Setting, SettingChange
from jiesu.store.models.staff import Staff, StaffRole, Token

__all__ = [
    "AgentState",
    "Article",
    "ArticleVersion",
    "Call",
    "CallHeard",
    "CallOrder",
    "CallTask",
    "Callback",
    "CallbackSample",
    "CallbackTurn",
    "CatalogLine",
    "Contact",
    "CountCell",
    "CountDay",
    "CountFilled",
    "Day",
    "DeskFigure",
    "Draft",
    "Event",
    "External",
    "File",
    "IdempotencyKey",
    "ImportRun",
    "Leg",
    "Manifest",
    "Matter",
    "Notice",
    "NoticeMark",
    "OrderPrint",
    "OrderText",
    "Person",
    "PersonRequest",
    "Place",
    "Region",
    "Request",
    "RosterEntry",
    "RulesCurrent",
    "RulesPart",
    "RulesSnapshot",
    "SampleDraw",
    "SavedView",
    "SearchText",
    "Setting",
    "SettingChange",
    "Staff",
    "StaffRole",
    "TickAim",
    "Token",
    "Unit",
    "WorkOrder",
]
