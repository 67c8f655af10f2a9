"""Masking of personal data, and which role sees which field of an order. Rule: domain.md §3.

Masks are for display and for texts that leave the record; they cannot be undone. Names inside free text are
not found here: nothing in their letters tells them from other words.
"""

import re
from typing import Final, Literal, get_args

Sight = Literal["full", "masked", "nothing", "reveal"]
Field = Literal["name", "phone", "address", "text", "internal_note", "public_reply", "recording"]

FIELDS: Final[tuple[Field, ...]] = get_args(Field)

_SIGHTS: Final[dict[str, Sight]] = {"F": "full", "M": "masked", "-": "nothing", "R": "reveal"}

# One letter for each of FIELDS, in that order: name, phone, address (where the demander lives), text,
# internal note, public reply, recording of a call. F full, M masked, R masked until opened with a reason.
_ORDINARY: Final = {
    "agent": "FFFF-FR",
    "dispatcher": "RRFFFFR",
    "unit_clerk": "FFFFFF-",
    "unit_leader": "FFFFFF-",
    "section": "RRRMFF-",
    "reviewer": "RRMFFFR",
    "callback_clerk": "FFFFFFF",
    "supervisor": "RRFFFFR",
    "arbiter": "MMMFFFR",
    "inspector": "MMMFFFF",
    "analyst": "---MMF-",
    "city_leader": "MMMFFF-",
    "exemption_approver": "MMMFFF-",
    "administrator": "-----F-",
    "dpo": "RRRRRFR",
    "citizen": "FFFF-F-",
    "system": "-------",
}
# Reports (举报) and secret orders (保密工单): the facts, not the person, outside the few who must reach them.
_GUARDED: Final = {
    "agent": "RFRF-FR",
    "dispatcher": "RRRFFFR",
    "unit_clerk": "---MFF-",
    "unit_leader": "---MFF-",
    "section": "---MFF-",
    "reviewer": "RRRFFFR",
    "callback_clerk": "FFRFFFF",
    "supervisor": "RRRFFFR",
    "arbiter": "---MFF-",
    "inspector": "---MFFR",
    "analyst": "---MMF-",
    "city_leader": "---MFF-",
    "exemption_approver": "---MFF-",
    "administrator": "-------",
    "dpo": "RRRRRFR",
    "citizen": "FFFF-F-",
    "system": "-------",
}
# Of an order that another unit handles, or another citizen brought.
_FOREIGN: Final = "-----F-"
_FOREIGN_GUARDED: Final = "-------"
_BOUND_TO_OWN: Final = ("unit_clerk", "unit_leader", "section", "citizen")

ROLES: Final = frozenset(_ORDINARY)


def _rows() -> dict[tuple[str, bool, bool], str]:
    rows = {}
    for role in _ORDINARY:
        bound = role in _BOUND_TO_OWN
        rows[role, True, False] = _ORDINARY[role]
        rows[role, True, True] = _GUARDED[role]
        rows[role, False, False] = _FOREIGN if bound and role != "citizen" else _ORDINARY[role]
        rows[role, False, True] = _FOREIGN_GUARDED if bound else _GUARDED[role]
    rows["citizen", False, False] = _FOREIGN_GUARDED
    return rows


_TABLE: Final[dict[tuple[str, str, bool, bool], Sight]] = {
    (role, name, own, guarded): _SIGHTS[letter]
    for (role, own, guarded), letters in _rows().items()
    for name, letter in zip(FIELDS, letters, strict=True)
}


def sees(role: str, field: str, *, own_unit: bool, secret: bool, kind: str) -> Sight:
    """How `role` sees `field` of an order.

    "full", "masked", "nothing", or "reveal": masked until opened with a stated reason, and the opening is
    recorded. `own_unit`: the person's unit has a leg in the order (for a citizen: the order is their own);
    the centre's roles do not depend on it. Orders that are `secret` or of kind "report" show units the facts,
    not the person. ValueError for a role or field that does not exist. Source: domain.md §3.
    """
    sight = _TABLE.get((role, field, own_unit, secret or kind == "report"))
    if sight is None:
        raise ValueError(f"no rule says what role {role!r} sees of {field!r}")
    return sight


def shown(field: str, value: str, sight: Sight) -> str:
    """The value as it stands on the page: whole, masked (also for "reveal"), or empty."""
    if sight == "full":
        return value
    if sight == "nothing" or field == "recording":
        return ""
    match field:
        case "name":
            return mask_name(value)
        case "phone":
            return mask_phone(value)
        case "address":
            return mask_address(value)
    return mask_text(value)


_COMPOUND_SURNAMES: Final = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文")
    + ("司徒", "司空", "夏侯", "端木", "独孤", "南宫", "拓跋", "轩辕", "呼延", "完颜")
)
_HONORIFICS: Final = ("先生", "女士", "小姐", "师傅", "老师", "大爷", "大妈", "阿姨", "同志")
_SURNAME_CALLED: Final = re.compile(rf"(?P<surname>\w{{1,2}})(?:{'|'.join(_HONORIFICS)})")


def mask_name(name: str) -> str:
    """The surname and a star for each other character, at most three: 张**, 欧阳**. 张先生 stays as it is."""
    name = name.strip()
    called = _SURNAME_CALLED.fullmatch(name)
    if called and (len(called["surname"]) == 1 or called["surname"] in _COMPOUND_SURNAMES):
        return name
    kept = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    return name and name[:kept] + "*" * min(3, max(1, len(name) - kept))


def mask_phone(phone: str) -> str:
    """First three and last four digits of a mobile: 138****5678; area code and last four of a landline.

    Separators stay. A local number keeps its last four digits, one of fewer than seven digits none.
    """
    digits = "".join(filter(str.isdigit, phone))
    country = len(digits) - len(digits.removeprefix("00").removeprefix("86"))
    if len(digits) < 7:
        return _starred(phone, 0, 0)
    if len(digits) - country == 11 and digits[country] == "1":
        return _starred(phone, country + 3, 4)
    if digits[0] == "0":
        return _starred(phone, 3 if digits[1] in "12" else 4, 4)
    return _starred(phone, 3 if len(digits) > 9 else 0, 4)


def mask_id(number: str) -> str:
    """First three and last four of an identity number; of a document below 15 signs, first and last two."""
    return _starred(number, 3, 4) if len(number) >= 15 else _starred(number, 1, 2)


def mask_card(number: str) -> str:
    """The last four digits of a bank card."""
    return _starred(number, 0, 4)


def mask_email(address: str) -> str:
    """First letter and domain: z***@163.com."""
    mailbox, _, domain = address.partition("@")
    return f"{mailbox[:1]}***@{domain}"


def mask_plate(plate: str) -> str:
    """Province, letter and the last two signs: 甘B***45."""
    return plate[:2] + "*" * (len(plate) - 4) + plate[-2:]


_ADDRESS_NUMBER: Final = re.compile(
    r"[A-Za-z]?\d+|[A-Za-z](?=座|栋|幢|区|单元)|[零〇一二三四五六七八九十百]+(?=号|栋|幢|座|单元|室|楼|层|户|组|门)"
)


def mask_address(address: str) -> str:
    """Road and estate stay, the numbers of house, stair and room do not: 雄关路*号*栋*单元*."""
    return _ADDRESS_NUMBER.sub("*", address)


def _starred(text: str, first: int, last: int) -> str:
    """`text` with stars for its letters and digits, but the first and last few; other signs stay."""
    places = [at for at, sign in enumerate(text) if sign.isalnum()]
    signs = list(text)
    for at in places[first : len(places) - last]:
        signs[at] = "*"
    return "".join(signs)


# Groups of a number may stand apart.
_GAP: Final = r"[ \-－—]?"
_MONTH_DAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PLATE_START: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_PLATE_SIGN: Final = "[A-HJ-NP-Z0-9]"
_PLATE: Final = (
    rf"[{_PLATE_START}](?i:[A-HJ-Z][·• ]?(?=[A-Z]{{0,3}}\d)"
    rf"(?:{_PLATE_SIGN}{{4}}[挂学警港澳]|{_PLATE_SIGN}{{5,6}}(?![A-Z0-9])))"
)
_PERSONAL: Final = re.compile(
    r"(?P<email>(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,5})"
    rf"|(?P<plate>{_PLATE})"
    r"|(?<![\d*])(?:"
    rf"(?P<id>[1-8]\d{{5}}{_GAP}(?:1[89]|20)\d\d{_MONTH_DAY}{_GAP}\d{{3}}[\dXxＸｘ]|[1-8]\d{{7}}{_MONTH_DAY}\d{{3}})"
    rf"|(?P<card>[3-6]\d{{3}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?)"
    rf"|(?P<mobile>(?:(?:[+＋]|00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?! ?[元万亿]))"
    rf"|(?P<landline>0\d{{2,3}}[)）]?{_GAP}[2-8]\d{{2,3}}{_GAP}\d{{4}})"
    r")(?!\d)"
    r"|(?P<cue>(?:电话|座机|固话|联系方式|致电|拨打)[^\d\n*]{0,4})"
    rf"(?P<local>[2-8]\d{{2,3}}{_GAP}\d{{4}})(?!\d)"
)
# Most texts hold none of it; two cheap searches find that out.
_DIGITS: Final = re.compile(r"[0-9０-９](?:[ \-－—)）]?[0-9０-９]){6}")
_PLATE_HINT: Final = re.compile(f"[{_PLATE_START}][A-HJ-Za-hj-z]")
_FULL_WIDTH_DIGITS: Final = {ord(wide): str(value) for value, wide in enumerate("０１２３４５６７８９")}
_MASKS: Final = {
    "email": mask_email,
    "plate": mask_plate,
    "id": mask_id,
    "card": mask_card,
    "mobile": mask_phone,
    "landline": mask_phone,
}


def mask_text(text: str) -> str:
    """The text with phones, identity numbers, bank cards, e-mail addresses and number plates masked.

    A bare local number is taken for a phone only after a word such as 电话; hotlines (12345, 95598, 400...),
    dates, amounts and order numbers stay. Full-width digits may come back as ASCII; masking again changes
    nothing.
    """
    if "@" in text or _DIGITS.search(text) or _PLATE_HINT.search(text):
        return _PERSONAL.sub(_masked, text.translate(_FULL_WIDTH_DIGITS))
    return text


def _masked(found: re.Match[str]) -> str:
    if found["local"]:
        return found["cue"] + mask_phone(found["local"])
    return _MASKS[found.lastgroup or ""](found[0])
