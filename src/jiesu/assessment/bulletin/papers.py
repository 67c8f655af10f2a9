"""A bulletin's three forms, ready to be kept or sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from jiesu.assessment.bulletin.content import Bulletin
from jiesu.assessment.bulletin.sheets import xlsx
from jiesu.assessment.bulletin.typeset import pdf
from jiesu.assessment.bulletin.word import docx

FORMS: Final[Mapping[str, Callable[[Bulletin], bytes]]] = {"docx": docx, "xlsx": xlsx, "pdf": pdf}
TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
