"""An order as a JSON document and back. What holds nothing is left out, so that a closed order stays small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, fields
from datetime import datetime
from typing import Any, Final, get_type_hints

import msgspec

from jiesu.domain import order as domain_order
from jiesu.domain.order import Callback, Clock, Leg, Order, Request

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Order).decode


def _plan(kind: type[Any]) -> list[tuple[str, Any]]:
    return [(one.name, one.default if one.default is not MISSING else MISSING) for one in fields(kind)]


_PLANS = {kind: _plan(kind) for kind in (Order, Leg, Request, Callback, Clock)}


def slim(thing: Any) -> dict[str, Any]:
    """The fields of ``thing`` that differ from their defaults, and those that have none."""
    held: dict[str, Any] = {}
    for name, default in _PLANS[type(thing)]:
        value = getattr(thing, name)
        if value is None or value == default:
            continue
        if isinstance(value, list | dict):
            if not value:
                continue
            value = _slim_all(value)
        held[name] = value
    return held


def _slim_all(value: list[Any] | dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: slim(one) if type(one) in _PLANS else one for key, one in value.items()}
    return [slim(one) if type(one) in _PLANS else one for one in value]


def write_order(order: Order) -> str:
    return _encode(slim(order)).decode()


def read_order(text: str | bytes) -> Order:
    return _decode(text)


def _twins() -> dict[str, type[msgspec.Struct]]:
    """For each kind of thing a structure with the same fields, which is read and compared much faster."""
    twins: dict[str, type[msgspec.Struct]] = {}
    for kind in (Clock, Leg, Request, Callback, Order):
        hints = get_type_hints(kind, vars(domain_order) | twins)
        twins[kind.__name__] = msgspec.defstruct(kind.__name__, [_field(one, hints) for one in fields(kind)], gc=False)
    return twins


def _field(one: Field[Any], hints: dict[str, Any]) -> tuple[str, Any, Any]:
    if one.default_factory is not MISSING:
        return one.name, hints[one.name], msgspec.field(default_factory=one.default_factory)
    return one.name, hints[one.name], msgspec.NODEFAULT if one.default is MISSING else one.default


_Twin: Any = _twins()["Order"]
_decode_twin = msgspec.json.Decoder(_Twin).decode


def is_document_of(text: str | bytes, order: Order) -> bool:
    """Whether ``read_order`` would give an order equal to this one; False too when the text is none."""
    try:
        return bool(_decode_twin(text) == msgspec.convert(order, _Twin, from_attributes=True))
    except ValueError:
        return False


def write_data(data: Any) -> str:
    """An event's data as the text that is kept and hashed."""
    return _encode(data).decode()


read_data: Final = msgspec.json.Decoder().decode
"""An event's data from its text, or any other document. ValueError when the text is none."""
read_mapping: Final = msgspec.json.Decoder(dict[str, Any]).decode
"""As ``read_data``; ValueError too when it is anything else than a mapping."""


def as_written(moments: Sequence[datetime]) -> list[str]:
    """Moments in UTC as an event's data spells them: what ``order.stamp`` gives, for many at the price of one."""
    return list(msgspec.to_builtins(moments))
