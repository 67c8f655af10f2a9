"""How an order goes through the house: the centre's pace, the unit's character, the citizen's patience.

``Lives.group`` lives through one demand, or through all reports of one happening, in which later ones may be merged
into the first. Times are drawn; whether a move is lawful, the domain decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from jiesu.demo.simulate.crew import Crew, section_of
from jiesu.demo.simulate.demands import Demand
from jiesu.demo.simulate.scenario import Character
from jiesu.demo.simulate.story import Over, Story
from jiesu.demo.simulate.world import World
from jiesu.domain.callbacks import child_view, negative
from jiesu.domain.case import Around
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor, Leg, Order
from jiesu.domain.privacy import mask_text
from jiesu.domain.rules import Rules
from jiesu.domain.text import title_of, tsvector_text
from jiesu.store.record import Life, Shown


class Writer(Protocol):
    """Whoever words what people write on an order (``demo.words``)."""

    def note(self, rng: Random, *, move: str, matter: str, unit_name: str, facts: dict[str, Any]) -> str: ...

    def reply(
        self,
        rng: Random,
        *,
        matter: str,
        kind: str,
        claim: str,
        place: Any,
        unit_name: str,
        due: datetime | None = None,
        template: bool = False,
    ) -> dict[str, str]: ...

    def opinion(self, rng: Random, *, resolved: str, rating: str) -> str: ...


class Lives:
    """Lives orders through. One of these per process; every story has random numbers of its own."""

    def __init__(
        self,
        world: World,
        rules: Rules,
        crew: Crew,
        writer: Writer,
        photos: Sequence[str],
        until: datetime,
        seed: int,
    ) -> None:
        self.photos = photos
        self.world = world
        self.rules = rules
        self.crew = crew
        self.writer = writer
        self.until = until
        self.seed = seed

    def group(self, demands: Sequence[Demand]) -> list[Life]:
        """The lives of these demands: one alone, or the reports of one happening by time."""
        walks = [Walk(self, demand) for demand in demands]
        first = walks[0]
        for later in walks[1:]:
            if first.takes_in(later):
                first.joining.append(later)
        for walk in walks:
            if walk not in first.joining:
                walk.run()
        for walk in first.joining:
            if walk.story.order.version == 0:
                walk.run()
        return [walk.life() for walk in walks if walk.story.events]


class Walk:
    """One order on its way."""

    def __init__(self, lives: Lives, demand: Demand) -> None:
        self.lives = lives
        self.demand = demand
        self.rng = Random(f"{lives.seed}:life:{demand.index}")
        self.rules = lives.rules
        day = lives.rules.day(demand.at)
        number = int(f"{day:%y%m%d}") * 10_000_000 + demand.index
        self.story = Story(number, lives.rules, self.rng, lives.until)
        self.place = lives.world.places[demand.place]
        self.joining: list[Walk] = []
        self.at = demand.at

    # -- small words

    def centre(self, role: str) -> Actor:
        return self.lives.crew.one(role, self.rng)

    def unit(self, unit: str, *, leader: bool = False) -> Actor:
        return self.lives.crew.one("unit_leader" if leader else "unit_clerk", self.rng, unit)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def write(self, move: str, unit: str = "", **facts: Any) -> str:
        name = self.rules.unit_name(unit) if unit else "热线中心"
        return self.lives.writer.note(self.rng, move=move, matter=self.demand.matter, unit_name=name, facts=facts)

    def wait(self, minutes: float) -> None:
        """Natural time passes, drawn around ``minutes``."""
        self.at += timedelta(minutes=minutes * math.exp(self.rng.gauss(0, 0.5)))

    def office(self, minutes: float) -> None:
        """Office time passes, drawn around ``minutes``."""
        drawn = minutes * math.exp(self.rng.gauss(0, 0.5))
        self.at = self.rules.calendar.add_working_minutes(self.at, max(1.0, drawn))

    def toward(self, due: datetime, part: float, *, least: float = 2) -> None:
        """Go to ``part`` of the way from now to ``due``; beyond 1 is late."""
        self.at = max(self.at + timedelta(minutes=least), self.at + (due - self.at) * part)

    def go(self, move: str, by: Actor, around: Around | None = None, **facts: Any) -> Order:
        self._take_in()
        self.at = max(self.at, self.story.order.last_at or self.at)
        return self.story.go(self.at, move, by, around or Around(), **facts)

    # -- the whole way

    def run(self) -> None:
        with suppress(Over):
            self._receive()

    def _receive(self) -> None:
        demand = self.demand
        self._register()
        if demand.kind in ("invalid", "nuisance"):
            self.wait(12)
            self.go("refuse", self.centre("dispatcher"), refusal=self._refusal(), told=self.write("refuse"))
        elif demand.kind == "praise":
            self.wait(3)
            self.go("inform", self.centre("agent"), to_unit=self._lead() or "CENTER")
        elif demand.direct:
            self._answer()
        else:
            self._send()

    def _register(self) -> None:
        demand = self.demand
        phone = demand.channel == "phone"
        by = self.centre("agent") if phone else self.lives.crew.one("agent", self.rng)
        self.go(
            "register",
            by,
            channel=demand.channel,
            text=demand.text,
            kind=demand.kind,
            urgency=demand.urgency,
            matter=demand.matter,
            region=self.place.region,
            place=self.place.name,
            person=demand.person or None,
            anonymous=True if demand.anonymous else None,
            secret=True if demand.secret else None,
            enterprise=True if demand.company else None,
        )

    def _answer(self) -> None:
        phone = self.demand.channel == "phone"
        if phone:
            self.wait(2.5)
        else:
            self.office(35)
        if self.demand.kind == "report" or self.chance(0.004):
            self._elsewhere()
            return
        reply = self.lives.writer.reply(
            self.rng, matter=self.demand.matter, kind=self.demand.kind, claim="explained", place=self.place,
            unit_name="热线中心",
        )  # fmt: skip
        self.go("answer_directly", self.centre("agent"), public_reply=reply["public_reply"])
        if self.chance(0.01) and not self.demand.anonymous:
            self.wait(2000)
            self._call(self.rng.random() < 0.93)

    def _elsewhere(self) -> None:
        self.wait(20)
        if self.chance(0.5):
            target = self.rng.choice(list(self.rules.reasons["transfer"]))
            self.go("transfer_out", self.centre("dispatcher"), target=target, told=self.write("transfer_out"))
        else:
            self.go("refuse", self.centre("dispatcher"), refusal=self._refusal(), told=self.write("refuse"))

    def _refusal(self) -> str:
        if self.demand.kind == "nuisance":
            return "nuisance"
        if self.demand.kind == "invalid":
            return "unclear"
        return str(self.rng.choice(list(self.rules.reasons["refusal"])))

    # -- dispatch

    def _lead(self) -> str | None:
        order = self.story.order
        duty = self.rules.duty(order, self.at)
        return self.rules.catalog.lead(duty, order.region) if duty else None

    def _send(self) -> None:
        self._accept()
        if self.chance(0.015) and self.demand.urgency == "normal":
            self._ask_for_details()
        if self.story.order.state != "accepted":
            return
        if self.chance(0.008):
            self._withdraw()
            return
        self._dispatch()
        while self.story.order.state in ("dispatched", "handling", "accepted", "ruling"):
            self._at_unit()
        self._after_reply()

    def _accept(self) -> None:
        if self.demand.channel == "phone" or self.demand.urgency != "normal":
            self.wait(4 if self.demand.urgency == "normal" else 1)
        else:
            self.office(40)
        self.go("accept", self.centre("dispatcher"))

    def _ask_for_details(self) -> None:
        self.wait(8)
        self.go("ask_for_details", self.centre("agent"), question=self.write("ask_for_details"))
        if self.chance(0.8):
            # The citizen may come too late: the clock has then sent the order on as it was.
            self.office(200)
            self.story.may(self.at, "supply_details", self.centre("agent"), details=self.write("supply_details"))
        else:
            self.at = self.story.order.clocks["details"].due + timedelta(minutes=5)
            self.story.tick(min(self.at, self.lives.until))

    def _dispatch(self, but: Iterable[str] = ()) -> None:
        order = self.story.order
        clock = order.clocks.get("dispatch")
        if clock is not None:
            self.toward(clock.due, self.rng.lognormvariate(-1.0, 0.55), least=0.3)
        lead = self._lead()
        facts: dict[str, Any] = {}
        if lead is None or lead in order.excluded or lead in but or self.chance(0.012):
            duty = self.rules.duty(order, self.at)
            others = [unit for unit in (duty.assist if duty else ()) if unit not in order.excluded]
            lead = self.rng.choice(others) if others else self._anyone(order)
            facts["basis"] = self.write("dispatch", fact="basis")
        assist = self._assisting(lead)
        if assist:
            facts["assist"] = assist
        try:
            self.go("dispatch", self.centre("dispatcher"), lead=lead, **facts)
        except Refused:
            self._to_ruling(lead)

    def _anyone(self, order: Order) -> str:
        units = [code for code in self.rules.units if self.rules.can_handle(code) and code not in order.excluded]
        return str(self.rng.choice([code for code in units if self.lives.crew.has("unit_clerk", code)]))

    def _assisting(self, lead: str) -> list[str]:
        duty = self.rules.duty(self.story.order, self.at)
        if duty is None or not duty.assist or not self.chance(0.28):
            return []
        found = [unit for unit in duty.assist if unit != lead and self.lives.crew.has("unit_clerk", unit)]
        return found[:1]

    def _to_ruling(self, lead: str) -> None:
        order = self.story.order
        if not any(one.type == "return" for one in order.requests):
            duty = self.rules.duty(order, self.at)
            named = self.rules.catalog.lead(duty, order.region) if duty else None
            self.go(
                "dispatch", self.centre("dispatcher"), lead=named or lead, basis=self.write("dispatch", fact="basis")
            )
            return
        self.wait(20)
        self.go("refer_to_ruling", self.centre("supervisor"), reason=self.write("refer_to_ruling"))
        self.office(150)
        duty = self.rules.duty(order, self.at)
        named = self.rules.catalog.lead(duty, order.region) if duty else None
        self.go("rule", self.centre("arbiter"), lead=named or lead, legal_basis=self.write("rule"))

    # -- the unit

    def _at_unit(self) -> None:
        order = self.story.order
        if order.state == "accepted":
            self._dispatch()
            return
        leg = order.lead
        if leg is None:
            raise Over
        who = self.lives.world.scenario.character(leg.unit)
        if order.state == "dispatched":
            self._acknowledge(leg, who)
            if self.chance(who.returns) and self._return(leg):
                return
        self._work(leg, who)

    def _acknowledge(self, leg: Leg, who: Character) -> None:
        part = who.acknowledge * math.exp(self.rng.gauss(0, 0.7))
        if self.chance(who.late * 0.6):
            part = 1 + self.rng.expovariate(2.0)
        clock = leg.clocks.get("acknowledge")
        start = self.at
        if clock is not None:
            measure = clock.limit[1] if clock.limit else "min"
            if measure == "work_day":
                self.at = self.rules.calendar.working_part(start, clock.due, min(1.0, part))
                if part > 1:
                    self.at = self.rules.calendar.add_working_minutes(clock.due, (part - 1) * 400)
                self.at = max(self.at, start + timedelta(minutes=2))
            else:
                self.toward(clock.due, part, least=1)
        self.go("acknowledge", self.unit(leg.unit))
        for helper in self.story.order.assisting:
            if self.chance(0.97):
                self.wait(60)
                self.go("leg_acknowledge", self.unit(helper.unit))

    def _return(self, leg: Leg) -> bool:
        """Whether the order left the unit: asked with papers, decided by the centre."""
        order = self.story.order
        if order.urgency != "normal":
            return False
        self.wait(90)
        try:
            self.go(
                "request_return",
                self.unit(leg.unit),
                legal_basis=self.write("request_return", leg.unit),
                evidence=self.write("evidence", leg.unit),
                leader_name="分管负责人",
                no_proper_unit=self.write("no_proper_unit", leg.unit),
            )
        except Refused:
            return False
        self.wait(50)
        one = self.story.order.open_request("return")
        if one is None:
            return False
        if self.chance(0.55):
            self.go("agree_return", self.centre("dispatcher"), request=one.no)
            return True
        self.go("refuse_return", self.centre("dispatcher"), request=one.no, reason=self.write("refuse_return"))
        return False

    def _work(self, leg: Leg, who: Character) -> None:
        order = self.story.order
        self._contact(leg, who)
        if order.urgency != "normal" and "interim" in leg.clocks and order.round == 1:
            self.toward(leg.clocks["interim"].due, min(1.2, self.rng.lognormvariate(-1.2, 0.5)))
            self.go("interim_reply", self.unit(leg.unit), measures=self.write("interim_reply", leg.unit))
        self._beside(leg)
        if order.state == "handling":
            self._give_reply(leg, who)

    def _contact(self, leg: Leg, who: Character) -> None:
        order = self.story.order
        clock = leg.clocks.get("first_contact")
        if order.anonymous or leg.contacted_at is not None:
            return
        through_centre = order.secret or order.kind == "report"
        if clock is None and not through_centre:
            return
        if clock is not None:
            part = self.rng.lognormvariate(-1.1, 0.5) if self.chance(who.contact) else 1 + self.rng.expovariate(2)
            self.toward(clock.due, part)
        else:
            self.wait(120)
        by = self.centre("agent") if through_centre else self.unit(leg.unit)
        note = self.write("first_contact", leg.unit, skipped=self.chance(who.skips_contact))
        self.go("first_contact", by, contact="reached", note=note)

    def _beside(self, leg: Leg) -> None:
        """What happens at times while a unit works: sections, whistles, extensions, shelving, chases, instructions."""
        order = self.story.order
        if order.round > 1:
            return
        section = section_of(self.rules.units, leg.unit)
        if section and self.chance(0.3):
            self.story.may(self.at, "sub_dispatch", self.unit(leg.unit), section=section)
        if self.chance(0.012):
            self._whistle(leg)
        for helper in order.assisting:
            if helper.state == "acknowledged" and "handle" in helper.clocks:
                self._helper_replies(helper)
        if order.urgency == "normal" and self.chance(0.03):
            self._extend(leg)
        if order.urgency == "normal" and self.chance(0.006):
            self._shelve(leg)
        if self.chance(0.006):
            self._instruct(leg)
        if self.chance(0.006):
            self._withdraw()

    def _whistle(self, leg: Leg) -> None:
        duty = self.rules.duty(self.story.order, self.at)
        units = [u for u in (duty.assist if duty else ()) if u != leg.unit and self.lives.crew.has("unit_clerk", u)]
        if not units:
            return
        meet = self.at + timedelta(hours=5)
        self.go(
            "whistle",
            self.unit(leg.unit),
            units=units[:2],
            meet_place=self.place.name,
            meet_at=meet,
            reason=self.write("whistle", leg.unit),
        )
        one = self.story.order.requests[-1]
        for unit in units[:2]:
            self.wait(40)
            if self.at < meet:
                self.go("answer_whistle", self.unit(unit), request=one.no, coming="coming")
        for unit in units[:2]:
            if self.chance(0.9):
                self.at = max(self.at, meet - timedelta(minutes=15))
                self.go("report_in", self.unit(unit), request=one.no)

    def _helper_replies(self, leg: Leg) -> None:
        part = self.rng.lognormvariate(-0.75, 0.5) if self.chance(0.9) else 1.2 + self.rng.random()
        self.toward(leg.clocks["handle"].due, min(part, 2.0))
        self.go("leg_reply", self.unit(leg.unit), measures=self.write("leg_reply", leg.unit))

    def _extend(self, leg: Leg) -> None:
        leader = self.unit(leg.unit, leader=True)
        facts = {"days": self.rng.choice((3, 5, 5, 10)), "reason": self.write("request_extension", leg.unit)}
        if not self.story.may(self.at, "request_extension", leader, **facts):
            return
        self.wait(120)
        one = self.story.order.requests[-1]
        if self.chance(0.85):
            self.go("agree_extension", self.centre("dispatcher"), request=one.no)
        else:
            self.go(
                "refuse_extension", self.centre("dispatcher"), request=one.no, reason=self.write("refuse_extension")
            )

    def _shelve(self, leg: Leg) -> None:
        review = self.at + timedelta(days=self.rng.randint(20, 90))
        plan = self.write("request_shelve", leg.unit)
        if not self.story.may(
            self.at, "request_shelve", self.unit(leg.unit, leader=True), plan=plan, review_date=review
        ):
            return
        self.office(120)
        self.go("shelve", self.centre("supervisor"), request=self.story.order.requests[-1].no)
        self.at = review - timedelta(days=1)
        if self.joining or self.chance(0.85):
            self.go("resume", self.centre("supervisor"), reason=self.write("resume"))
        else:
            told = self.write("told")
            self.go("write_off", self.centre("supervisor"), reason=self.write("write_off"), told=told)

    def _instruct(self, leg: Leg) -> None:
        said = self.write("instruct")
        if not self.story.may(self.at, "instruct", self.centre("city_leader"), instruction=said, unit=leg.unit):
            return
        one = self.story.order.requests[-1]
        self.office(500)
        answer = self.write("answer_instruction", leg.unit)
        self.go("answer_instruction", self.unit(leg.unit), request=one.no, answer=answer)

    def _withdraw(self) -> None:
        if self.joining:
            return
        self.wait(300)
        self.go("withdraw", self.centre("agent"), reason=self.write("withdraw"))
        if "withdraw_check" in self.story.order.clocks:
            self.office(300)
            self.go("confirm_withdrawal", self.centre("callback_clerk"), pressed=self.chance(0.03))

    # -- the reply

    def _give_reply(self, leg: Leg, who: Character) -> None:
        order = self.story.order
        clock = leg.clocks.get("rework" if order.round > 1 else "handle")
        if clock is not None:
            self._reply_moment(clock.due, who)
        self._chases(clock.due if clock else self.at)
        claim = self._claim()
        facts = self._words(leg, who, claim)
        self.go("submit", self.unit(leg.unit), **facts)
        self.office(25 if order.urgency == "normal" else 5)
        leader = self.unit(leg.unit, leader=True)
        try:
            self.go("reply", leader)
        except Refused:
            self._wait_for_helpers(leg, facts, leader)

    def _reply_moment(self, due: datetime, who: Character) -> None:
        """When the unit gets done: at a part of the limit of its own, at the last hour, or too late."""
        if self.chance(who.late):
            self.at = max(self.at, due) + timedelta(hours=self.rng.expovariate(1 / 40.0))
            return
        if self.chance(who.bursts):
            self.at = max(self.at, due - timedelta(minutes=self.rng.uniform(25, 75)))
            return
        part = min(0.97, who.handle * math.exp(self.rng.gauss(0, who.spread)))
        self.toward(due, part)
        if self.story.order.urgency == "normal":
            moved = self.rules.calendar.add_working_minutes(self.at, 1)
            self.at = moved if moved + timedelta(minutes=30) < due else self.at

    def _chases(self, due: datetime) -> None:
        """The citizen calls again when he has waited long; three times is a warning."""
        order = self.story.order
        last = order.last_at or self.at
        days = (self.at - last).total_seconds() / 86400
        for _ in range(min(5, int(self.rng.expovariate(1.0) * days * 0.09))):
            at = last + (self.at - last) * self.rng.random()
            at = max(at, self.story.order.last_at or at)
            if at <= self.lives.until:
                self.story.go(at, "chase", self.centre("agent"), via="phone", note=self.write("chase"))
                number, person = self.story.order.number, self.story.order.person
                self.story.contacts.append((at, None, "phone", person, number, self.story.order.version, ""))

    def _claim(self) -> str:
        kind, duty = self.demand.kind, self.rules.duty(self.story.order, self.at)
        draw = self.rng.random()
        if duty and duty.statutory and draw < 0.25:
            return "statutory"
        if kind in ("consultation", "suggestion"):
            return "explained"
        if draw < 0.035:
            return "promised"
        if draw < 0.10:
            return "unsolved"
        return "explained" if draw < 0.24 else "solved"

    def _words(self, leg: Leg, who: Character, claim: str) -> dict[str, Any]:
        name = self.rules.unit_name(leg.unit)
        due = self.at + timedelta(days=self.rng.randint(10, 60)) if claim == "promised" else None
        said = self.lives.writer.reply(
            self.rng,
            matter=self.demand.matter,
            kind=self.demand.kind,
            claim=claim,
            place=self.place,
            unit_name=name,
            due=due,
            template=self.chance(who.templates),
        )
        facts: dict[str, Any] = {
            "claim": claim,
            "public_reply": said["public_reply"],
            "internal_note": said["internal_note"],
            "measures": said["measures"],
            "files": [self.rng.choice(self.lives.photos)],
        }
        if claim == "unsolved":
            facts["why_not"] = said.get("why_not") or self.write("why_not", leg.unit)
        if claim == "statutory":
            facts["statutory_number"] = f"雄{name[:1]}立〔{self.at.year}〕{self.demand.index % 900 + 100}号"
        if claim == "promised":
            facts["promise_due"] = due
            facts.update({name: said[name] for name in ("promise_text", "promise_owner", "promise_approver")})
        return facts

    def _wait_for_helpers(self, leg: Leg, facts: dict[str, Any], leader: Actor) -> None:
        """The lead waits for its helpers, or for their limit to pass, and then says what is missing."""
        waiting = [one for one in self.story.order.assisting if one.state in ("dispatched", "acknowledged")]
        ends = [one.clocks["handle"].due for one in waiting if "handle" in one.clocks]
        self.at = max([self.at, *ends]) + timedelta(minutes=1)
        self.go("reply", leader, missing=self.write("missing", leg.unit))

    # -- review and callback

    def _after_reply(self) -> None:
        while self.story.order.state in ("replied", "callback", "handling"):
            if self.story.order.state == "replied":
                self._review()
            elif self.story.order.state == "handling":
                leg = self.story.order.lead
                if leg is None:
                    return
                self._give_reply(leg, self.lives.world.scenario.character(leg.unit))
            else:
                self._callback()
        self._later()

    def _review(self) -> None:
        self.office(70)
        order = self.story.order
        if self.chance(0.035) and order.form_backs + order.substance_backs < 2:
            code = self.rng.choice(list(self.rules.reasons["send_back"]))
            self.go("send_back", self.centre("reviewer"), send_back=code, reason=self.write("send_back", code=code))
            return
        self.go("pass_review", self.centre("reviewer"))

    def _callback(self) -> None:
        order = self.story.order
        if order.anonymous:
            self.wait(30)
            self._closing("close_with_promise" if order.claim == "promised" else "close_unreachable")
            return
        if order.answer() is None and self.chance(0.06):
            self.wait(400)
            self._rate()
        attempts = 0
        while self.story.order.answer() is None or self._must_phone():
            self.office(110) if attempts == 0 else self._another_day()
            attempts += 1
            if attempts > 4:
                break
            self._call(self.chance(0.66))
        self._children_called()
        self._decide_end()

    def _must_phone(self) -> bool:
        answer = self.story.order.answer()
        return answer is not None and negative(answer) and answer.via != "phone"

    def _another_day(self) -> None:
        day = self.rules.calendar.add_working_minutes(self.at, 300)
        self.at = day + timedelta(minutes=self.rng.uniform(5, 100))

    def _call(self, answered: bool) -> None:
        by = self.centre("callback_clerk")
        if not answered:
            self.go("callback_attempt", by, attempt=self.rng.choice(("no_answer", "no_answer", "busy", "declined")))
            return
        resolved, rating = self._verdict()
        opinion = None
        if self.chance(0.3) or rating == "dissatisfied":
            opinion = self.lives.writer.opinion(self.rng, resolved=resolved, rating=rating)
        self.go("callback_attempt", by, attempt="answered", resolved=resolved, rating=rating, opinion=opinion)

    def _rate(self) -> None:
        resolved, rating = self._verdict()
        person = self.story.order.person
        if person is not None:
            self.go("rate", self.lives.crew.citizen(person), resolved=resolved, rating=rating, via="portal")

    def _verdict(self) -> tuple[str, str]:
        order = self.story.order
        lead = order.lead
        quality = self.lives.world.scenario.character(lead.unit).quality if lead else 0.93
        quality += {"solved": 0.05, "explained": -0.06, "unsolved": -0.45, "promised": -0.1}.get(order.claim or "", 0.0)
        handle = lead.clocks.get("handle") if lead else None
        if handle is not None and handle.late(self.at):
            quality -= 0.15
        draw = self.rng.random()
        if draw < quality * 0.86:
            return "resolved", "satisfied" if self.chance(0.9) else "mostly"
        if draw < quality:
            return "mostly", "mostly" if self.chance(0.75) else "satisfied"
        return "unresolved", "dissatisfied" if self.chance(0.8) else "mostly"

    def _around(self) -> Around:
        order = self.story.order
        views = tuple(
            child_view(walk.story.order, order.passed_at, self.rules.calendar, self.rules.params)
            for walk in self.joining
            if walk.story.order.number in order.children
        )
        return Around(children=views)

    def _decide_end(self) -> None:
        order = self.story.order
        answer = order.answer()
        around = self._around()
        bad = negative(answer) or any(one.negative for one in around.children)
        if answer is None:
            if order.claim == "promised" and self.story.may(
                self.at, "close_with_promise", self.centre("callback_clerk"), around=around
            ):
                return
            self._closing("close_unreachable")
        elif order.claim == "promised":
            self._closing("close_with_promise")
        elif bad and (order.round < 3 and self.chance(0.62)):
            self.wait(20)
            self.go("rework", self.centre("callback_clerk"), self._around(), reason=self.write("rework"))
        elif negative(answer):
            self._closing("close", by="supervisor", reason=self.write("close"))
        else:
            self._closing("close")

    def _closing(self, move: str, by: str = "callback_clerk", **facts: Any) -> None:
        """Close, splitting off children who say no and giving up those who cannot be reached."""
        self.wait(6)
        for _ in range(1 + len(self.joining)):
            try:
                self.go(move, self.centre(by), self._around(), **facts)
            except Refused:
                if not self._split_one():
                    if self.story.order.anonymous:
                        raise Over from None
                    self._another_day()
                    self._call(False)
                continue
            return
        raise Over

    def _split_one(self) -> bool:
        for view, walk in zip(self._around().children, self._held_children(), strict=True):
            if view.negative or not (view.answered or view.exhausted):
                walk.at = self.at
                walk.go("split_off", self.centre("dispatcher"), reason=self.write("split_off"))
                self.go("release_child", self.centre("dispatcher"), child=walk.story.order.number)
                walk.alone()
                return True
        return False

    def alone(self) -> None:
        """Go on by itself after being split off."""
        with suppress(Over):
            self._dispatch()
            while self.story.order.state in ("dispatched", "handling", "accepted", "ruling"):
                self._at_unit()
            self._after_reply()

    def _later(self) -> None:
        """What may come after the close: a promise looked at, a procedure's end told, a reopening, an exemption."""
        order = self.story.order
        if order.outcome == "promised" and order.promise:
            self._check_promise()
        elif order.outcome == "statutory" and self.chance(0.8):
            self.office(480 * self.rng.randint(10, 35))
            self.go("tell_result", self.centre("callback_clerk"), result=self.write("tell_result"))
        elif order.outcome == "unreachable" and self.chance(0.05):
            self.wait(60 * 24 * 4)
            self._reopen("unreachable")
        elif order.outcome in ("solved", "explained") and self.chance(0.006):
            self.wait(60 * 24 * 6)
            self._reopen("new_facts")
        elif order.rating == "dissatisfied" and self.chance(0.06):
            self._exempt()

    def _check_promise(self) -> None:
        promise = self.story.order.clocks.get("promise")
        if promise is None:
            return
        self.at = promise.due + timedelta(hours=20)
        kept = self.chance(0.74)
        self.go("check_promise", self.centre("callback_clerk"), kept=kept)
        if not kept:
            self.wait(30)
            self._reopen("promise_broken")

    def _reopen(self, ground: str) -> None:
        if self.story.may(self.at, "reopen", self.centre("callback_clerk"), ground=ground, reason=self.write("reopen")):
            while self.story.order.state in ("dispatched", "accepted", "ruling"):
                self._at_unit()
            self._after_reply()

    def _exempt(self) -> None:
        leg = self.story.order.lead
        if leg is None:
            return
        self.office(400)
        code = self.rng.choice(list(self.rules.reasons["exemption"]))
        leader = self.unit(leg.unit, leader=True)
        reason = self.write("request_exemption", leg.unit)
        if not self.story.may(self.at, "request_exemption", leader, exemption=code, reason=reason):
            return
        inside, outside = self.lives.crew.approvers(self.rng)
        one = self.story.order.requests[-1]
        for approver in (inside, outside):
            self.office(200)
            if self.chance(0.25):
                self.go("refuse_exemption", approver, request=one.no, reason=self.write("refuse_exemption"))
                return
            if not self.story.may(self.at, "approve_exemption", approver, request=one.no):
                return

    # -- one happening, several reports

    def takes_in(self, other: Walk) -> bool:
        """Whether a later report of the same thing is merged into this one (when it comes in time)."""
        return not self.demand.direct and not other.demand.direct and not other.demand.secret and other.chance(0.45)

    def _take_in(self) -> None:
        """Reports that have come in by now are merged into this order, as long as it can take them."""
        order = self.story.order
        if not order.is_open:
            return
        for walk in self.joining:
            due = walk.demand.at + timedelta(minutes=12)
            if walk.story.order.version == 0 and due <= self.at and due <= self.lives.until:
                self._merge(walk, due)

    def _merge(self, walk: Walk, at: datetime) -> None:
        order = self.story.order
        try:
            walk._register()
            walk.at = max(at, order.last_at or at)
            around = Around(parent_state=order.state, parent_of_parent=order.parent)
            facts = {"parent": order.number}
            walk.story.go(walk.at, "merge_into", self.centre("dispatcher"), around, **facts)
            self.story.go(walk.at, "absorb", self.centre("dispatcher"), child=walk.story.order.number)
        except (Over, Refused):
            if walk.story.order.state == "received":
                walk.lone_after_register()

    def lone_after_register(self) -> None:
        """Go its own way: the order that it was to join could not take it."""
        with suppress(Over):
            self._send()

    def _held_children(self) -> list[Walk]:
        held = self.story.order.children
        return [walk for walk in self.joining if walk.story.order.number in held]

    def _children_called(self) -> None:
        """The citizens of merged orders are called back, each for himself."""
        for walk in self._held_children():
            if walk.story.order.anonymous or walk.story.order.answer() is not None:
                continue
            walk.at = self.at
            for _ in range(3):
                walk.at += timedelta(minutes=7)
                if walk.at > self.lives.until:
                    return
                answered = walk.chance(0.7)
                walk.child_called(answered, self.story.order.state, self.story.order.passed_at)
                if answered:
                    break
                walk.at = self.rules.calendar.add_working_minutes(walk.at, 290)

    def child_called(self, answered: bool, parent_state: str, passed_at: datetime | None) -> None:
        facts: dict[str, Any] = {"attempt": "no_answer"}
        if answered:
            resolved, rating = self._verdict()
            facts = {"attempt": "answered", "resolved": resolved, "rating": rating}
        by = self.centre("callback_clerk")
        self.story.may(
            self.at,
            "callback_attempt",
            by,
            around=Around(parent_state=parent_state, parent_passed_at=passed_at),
            **facts,
        )

    # -- the end

    def life(self) -> Life:
        demand = self.demand
        body, place = mask_text(demand.text), self.place.name
        title = mask_text(demand.title) or title_of(body, 40)
        shown = Shown(title[:120], place, body, tsvector_text(f"{title} {place} {body}"))
        return self.story.life(shown, source="simulated")
