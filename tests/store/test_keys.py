"""Keys are made once, kept apart from the database, and what an old one sealed stays readable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jiesu.store import crypto, keys
from jiesu.store.datadir import CannotStart, DataDir

NO_SETTINGS: dict[str, str] = {}


@pytest.fixture
def ring() -> Iterator[keys.Ring]:
    """A ring of the test's own in use; afterwards the run's is back."""
    made = keys.new_ring()
    crypto.use(made)
    yield made
    former = keys.load(DataDir.choose())
    assert former is not None
    crypto.use(former)


def test_the_first_start_makes_keys_that_only_the_owner_can_read(data: DataDir) -> None:
    assert keys.load(data, NO_SETTINGS) is None
    made = keys.load_or_make(data, NO_SETTINGS)
    assert keys.load_or_make(data, NO_SETTINGS) == made
    assert oct(data.keys.stat().st_mode & 0o777) == "0o600"
    assert [(key.id, key.purpose, len(key.secret), key.active) for key in made.keys] == [
        (1, "data", 32, True),
        (2, "search", 32, True),
    ]


def test_two_first_starts_at_once_end_with_the_same_keys(data: DataDir) -> None:
    data.prepare()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys.load_or_make(data, NO_SETTINGS), range(16)))
    assert made == [made[0]] * 16


def test_lost_keys_are_not_replaced_beside_a_database_that_needs_them(data: DataDir) -> None:
    keys.load_or_make(data, NO_SETTINGS)
    data.cluster.mkdir()
    data.keys.unlink()
    with pytest.raises(CannotStart, match="没有原来的密钥，已加密的内容无法读取"):
        keys.load_or_make(data, NO_SETTINGS)
    assert not data.keys.exists()


def test_an_outside_database_needs_keys_named(data: DataDir, tmp_path: Path) -> None:
    outside = {"DATABASE_URL": "postgresql://db/jiesu"}
    with pytest.raises(CannotStart, match="必须同时设置 JIESU_KEYS"):
        keys.load_or_make(data, outside)
    text = keys.to_json(keys.new_ring())
    elsewhere = tmp_path / "keys.json"
    elsewhere.write_text(text)
    from_file = keys.load(data, {**outside, "JIESU_KEYS": str(elsewhere)})
    assert from_file == keys.load(data, {**outside, "JIESU_KEYS": text})
    assert not data.root.exists()


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda whole: whole["keys"].pop(), "不完整"),
        (lambda whole: whole["keys"][1].update(id=1), "不完整"),
        (lambda whole: whole["keys"][0].update(active=False), "不完整"),
        (lambda whole: whole["keys"][0].update(secret="c2hvcnQ="), "读不懂"),
        (lambda whole: whole.pop("django_secret"), "读不懂"),
    ],
)
def test_a_damaged_key_file_is_refused_and_not_quoted(spoil: object, complaint: str) -> None:
    whole = json.loads(keys.to_json(keys.new_ring()))
    secret = whole["keys"][0]["secret"]
    spoil(whole)  # type: ignore[operator]
    with pytest.raises(CannotStart, match=complaint) as refusal:
        keys.from_json(json.dumps(whole), "keys.json")
    assert secret not in str(refusal.value)


def test_what_was_sealed_opens_in_its_own_row_only(ring: keys.Ring) -> None:
    key, blob = crypto.seal("供热公司刘姐", aad=b"person:1:name")
    assert (key, len(blob)) == (1, 12 + len("供热公司刘姐".encode()) + 16)
    assert crypto.unseal_text(key, blob, b"person:1:name") == "供热公司刘姐"
    assert crypto.unseal_text(key, memoryview(blob), b"person:1:name") == "供热公司刘姐"  # type: ignore[arg-type]
    for number, moved, row in (
        (key, blob, b"person:2:name"),
        (key, blob[:-1] + bytes([blob[-1] ^ 1]), b"person:1:name"),
        (key, b"", b"person:1:name"),
        (77, blob, b"person:1:name"),
    ):
        with pytest.raises(crypto.CannotUnseal):
            crypto.unseal(number, moved, row)


def test_the_same_words_are_never_sealed_alike(ring: keys.Ring) -> None:
    assert len({crypto.seal("同一句话", aad=b"a")[1] for _ in range(100)}) == 100


def test_after_a_rotation_old_texts_open_and_old_rows_are_found(ring: keys.Ring) -> None:
    sealed = crypto.seal("旧的", aad=b"a")
    found_before = crypto.search_hash("13800138000")
    crypto.use(ring.rotated("data").rotated("search"))
    assert crypto.unseal_text(*sealed, b"a") == "旧的"
    assert crypto.seal("新的", aad=b"a")[0] == 3
    assert crypto.search_hash("13800138000")[0] == 4
    assert crypto.search_hashes("13800138000") == [crypto.search_hash("13800138000"), found_before]


def test_a_search_hash_is_short_steady_and_useless_without_the_key(ring: keys.Ring) -> None:
    first = crypto.search_hash("13800138000")
    assert (first, len(first)) == (crypto.search_hash("13800138000"), 17)
    crypto.use(keys.new_ring())
    assert crypto.search_hash("13800138000") != first


def test_a_commitment_is_the_published_function() -> None:
    assert crypto.commitment(b"", "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert crypto.commitment(b"\x00" * 16, "漏水") != crypto.commitment(b"\x01" * 16, "漏水")
    assert {len(crypto.new_salt()) for _ in range(3)} == {16}
