"""``GET /api/v1/moves``: the table of moves as other systems may use it, with the city's own lists of reasons."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Field, Router, Schema

from jiesu.api import facts
from jiesu.api.gate import signed_in
from jiesu.domain import words
from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES, Move
from jiesu.domain.rules import Rules
from jiesu.store import rules as rules_store

router = Router(tags=["流转"])


class FactRow(Schema):
    """办理时填的一项"""

    name: str
    zh: str
    type: str = Field(description="text、line、choice、code、unit、units、matter、region、when、yes、int、order、files")
    json_type: str = Field(description="在 JSON 里是 string、integer、boolean 还是字符串的 array")
    choices: dict[str, str] | None = Field(description="代码和中文；type 是 choice 或 code 时才有")


class MoveRow(Schema):
    """流转表的一行"""

    name: str
    zh: str
    from_: list[str] = Field(alias="from", description="可以从哪些状态开始")
    to: list[str] = Field(description="办后的状态；空表示状态不变")
    by: list[str] = Field(description="哪些角色可办")
    leg: str = Field(
        description="承办单位以什么身份办：lead 牵头、assist 配合、any 均可、summoned 被吹哨、addressed 被批示"
    )
    needs: list[FactRow] = Field(description="必填")
    may: list[FactRow] = Field(description="可填；有的情形规则会要求填")
    beside: bool = Field(description="不改变状态，也不与别人同时的办理冲突")
    by_hand: bool = Field(description="可以提交；false 的由系统随其他操作记录")


class MoveTable(Schema):
    """流转表，连同状态和角色的中文"""

    states: dict[str, str]
    roles: dict[str, str]
    moves: list[MoveRow]


@router.get(
    "/moves",
    response=MoveTable,
    by_alias=True,
    summary="流转表",
    operation_id="moves",
    openapi_extra={"responses": {200: {"description": "流转表"}}},
)
def moves(request: HttpRequest) -> dict[str, object]:
    """每个办理动作：从什么状态到什么状态、谁可以办、必填和可填哪些内容、各有哪些选项。"""
    signed_in(request)
    rules = rules_store.current()
    return {"states": words.STATES, "roles": words.ROLES, "moves": [_row(one, rules) for one in MOVES.values()]}


def _row(one: Move, rules: Rules) -> dict[str, object]:
    told = facts.names_of(one)
    return {
        "name": one.name,
        "zh": one.zh,
        "from": [state for state in (words.NEW, *words.STATES) if state in one.frm],
        "to": list(one.to),
        "by": list(one.by),
        "leg": one.leg,
        "needs": [_fact(name, rules) for name in told if name in one.needs],
        "may": [_fact(name, rules) for name in told if name not in one.needs],
        "beside": one.beside,
        "by_hand": one.hand,
    }


def _fact(name: str, rules: Rules) -> dict[str, object]:
    fact = FACTS[name]
    choices = fact.choices
    if fact.type == "code":
        choices = {code: str(one["name"]) for code, one in rules.reasons.get(fact.of, {}).items()}
    json_type = facts.JSON_TYPES[fact.type]
    return {"name": name, "zh": fact.zh, "type": fact.type, "json_type": json_type, "choices": choices}
