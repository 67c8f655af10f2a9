"""Orders: register, read, list, their events, and every move. Plain views: this is what other systems call all day."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse

from jiesu.api import facts, shapes, shown
from jiesu.api.answer import answer
from jiesu.api.gate import bad_key, endpoint, known, read_body, read_query, secret_of, signed_in, unknown_names
from jiesu.domain import words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.moves import MOVES, Move
from jiesu.domain.order import Actor
from jiesu.domain.permissions import sees
from jiesu.domain.rules import Rules
from jiesu.domain.sight import from_outside, hides_event
from jiesu.store import idempotency, listing, orders, people
from jiesu.store import rules as rules_store
from jiesu.store.idempotency import AlreadyAnswered, Answered, Key
from jiesu.store.people import Known
from jiesu.store.record import Loaded
from jiesu.workflow import intake, step
from jiesu.workflow.step import Taken

MOST_ROWS: Final = 100
USUAL_ROWS: Final = 20
MOST_EVENTS: Final = 500
_KEY: Final = re.compile(r"[!-~]{1,120}")
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_DEMANDER: Final = {"name": 60, "phone": 40, "address": 200, "company": 120, "credit_code": 40}
_DEMANDER_ZH: Final = {
    "name": "姓名",
    "phone": "电话",
    "address": "地址",
    "company": "单位名称",
    "credit_code": "统一社会信用代码",
}
_canonical = msgspec.json.Encoder(order="sorted").encode


@endpoint("GET", "POST")
def orders_(request: HttpRequest) -> HttpResponse:
    """``POST`` registers an order, ``GET`` lists those that the token may see."""
    return _register(request) if request.method == "POST" else _list(request)


# -- register


def _register(request: HttpRequest) -> HttpResponse:
    """201 with the new order; 200 with the same order when the same key comes again with the same body."""
    actor, named, answered = _who_and_key(request)
    body = read_body(request)
    key = _key(actor, named, body)
    if key and answered:
        return _registered(_again(actor, key, answered), 200)
    given, demander = _demand(body)
    try:
        taken = intake.register(
            by=actor, now=datetime.now(UTC), facts=given, demander=demander, source=actor.id, once=key
        )
    except AlreadyAnswered as rival:
        return _registered(_again(actor, rival.key, idempotency.answer(rival.key)), 200)
    return _registered(_taken(actor, taken), 201)


def _who_and_key(request: HttpRequest) -> tuple[Actor, str | None, Answered | None]:
    """Whose token it is, the request's Idempotency-Key if it has one, and what that was answered with. One statement.

    Raises 401, and 400 for a key that is none.
    """
    secret, named = secret_of(request), request.META.get("HTTP_IDEMPOTENCY_KEY")
    if named is not None and not _KEY.fullmatch(named):
        raise bad_key()
    actor, answered = known(idempotency.token_and_answer(secret, named or ""))
    return actor, named, answered


def _key(actor: Actor, named: str | None, asked: dict[str, Any]) -> Key | None:
    return Key(int(actor.id[1:]), named, _canonical(asked).decode()) if named else None


def _demand(body: dict[str, Any]) -> tuple[dict[str, Any], Known | None]:
    """The facts of ``register`` and the demander."""
    move = MOVES["register"]
    allowed = (*facts.names_of(move), "demander")
    unknown = [name for name in body if name not in allowed]
    if unknown:
        raise unknown_names(unknown, allowed, "项目")
    given = facts.read(move, {name: value for name, value in body.items() if name != "demander"})
    demander = _demander(body.get("demander"))
    if demander and given.get("anonymous"):
        raise Refused("匿名登记不记诉求人，请去掉 demander 或 anonymous", code="bad_fact", field="demander")
    return given, demander


def _demander(given: Any) -> Known | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Refused("“demander”须是一个对象", code="bad_fact", field="demander")
    unknown = [name for name in given if name not in _DEMANDER]
    if unknown:
        raise unknown_names(unknown, _DEMANDER, "诉求人项目")
    for name, value in given.items():
        if value is not None and (not isinstance(value, str) or len(value) > _DEMANDER[name] or "\0" in value):
            said = f"诉求人的“{_DEMANDER_ZH[name]}”须是 {_DEMANDER[name]} 字以内的文字"
            raise Refused(said, code="bad_fact", field=f"demander.{name}")
    known_ = Known(**{name: value.strip() for name, value in given.items() if value})
    if not known_ and any(getattr(known_, one.name) for one in fields(known_)):
        raise Refused("诉求人至少要有姓名、电话、单位名称或统一社会信用代码之一", code="bad_fact", field="demander")
    return known_ or None


def _again(actor: Actor, key: Key, answered: Answered | None) -> shapes.Order:
    """The order that this key was answered with, as it is now; 422 when the body is another one."""
    if answered is None or not answered.same(key.body):
        raise Refused(
            "这个 Idempotency-Key 已用于另一个内容不同的请求；重试请原样重发，新的请求请换一个",
            code="idempotency_key_reused",
            field="Idempotency-Key",
        )
    loaded, rules = _load(actor, str(answered.number))
    return _whole(actor, loaded, rules)


def _registered(order: shapes.Order, status: int) -> HttpResponse:
    said = answer(order, status)
    said.headers["Location"] = f"/api/v1/orders/{order.number}"
    return said


# -- read


@endpoint("GET")
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order with its words and its demander, as the token's role may see them."""
    actor = signed_in(request)
    read_query(request)
    loaded, rules = _load(actor, number)
    one = loaded.order
    return answer(
        shown.order(
            actor,
            one,
            rules,
            title=loaded.title,
            place=loaded.place,
            demander=shown.demander(actor, one, people.read(one.person)),
            texts=shown.texts(actor, one, orders.texts(one.number)),
        )
    )


def _load(actor: Actor, number: str) -> tuple[Loaded, Rules]:
    found = orders.load(int(number)) if _NUMBER.fullmatch(number) else None
    if found is None:
        raise NotFound("没有这张工单，请核对工单号")
    loaded, snapshot = found
    if not sees(actor, loaded.order):
        raise Forbidden("这张工单不在您的办理范围内")
    return loaded, rules_store.at(snapshot)


def _whole(actor: Actor, loaded: Loaded, rules: Rules) -> shapes.Order:
    return shown.order(actor, loaded.order, rules, title=loaded.title, place=loaded.place)


def _taken(actor: Actor, taken: Taken) -> shapes.Order:
    rules = rules_store.at(taken.event.rules)
    return shown.order(actor, taken.order, rules, title=taken.title, place=taken.place)


@endpoint("GET")
def events(request: HttpRequest, number: str) -> HttpResponse:
    """The order's events after ``after``, with their data."""
    actor = signed_in(request)
    query = read_query(request, "after", "limit")
    after = _whole_number(query, "after", 0, 0, 2**31 - 1)
    limit = _whole_number(query, "limit", MOST_EVENTS, 1, MOST_EVENTS)
    loaded, rules = _load(actor, number)
    one = loaded.order
    found = listing.events(one.number, after=after, limit=limit + 1)
    page = found[:limit]
    seen = [made for made in page if not hides_event(actor, one, made.move, made.at)]
    return answer(
        shapes.EventPage(
            number=one.number,
            events=[shown.event(actor, made, one, rules) for made in seen],
            next=page[-1].seq if len(found) > limit else None,
        )
    )


# -- list


def _list(request: HttpRequest) -> HttpResponse:
    actor = signed_in(request)
    query = read_query(request, "state", "unit", "due_before", "cursor", "limit")
    rules = rules_store.current()
    limit = _whole_number(query, "limit", USUAL_ROWS, 1, MOST_ROWS)
    unit = _unit(actor, query.get("unit"), rules)
    held = rules.units.get(unit) if unit else None
    wanted = listing.Wanted(
        limit=limit + 1,
        state=_state(query.get("state")),
        unit=unit,
        section_of=held.parent if held and held.kind == "section" else None,
        due_before=facts.when(query["due_before"], "due_before", "due_before") if "due_before" in query else None,
        below=_read_cursor(query["cursor"]) if "cursor" in query else None,
        calls_hidden=from_outside(actor),
    )
    found = listing.page(wanted)
    page = found[:limit]
    return answer(
        shapes.OrderPage(
            orders=[shown.row(actor, one, rules) for one in page],
            next=_write_cursor(page[-1].number) if len(found) > limit else None,
        )
    )


def _unit(actor: Actor, asked: str | None, rules: Rules) -> str | None:
    """The unit whose orders are listed: a unit's token sees its own alone. Raises 403, and 422 for an unknown one."""
    role, own = actor.roles[0]
    if role in words.UNIT_ROLES:
        if asked not in (None, own):
            raise Forbidden("只能查看本单位的工单")
        return own
    if asked is not None and asked not in rules.units:
        raise Refused("没有这个单位，请核对单位代码", code="bad_parameter", field="unit")
    return asked


def _state(asked: str | None) -> str | None:
    if asked is not None and asked not in words.STATES:
        raise Refused(f"没有这个状态；可用的有：{'、'.join(words.STATES)}", code="bad_parameter", field="state")
    return asked


def _whole_number(query: dict[str, str], name: str, usual: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return usual
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise Refused(f"参数 {name} 须是 {least} 到 {most} 的整数", code="bad_parameter", field=name)
    return int(text)


def _write_cursor(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(8)).rstrip(b"=").decode()


def _read_cursor(text: str) -> int:
    try:
        raw = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    number = int.from_bytes(raw)
    if len(raw) != 8 or number >= 2**63:
        raise Refused("cursor 不对，请原样使用上一页给出的 next", code="bad_parameter", field="cursor")
    return number


# -- moves


@endpoint("POST")
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Make a move: ``{"version": n, "facts": {...}}`` -> the order after it.

    With a key that was answered nothing is made: the order as it is now. A ``reveal`` takes no key, because each time
    that a field is opened stands in the record.
    """
    actor, named, answered = _who_and_key(request)
    body = read_body(request)
    unknown = [one for one in body if one not in ("version", "facts")]
    if unknown:
        raise unknown_names(unknown, ("version", "facts"), "项目")
    key = _key(actor, named, {"order": number, "move": name, **body}) if name != "reveal" else None
    if key and answered:
        return answer(_again(actor, key, answered))
    one = MOVES.get(name)
    try:
        taken = step.take(
            _number(number),
            name,
            by=actor,
            now=datetime.now(UTC),
            facts=_facts(one, body) if one else {},
            seen=_version(one, body),
            once=key,
        )
    except AlreadyAnswered as rival:
        return answer(_again(actor, rival.key, idempotency.answer(rival.key)))
    order = _taken(actor, taken)
    if name == "reveal":
        order.revealed = _revealed(actor, taken)
    return answer(order)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise NotFound("没有这张工单，请核对工单号")
    return int(text)


def _facts(one: Move, body: dict[str, Any]) -> dict[str, Any]:
    if not one.hand:
        raise Refused(f"“{one.zh}”由系统随其他操作记录，不能直接提交", code="not_by_hand")
    return facts.read(one, {} if body.get("facts") is None else body["facts"])


def _version(one: Move | None, body: dict[str, Any]) -> int | None:
    """The version that the caller looked at. Moves beside the state may leave it out: they collide with nothing."""
    version = body.get("version")
    if version is None and (one is None or one.beside):
        return None
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**31:
        raise Refused("请在 version 里写明您看到的工单版本（整数）", code="missing_version", field="version")
    return version


def _revealed(actor: Actor, taken: Taken) -> shapes.Revealed:
    """The field that a recorded ``reveal`` opens. One statement."""
    field = str(taken.event.data["facts"]["field"])
    if field == "text":
        value = orders.texts(taken.order.number).get((1, "text"))
    else:
        known_ = people.read(taken.order.person)
        value = getattr(known_, field) if known_ else None
    return shown.revealed(actor, taken.order, field, value)
