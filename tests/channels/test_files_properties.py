"""Whatever a file holds: a table comes back as it was written, and nothing but a FileProblem ever escapes."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiesu.channels.files import FileProblem, Reject, Row
from jiesu.channels.files.cells import BLANKS
from jiesu.channels.files.formulas import harmless, is_formula
from jiesu.channels.files.moments import Moments
from jiesu.channels.files.records import BadCell
from tests.channels.made_files import opened

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@given(
    texts=st.lists(WORDS, min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
@settings(max_examples=150, deadline=None)
def test_every_text_comes_back_or_is_told(texts: list[str], delimiter: str, encoding: str) -> None:
    """Not one row is lost, doubled or altered: each is there, or is told as a reject."""
    memory = io.StringIO(newline="")
    writer = csv.writer(memory, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    # The first rows are Chinese beyond doubt, as a real file is; a lone odd letter cannot tell its encoding.
    table = [("编号", "诉求内容"), *((f"甲{at}", "停水三天，无人过问") for at in range(3))]
    writer.writerows([*table, *((str(at), text) for at, text in enumerate(texts))])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(memory.getvalue().encode(encoding))
        items = list(opened(path).rows())[3:]
    assert len(items) == len(texts)
    for at, (item, text) in enumerate(zip(items, texts, strict=True)):
        plain = text.strip()
        if plain in BLANKS or is_formula(plain):
            assert isinstance(item, Reject)
            assert item.cells == (str(at), text)
        else:
            assert isinstance(item, Row)
            assert (item.external, item.fields["text"]) == (str(at), plain)


@given(data=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.jsonl", "a.xlsx"]), packed=st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_bytes_break_the_reader(data: bytes, name: str, packed: bool) -> None:
    heading = {"a.csv": "编号,内容\n".encode(), "a.jsonl": b'{"text": "a"}\n', "a.xlsx": b"PK\x03\x04"}[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(heading + data) if packed else heading + data)
        if name == "a.xlsx":
            with pytest.raises(FileProblem):
                opened(path)
            return
        try:
            lines = [item.line for item in opened(path).rows()]
        except FileProblem:
            return
    assert lines == sorted(set(lines))


@given(words=st.text("0123456789-/:年月日时分秒 TZ+.上下午APM", max_size=24))
@settings(max_examples=300, deadline=None)
def test_a_time_is_read_or_refused(words: str) -> None:
    moments = Moments(UTC, datetime(2026, 11, 22, tzinfo=UTC))
    try:
        first = moments.read(words)
    except BadCell:
        return
    assert first[0].utcoffset() is not None
    assert moments.read(words) == first


@given(words=WORDS)
@settings(max_examples=200, deadline=None)
def test_no_formula_leaves_the_house(words: str) -> None:
    assert not is_formula(harmless(words).lstrip())
