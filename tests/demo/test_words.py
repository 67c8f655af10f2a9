"""What the made-up city says: fitting, varied, the same for the same seed, and nobody real in it."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from jiesu.demo.city import read as city
from jiesu.demo.words import Said, Speaker
from jiesu.demo.words.grammar import Grammar, speak
from jiesu.demo.words.source import by_season, grammar
from jiesu.domain import words
from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES
from jiesu.domain.workdays import CITY_ZONE

MATTERS, PLACES = city("matters"), city("places")
LEAVES = [one for one in MATTERS if one["code"] not in {other["parent"] for other in MATTERS}]
SPEAKER = Speaker(MATTERS, PLACES)
JANUARY = datetime(2026, 1, 15, 10, tzinfo=CITY_ZONE)
JULY = datetime(2026, 7, 15, 10, tzinfo=CITY_ZONE)
KINDS = ("consultation", "help", "complaint", "suggestion", "report", "praise", "invalid", "nuisance")
SHARES = (60, 17, 14, 2, 1.5, 1.5, 2.5, 1)
CHANNELS = ("phone", "wechat", "web", "mailbox", "letter", "board", "visit", "transfer_110", "transfer_province")


@dataclass(frozen=True)
class Spot:
    name: str
    kind: str


SPOTS = [Spot(one["name"], one["kind"]) for one in PLACES]
ESTATE, ROAD, VILLAGE = Spot("工人村二区", "estate"), Spot("劳模路", "road"), Spot("石门村", "village")
FACTORY = Spot("装备制造产业园", "factory")


def say(rng: Random, matter: str = "03.01", kind: str = "help", **more: Any) -> Said:
    told = {"place": ESTATE, "channel": "phone", "when": JANUARY, "facts": {}, **more}
    return SPEAKER.demand(rng, matter=matter, kind=kind, **told)


def a_year(count: int, seed: int) -> list[Said]:
    """So many demands of a city: all matters, kinds, channels and places, at all hours of a year."""
    rng = Random(seed)
    said = []
    for _ in range(count):
        kind = rng.choices(KINDS, SHARES)[0]
        channel = rng.choices(CHANNELS, (80, 8, 5, 2, 1, 1, 1, 1, 1))[0]
        when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(525_600))
        matter = rng.choice(LEAVES)["code"]
        said.append(say(rng, matter, kind, place=rng.choice(SPOTS), channel=channel, when=when))
    return said


MANY = a_year(20_000, 7)


# -- what there is to say


def test_every_leaf_matter_has_its_own_words() -> None:
    few: list[tuple[str, str, int]] = []
    for code, matter in by_season(grammar(), MATTERS)["winter"].items():
        wordings = sum(len(group) for group in matter.problems)
        counted = {"problems": wordings, "questions": len(matter.questions), "details": len(matter.details)}
        few += [(code, what, count) for what, count in counted.items() if count < (2 if what == "problems" else 1)]
    assert few == []
    assert sorted(by_season(grammar(), MATTERS)["summer"]) == sorted(one["code"] for one in LEAVES)


def test_a_leaf_that_people_ask_about_has_several_questions() -> None:
    found = by_season(grammar(), MATTERS)["autumn"]
    assert [code for code, matter in found.items() if matter.consults and len(matter.questions) < 2] == []


def test_a_parent_matter_stands_for_its_leaves_and_an_unknown_one_is_refused() -> None:
    titles = {say(Random(seed), "03").title for seed in range(40)}
    assert len(titles) > 20
    with pytest.raises(KeyError):
        say(Random(1), "99.99")


# -- variety


def test_no_two_of_twenty_thousand_demands_are_alike() -> None:
    texts, keys = Counter(said.text for said in MANY), Counter(said.key for said in MANY)
    assert 1 - len(texts) / len(MANY) < 0.002
    assert 1 - len(keys) / len(MANY) < 0.003


def test_one_matter_alone_holds_a_winter_of_demands() -> None:
    rng = Random(3)
    said = [say(rng, kind=rng.choice(("help", "complaint", "consultation"))) for _ in range(3_000)]
    assert 1 - len({one.text for one in said}) / len(said) < 0.01


def test_demands_are_short_and_long_as_people_are() -> None:
    lengths = sorted(len(said.text) for said in MANY)
    assert 45 < lengths[len(lengths) // 2] < 90
    assert sum(length < 20 for length in lengths) / len(lengths) < 0.03
    assert lengths[int(len(lengths) * 0.99)] > 150
    assert lengths[-1] < 520


def test_the_same_seed_says_the_same_words() -> None:
    assert a_year(300, 11) == a_year(300, 11)
    assert a_year(50, 11) != a_year(50, 12)


def test_the_key_forgets_digits_and_marks() -> None:
    assert Said("", "3号楼，15度！").key == Said("", "12号楼 9度").key == "号楼度"


# -- clean words


def test_nothing_of_the_machinery_shows() -> None:
    stray = re.compile(r"[{}\[\]|@]|，，|。。|，。|。，|：，|^[，。]|，$|None")
    assert [said for said in MANY if stray.search(said.text) or stray.search(said.title)] == []
    assert [said for said in MANY if not said.title or len(said.title) > 40 or not said.text] == []


def test_the_only_phones_are_numbers_that_nobody_has() -> None:
    found = [number for said in MANY for number in re.findall(r"1\d{10}", said.text)]
    assert [number for number in found if not number.startswith("199000")] == []
    assert 10 < len(found) < 300


def test_titles_say_the_kind() -> None:
    rng = Random(5)
    first = {"consultation": "咨询|的咨询", "praise": "表扬|感谢", "suggestion": "建议", "report": "举报|线索"}
    for kind, expected in first.items():
        titles = [say(rng, "07.06.02", kind, place=ROAD).title for _ in range(60)]
        assert [title for title in titles if not re.search(expected, title) and kind != "report"] == []


# -- fitting the world


def test_snow_is_told_of_in_winter_and_remembered_in_summer() -> None:
    rng = Random(2)
    winter = [say(rng, "08.05", when=JANUARY).text for _ in range(120)]
    summer = [say(rng, "08.05", when=JULY).text for _ in range(120)]
    assert [text for text in winter if "去年冬天" in text] == []
    assert [text for text in summer if "雪停" in text or "一场雪下完" in text] == []


def test_a_village_has_no_storeys_and_no_property_company() -> None:
    rng = Random(4)
    texts = [say(rng, matter, place=VILLAGE).text for matter in ("04.01", "04.02", "05.01") for _ in range(80)]
    assert [text for text in texts if re.search(r"\d层|物业|单元门", text)] == []


def test_morning_and_night_are_told_by_the_citys_own_clock() -> None:
    evening = datetime(2026, 1, 15, 13, tzinfo=UTC)  # 21:00 in the city
    texts = [say(Random(seed), "04.01", when=evening).text for seed in range(120)]
    assert [text for text in texts if "一早起来" in text or "一上午" in text] == []
    with pytest.raises(ValueError, match="aware"):
        say(Random(1), when=datetime(2026, 1, 15, 13))  # noqa: DTZ001


def test_reporters_of_one_event_tell_of_one_place_and_one_thing_in_other_words() -> None:
    rng = Random(6)
    said = [say(rng, "07.02", rng.choice(("help", "complaint")), place=ROAD, facts={"event": 17}) for _ in range(30)]
    spots = {
        match[0] for one in said if (match := re.search(r"劳模路[^，。：；]{0,14}?(?:米|口|处|段|号门)", one.text))
    }
    assert len({one.text for one in said}) == 30
    assert [one for one in said if "劳模路" not in one.text] == []
    assert len(spots) <= 2
    assert [one for one in said if "灯杆" in one.text.split("。")[0] and "锈断" in one.text] == []


def test_a_known_event_is_told_with_its_own_spot_and_words() -> None:
    event = {"id": "main", "spot": "劳模路桥头", "description": "桥头那根主管裂了"}
    texts = [say(Random(n), "04.04", place=ROAD, facts={"event": event}).text for n in range(20)]
    assert [text for text in texts if "桥头那根主管" not in text and "劳模路桥头" not in text] == []


def test_facts_of_the_caller_are_in_the_words() -> None:
    rng = Random(8)
    firm = [say(rng, "19.02", "complaint", place=FACTORY, facts={"company": "雄关恒达有限公司"}) for _ in range(60)]
    assert sum("雄关恒达有限公司" in one.text for one in firm) >= 50
    assert [one for one in firm if "退休工人" in one.text or "老百姓" in one.text] == []
    again = [say(rng, facts={"repeat": True}).text for _ in range(100)]
    assert sum(bool(re.search("上次|上回|第二回|打过|三四遍|又打来|修完没几天|之前有", text)) for text in again) > 45
    secret = [say(rng, "09.03", "report", facts={"secret": True}).text for _ in range(60)]
    assert sum(bool(re.search("保密|别透露|别说是我|名字就不留|不要把我|报复", text)) for text in secret) > 35
    cold = [say(rng, facts={"temperature": -18.4}, channel="letter").text for _ in range(80)]
    assert sum("零下18度" in text for text in cold) > 10
    since = [say(rng, facts={"since": 3}).text for _ in range(80)]
    assert sum("三天" in text for text in since) > 40
    group = [say(rng, facts={"group": 46}, channel="letter").text for _ in range(60)]
    assert sum("46户" in text for text in group) > 20


def test_without_a_place_people_speak_of_here() -> None:
    for kind in KINDS:
        said = say(Random(9), "07.02", kind, place=None)
        assert said.text
        assert "（）" not in said.title


def test_transfers_and_clerks_do_not_say_i() -> None:
    rng = Random(10)
    texts = [say(rng, channel="transfer_110").text for _ in range(200)]
    assert [text for text in texts if "我" in text] == []
    assert [text for text in texts if "110" not in text] == []


def test_contacts_without_a_demand_speak_of_no_matter() -> None:
    rng = Random(12)
    for kind in ("invalid", "nuisance"):
        texts = [say(rng, "03.01", kind).text for _ in range(200)]
        assert [text for text in texts if "暖气" in text or not text.startswith("（")] == []


# -- those who handle it


def test_every_move_that_takes_words_has_words_of_its_own() -> None:
    unspoken = {"register", "adopt", "callback_attempt", "rate", "erase", "absorb", "release_child"}
    text_facts = {name for name, fact in FACTS.items() if fact.type == "text"}
    known = SPEAKER.notes()
    silent = [
        move.name
        for move in MOVES.values()
        if move.name not in unspoken
        and text_facts & set(move.needs)
        and not any(name == move.name or name.startswith((f"{move.name}.", f"{move.name}/")) for name in known)
    ]
    assert silent == []


def test_notes_speak_of_the_unit_the_matter_and_the_day() -> None:
    rng = Random(13)
    facts = {"contact": "reached", "due": datetime(2026, 1, 8, 17, tzinfo=UTC), "place": "工人村二区"}
    notes = [
        SPEAKER.note(rng, move="first_contact", matter="03.01", unit_name="供热公司", facts=facts) for _ in range(80)
    ]
    assert sum("1月9日" in note for note in notes) > 25
    assert [note for note in notes if not re.search("暖气不热|室内温度不达标|屋里温度低|诉求人", note)] == []
    assert len(set(notes)) > 40


@pytest.mark.parametrize(
    ("group", "move"), [("send_back", "send_back"), ("chase", "chase"), ("shelve", "request_shelve")]
)
def test_a_coded_reason_has_its_own_words(group: str, move: str) -> None:
    codes = [one["code"] for one in city("reasons")[group]]
    assert [code for code in codes if f"{move}/{code}" not in SPEAKER.notes()] == []


def test_a_fact_of_a_move_is_found_by_its_name() -> None:
    def note(move: str, **facts: str) -> str:
        return SPEAKER.note(Random(1), move=move, matter="07.02", unit_name="市政中心", facts=facts)

    assert note("request_return", fact="leader_name") in {
        "分管副局长", "单位主要负责人", "值班领导", "分管副经理", "副站长"
    }  # fmt: skip
    assert "路灯" in note("ask_for_details") or "请" in note("ask_for_details")
    assert note("a move that nobody knows") != ""


def test_a_reply_has_the_facts_that_its_claim_needs() -> None:
    always = {"public_reply", "measures", "internal_note"}
    extra: dict[str, set[str]] = {
        "solved": set(), "explained": {"why_not"}, "unsolved": {"why_not"}, "statutory": set(),
        "promised": {"promise_text", "promise_owner", "promise_approver"},
    }  # fmt: skip
    assert extra.keys() == words.CLAIMS.keys()
    for claim, more in extra.items():
        for matter in LEAVES:
            reply = SPEAKER.reply(
                Random(claim), matter=matter["code"], kind="help", claim=claim, place=ROAD, unit_name="市政中心"
            )
            assert reply.keys() == always | more
            assert [text for text in reply.values() if not text or re.search(r"[{}\[\]|@]", text)] == []


def test_a_unit_of_empty_words_answers_every_matter_alike() -> None:
    rng = Random(14)
    told: dict[str, Any] = {"kind": "help", "claim": "solved", "place": None, "unit_name": "联通公司", "template": True}
    matters = [rng.choice(("16.01.02", "03.01", "07.02")) for _ in range(180)]
    answers = {SPEAKER.reply(rng, matter=matter, **told)["public_reply"] for matter in matters}
    assert len(answers) == 5
    assert [text for text in answers if "路灯" in text or "暖气" in text] == []


def test_opinions_for_every_answer_and_rating() -> None:
    rng = Random(15)
    for resolved in words.SOLVED:
        for rating in words.RATINGS:
            said = [SPEAKER.opinion(rng, resolved=resolved, rating=rating) for _ in range(60)]
            assert "" not in said
            assert len(set(said)) >= 4
    unhappy = [SPEAKER.opinion(rng, resolved="unresolved", rating="dissatisfied") for _ in range(200)]
    assert [text for text in unhappy if "谢谢" in text] == []


# -- the grammar


def test_a_phrase_offers_choices_numbers_names_and_slots() -> None:
    reads = Grammar({"天": ["晴", "阴"]}, {"谁": 0})
    node = reads.node("{谁}说[今天|明[早|晚]|]{天}{3-4}度")
    said = {speak(node, Random(seed).random, ["老陈"]) for seed in range(300)}
    days, skies, degrees = ("今天", "明早", "明晚", ""), ("晴", "阴"), ("3度", "4度")
    assert said == {f"老陈说{day}{sky}{degree}" for day in days for sky in skies for degree in degrees}


@pytest.mark.parametrize("phrase", ["[一|二", "一]二", "{没有这个}", "多{余", "多}余"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        Grammar({}, {}).node(phrase)
