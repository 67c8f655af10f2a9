"""An order that went wrong in every way that a page has to show: returned, given to two others, late, sent back."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import struct
import zlib
from typing import Any, Final

from jiesu.domain.order import Actor, Order
from tests import city
from tests.city import CHEN, DU, HE, HOUSING, LIU, MA, MONDAY, REPLY, XU, ZHOU
from tests.web.situations import after

ROADS: Final = "U0203"
WANG: Final = Actor("s914", (("unit_leader", HOUSING),))  # 住建局王处长
PERSON: Final[dict[str, Any]] = {
    "name": "张小凤",
    "phone": "13800001111",
    "place": "工人村二区3栋",
    "title": "楼外热力管道没有保温",
}


def picture(width: int = 640, height: int = 480, colour: tuple[int, int, int] = (200, 120, 60)) -> bytes:
    """A PNG that can be opened."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def kept(content: bytes, name: str, mime: str = "image/png") -> str:
    from jiesu.store import files

    return files.save(content, name=name, mime=mime, by=MA.id, now=MONDAY)


def returned() -> Order:
    """The heating company shows that it is not theirs; the centre agrees within three hours."""
    order = after(city.dispatched(**PERSON), "acknowledge", LIU, 0.9)
    told = {"legal_basis": "共用部位由建设单位负责", "evidence": "产权登记", "leader_name": "马经理"}
    order = after(order, "request_return", LIU, 1, **told, proper_unit=HOUSING)
    return after(order, "agree_return", CHEN, 3, request=1, note="属实")


def crooked() -> Order:
    """Three parts, one returned and one released; an extension; answered late, sent back, answered again."""
    order = after(returned(), "dispatch", CHEN, 1.2, lead=HOUSING, assist=[ROADS], basis="产权属小区共用")
    order = after(order, "acknowledge", XU)
    order = after(order, "chase", ZHOU, 4, note="又来电问什么时候修", via="phone")
    order = after(order, "first_contact", XU, 15, contact="reached", note="约好明早上门")
    order = after(order, "reveal", DU, 1, field="phone", reason="核对诉求人反映")
    order = after(order, "request_extension", WANG, 4, days=3, reason="等保温材料到货")
    order = after(order, "agree_extension", CHEN, 4, request=2)
    before, now = kept(picture(), "旧保温层.png"), kept(picture(colour=(90, 140, 90)), "新保温层.png")
    order = after(order, "interim_reply", XU, 24, measures="已更换 20 米", files=[before])
    order = after(order, "release_leg", CHEN, 4, unit=ROADS, reason="不需要了")
    order = after(order, "reply", WANG, 260, **REPLY, files=[now, before])
    order = after(order, "send_back", HE, 5, send_back="not_answered", reason="没有说明三号楼后身那段")
    return after(order, "reply", WANG, 30, **REPLY, files=[now])
