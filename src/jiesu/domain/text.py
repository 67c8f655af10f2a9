"""Words of messages: their normal form, the lexemes of full-text search, titles, and dangerous cells.

Chinese has no spaces, so search works on pairs of neighbouring characters (bigrams); a hit is rechecked
against the text by whoever searches. Masking of personal data is in privacy.py and comes first.
"""

import re
from collections.abc import Iterable
from itertools import islice
from operator import add
from unicodedata import normalize

# What is indexed of one text, in characters, and the longest word kept: PostgreSQL takes no lexeme over 2 KB
# and no vector over 1 MB. A query needs no more than a sentence.
INDEXED_CHARACTERS = 20_000
LONGEST_WORD = 40
QUERY_LEXEMES = 64

_HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_HAN_RUN = re.compile(f"[{_HAN}]{{2,}}")
_WORD = re.compile(rf"[^\W_{_HAN}]+")
# Anything but printable ASCII, Han and usual punctuation: only then is the slow normal form worth asking.
_FOLDABLE = re.compile("[^\t-\r -~\u3400-\u9fff〇、。，！？：；“”‘’（）《》【】…—·]")
# Control characters except white space, invisible formatting, half surrogates: unseen, and some unstorable.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = re.compile(r"\s+")

_SENTENCE_END = re.compile(r"[。！？!?；;\r\n]+")
_PAUSES = "，,、：: "
_GREETING = re.compile(
    r"[\s，,：:、]*(?:"
    r"尊敬的[^，,：:]{1,12}(?=[，,：:]|$)"
    r"|[^，,：:]{0,8}(?:领导|书记|市长|局长|主任)们?[，,]?[您你]?好(?=[，,：:\s]|$)"
    r"|[您你]好(?=[，,：:\s]|$)"
    r"|(?:诉求人|市民|群众|居民|来电人|网民|网友)?(?:来电|来信|来访|留言)?(?:反映|咨询|投诉|求助|举报|建议|称)[，,：:]"
    r")[\s，,：:、]*"
)
_SHORTEST_TITLE = 4

# What only a formula has after its sign: a function call, or a call to another program (DDE). Numbers, phone
# numbers, dashes of a list and mentions are text.
_SIGN_FIRST = re.compile(r"[\s\x00-\x1f\u200b-\u200f\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]")
_EQUATION = re.compile(rf"=\s*[^\s={_HAN}]")
_SIGNED_CALL = re.compile(r"[+\-@][\s+\-@=]*(?:[A-Za-z_.]+\d*\s?\(|[^|\n]{0,60}\|[^!\n]*!)")


def normal(text: str) -> str:
    """The normal form for comparing and indexing: NFKC, nothing unseen, white space collapsed, no edges.

    Full-width punctuation becomes ASCII, so this is not for text that people read. Applying it twice changes
    nothing.
    """
    return _SPACES.sub(" ", normalize("NFKC", _UNSEEN.sub("", text))).strip()


def bigrams(text: str) -> list[str]:
    """Search lexemes of a text, repeats included.

    Each pair of neighbours in a run of Han characters; each run of other letters and digits as one lower-case
    word, cut at `LONGEST_WORD`. A Han character that stands alone gives nothing.
    """
    flat = (normal(text) if _FOLDABLE.search(text) else text).lower()
    found = [word[:LONGEST_WORD] for word in _WORD.findall(flat)]
    for run in _HAN_RUN.findall(flat):
        found += map(add, run, run[1:])
    return found


def tsvector_text(text: str) -> str:
    """What PostgreSQL casts to a `tsvector`: quoted lexemes, each once, without positions.

    Only the first `INDEXED_CHARACTERS` characters count. Empty for a text without lexemes.
    """
    return _quoted(dict.fromkeys(bigrams(text[:INDEXED_CHARACTERS])), " ")


def tsquery_text(words: str) -> str | None:
    """What PostgreSQL casts to a `tsquery` that asks for every lexeme of `words`.

    None when there is nothing to ask for (blank, punctuation, a single Han character). Han characters are
    found wherever they stand together, words and numbers only whole; whether all stand in that order is for
    the recheck.
    """
    lexemes = dict.fromkeys(bigrams(words[:INDEXED_CHARACTERS]))
    return _quoted(islice(lexemes, QUERY_LEXEMES), " & ") or None


def _quoted(lexemes: Iterable[str], between: str) -> str:
    # Lexemes are letters and digits only, so nothing inside needs escaping.
    joined = f"'{between}'".join(lexemes)
    return joined and f"'{joined}'"


def fits(text: str, most: int) -> bool:
    """Whether the database can hold `text` in `most` characters: no longer, no NUL, no half surrogate."""
    return len(text) <= most and not _UNSTORABLE.search(text)


def title_of(text: str, limit: int = 40) -> str:
    """The first sentence that says something, without greeting, at most `limit` characters.

    A longer one ends at its last pause in the second half, or is cut, with 「…」. Empty for a blank text.
    """
    title = ""
    for sentence in _SENTENCE_END.split(_UNSEEN.sub("", text[:INDEXED_CHARACTERS])):
        said = _SPACES.sub(" ", _without_greeting(sentence)).strip(_PAUSES)
        title = f"{title}，{said}" if title and said else title or said
        if len(title) >= _SHORTEST_TITLE:
            break
    if len(title) <= limit:
        return title
    pause = max(title.rfind(mark, limit // 2, limit) for mark in _PAUSES)
    return title[: pause if pause > 0 else limit - 1] + "…"


def _without_greeting(sentence: str) -> str:
    at = 0
    while greeting := _GREETING.match(sentence, at):
        at = greeting.end()
    return sentence[at:]


def looks_like_formula(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula or a call to another program.

    Numbers (-5, +86138...), dashes of a list, rules of signs and mentions are text. Full-width signs count,
    because spreadsheets read them too.
    """
    if not _SIGN_FIRST.match(cell):
        return False
    start = normal(cell[:300])
    return bool(_EQUATION.match(start) or _SIGNED_CALL.match(start))
