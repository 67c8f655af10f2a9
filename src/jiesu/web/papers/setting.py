"""Setting a paper: typst for PDF, a .docx template that a city may replace. What stands on it comes as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

from django.http import HttpResponse

from jiesu.store.datadir import DataDir

PAPERS: Final = Path(__file__).resolve().parent
OWN: Final = "templates"
"""Where a city lays .docx templates of its own, beneath the data directory."""
TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@lru_cache(maxsize=1)
def fonts() -> Any:
    """The Chinese fonts that come with the installation, whatever the machine has."""
    import pylopdf_fonts_zh_cn  # noqa: PLC0415 - 17 MB that only printing needs
    import typst  # noqa: PLC0415

    own = [str(pylopdf_fonts_zh_cn.sans_path().parent)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=own)


def typeset(template: str, content: Mapping[str, Any], form: Literal["pdf", "png"] = "pdf", **how: Any) -> Any:
    """``content`` set by a typst file of this folder: bytes of a PDF, or of one PNG for each page (a list, or bytes
    where there is one). It reaches the file as ``data``, and nothing of it is read as markup."""
    import typst  # noqa: PLC0415 - loaded when somebody prints

    told = {"data": json.dumps(content, ensure_ascii=False)}
    source, options = PAPERS / template, {"font_paths": fonts(), "ignore_system_fonts": True, **how}
    return typst.compile(source, root=PAPERS, format=form, sys_inputs=told, **options)


def pdf(template: str, content: Mapping[str, Any]) -> bytes:
    made: bytes = typeset(template, content)
    return made


def docx(template: str, content: Mapping[str, Any], own: str) -> bytes:
    """``content`` in a .docx template: the city's own of the name ``own`` where there is one, else that of this
    folder."""
    from docxtpl import DocxTemplate  # noqa: PLC0415 - loaded when somebody prints

    mine = DataDir.choose().root / OWN / f"{own}.docx"
    paper = DocxTemplate(mine if mine.exists() else PAPERS / template)
    paper.render(dict(content), autoescape=True)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def attached(content: bytes, name: str, form: str) -> HttpResponse:
    """A paper as a file to keep, under its Chinese name."""
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{form}')}"
    return response
