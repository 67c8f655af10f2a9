"""Other systems as they call the API: one token for each of the people of the stories."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tests.city import CENTER, HEAT, HOUSING

STREET_FARM: Final = "U0114"
SECTION: Final = "U030101"

# Who holds which token. 园林 is not in any story: it must see nothing.
HOLDERS: Final[Mapping[str, tuple[str, str]]] = {
    "zhou": ("agent", CENTER),
    "chen": ("dispatcher", CENTER),
    "liu": ("unit_clerk", HEAT),
    "ma": ("unit_leader", HEAT),
    "section": ("unit_clerk", SECTION),
    "xu": ("unit_clerk", HOUSING),
    "stranger": ("unit_clerk", STREET_FARM),
    "he": ("reviewer", CENTER),
    "fang": ("callback_clerk", CENTER),
    "du": ("supervisor", CENTER),
    "analyst": ("analyst", CENTER),
    "cai": ("arbiter", CENTER),
    "guan": ("administrator", CENTER),
    "shen": ("city_leader", "U0001"),
    "dpo": ("dpo", CENTER),
    "exchange": ("exchange", CENTER),
}

DEMAND: Final[Mapping[str, Any]] = {
    "channel": "phone",
    "text": "我想恢复供热，交了钱一周没人来开阀，电话13912345678",
    "title": "恢复供热一周无人开阀",
    "kind": "help",
    "matter": "03.05",
    "region": "R0103",
    "place": "工人村二区3号楼",
    "demander": {"name": "吴桂兰", "phone": "13800002222", "address": "工人村二区3号楼2单元501"},
}
REPLY: Final[Mapping[str, Any]] = {
    "measures": "上门开阀并排气",
    "internal_note": "阀门锈死，换了新的",
    "public_reply": "已为您更换阀门并恢复供热。",
    "claim": "solved",
}


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class Callers:
    """The tokens of this database, and calls with them through Django's test client."""

    def __init__(self) -> None:
        from jiesu.store import staff

        now = datetime.now(UTC)
        self.secrets = {
            name: staff.make_token(name, role=role, unit=unit, now=now) for name, (role, unit) in HOLDERS.items()
        }

    def get(self, who: str, path: str, **headers: str) -> Said:
        return self.call("GET", path, who, headers=headers)

    def post(self, who: str, path: str, body: Any, **headers: str) -> Said:
        return self.call("POST", path, who, json.dumps(body), headers=headers)

    def call(
        self,
        method: str,
        path: str,
        who: str | None = None,
        data: str | bytes = "",
        *,
        type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """One request; header names are given with underscores."""
        from django.test import Client

        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.secrets[who]}"
        answered = Client().generic(method, f"/api/v1{path}", data, content_type=type, headers=sent)
        return Said(answered.status_code, json.loads(answered.content), dict(answered.headers))

    def register(self, who: str = "zhou", **changes: Any) -> int:
        """A new order's number; ``None`` leaves a part of the usual demand out."""
        body = {name: value for name, value in {**DEMAND, **changes}.items() if value is not None}
        said = self.post(who, "/orders", body)
        assert said.status == 201, said.body
        return int(said.body["number"])

    def move(self, who: str, number: int, name: str, version: int | None = None, **facts: Any) -> Said:
        body = {"version": version, "facts": facts} if version else {"facts": facts}
        return self.post(who, f"/orders/{number}/moves/{name}", body)

    def done(self, who: str, number: int, name: str, **facts: Any) -> Any:
        """A move that must succeed, on the version that the order has now; the order after it."""
        from jiesu.store import orders

        found = orders.load(number)
        assert found is not None
        said = self.move(who, number, name, found[0].order.version, **facts)
        assert said.status == 200, said.body
        return said.body

    def handling(self, **changes: Any) -> int:
        """An order in the hands of 供热公司."""
        number = self.register(**changes)
        self.done("chen", number, "accept")
        self.done("chen", number, "dispatch", lead=HEAT)
        self.done("liu", number, "acknowledge")
        return number

    def in_callback(self, **changes: Any) -> int:
        """An order whose reply passed review."""
        number = self.handling(**changes)
        self.done("liu", number, "first_contact", contact="reached", note="已和住户约好上门时间")
        self.done("ma", number, "reply", **REPLY)
        self.done("he", number, "pass_review")
        return number


def told(said: Said) -> tuple[int, str, str]:
    """Status, code and message of what was not done, once it is sure that it is the one shape."""
    assert said.headers["Content-Type"] == "application/json; charset=utf-8"
    assert list(said.body["error"]) == ["code", "message", "field"]
    return said.status, said.code, said.message


def counts() -> tuple[int, ...]:
    """Orders, events, people, keys."""
    from jiesu.store import sql

    return sql.rows(
        "SELECT (SELECT count(*) FROM work_order), (SELECT count(*) FROM event), (SELECT count(*) FROM person),"
        " (SELECT count(*) FROM idempotency_key)"
    )[0]
