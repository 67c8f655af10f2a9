"""A bulletin as PDF, and its charts as pictures, set by typst in the fonts that come with the installation."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from jiesu.assessment.bulletin.content import Bulletin, Chart

_SOURCE: Final = Path(__file__).with_name("bulletin.typ")


def pdf(bulletin: Bulletin) -> bytes:
    """The bulletin as PDF, A4, in the layout of GB/T 9704."""
    made: bytes = _set(asdict(bulletin), "pdf")
    return made


def picture(chart: Chart) -> bytes:
    """A chart as PNG, 156 mm wide, drawn as in the PDF."""
    made: Any = _set({"only": asdict(chart)}, "png", ppi=200.0)
    return bytes(made if isinstance(made, bytes) else made[0])


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """The Chinese fonts that come with the installation, whatever the machine has."""
    import pylopdf_fonts_zh_cn  # noqa: PLC0415 - 17 MB that only printing needs
    import typst  # noqa: PLC0415

    own = [str(pylopdf_fonts_zh_cn.sans_path().parent)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=own)


def _set(content: dict[str, Any], form: Literal["pdf", "png"], **how: Any) -> Any:
    import typst  # noqa: PLC0415 - loaded when somebody prints

    told = {"data": json.dumps(content, ensure_ascii=False)}
    return typst.compile(
        _SOURCE.read_bytes(), format=form, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=told, **how
    )
