"""The centre looks at the reply, calls the citizen back and closes or sends the order round again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from jiesu.demo.simulate import joint
from jiesu.demo.simulate.story import Over
from jiesu.demo.simulate.verdict import verdict
from jiesu.demo.simulate.walk import Walk
from jiesu.domain.callbacks import negative
from jiesu.domain.errors import Refused


def review(walk: Walk) -> None:
    walk.office(70)
    order = walk.story.order
    if walk.chance(0.035) and order.form_backs + order.substance_backs < 2:
        code = walk.rng.choice(list(walk.rules.reasons["send_back"]))
        walk.go("send_back", walk.centre("reviewer"), send_back=code, reason=walk.write("send_back", code=code))
        return
    walk.go("pass_review", walk.centre("reviewer"))


def callback(walk: Walk) -> None:
    order = walk.story.order
    if order.anonymous:
        walk.wait(30)
        closing(walk, "close_with_promise" if order.claim == "promised" else "close_unreachable")
        return
    if order.answer() is None and walk.chance(0.06):
        walk.wait(400)
        rate(walk)
    attempts = 0
    while walk.story.order.answer() is None or must_phone(walk):
        walk.office(110) if attempts == 0 else another_day(walk)
        attempts += 1
        if attempts > 4:
            break
        call(walk, walk.chance(0.66))
    joint.children_called(walk)
    decide_end(walk)


def must_phone(walk: Walk) -> bool:
    answer = walk.story.order.answer()
    return answer is not None and negative(answer) and answer.via != "phone"


def another_day(walk: Walk) -> None:
    day = walk.rules.calendar.add_working_minutes(walk.at, 300)
    walk.at = day + timedelta(minutes=walk.rng.uniform(5, 100))


def call(walk: Walk, answered: bool) -> None:
    by = walk.centre("callback_clerk")
    if not answered:
        walk.go("callback_attempt", by, attempt=walk.rng.choice(("no_answer", "no_answer", "busy", "declined")))
        return
    resolved, rating = verdict(walk)
    opinion = None
    if walk.chance(0.3) or rating == "dissatisfied":
        opinion = walk.scene.writer.opinion(walk.rng, resolved=resolved, rating=rating)
    walk.go("callback_attempt", by, attempt="answered", resolved=resolved, rating=rating, opinion=opinion)


def rate(walk: Walk) -> None:
    resolved, rating = verdict(walk)
    person = walk.story.order.person
    if person is not None:
        walk.go("rate", walk.scene.crew.citizen(person), resolved=resolved, rating=rating, via="portal")


def decide_end(walk: Walk) -> None:
    order = walk.story.order
    answer = order.answer()
    around = joint.around(walk)
    bad = negative(answer) or any(one.negative for one in around.children)
    if answer is None:
        if order.claim == "promised" and walk.story.may(
            walk.at, "close_with_promise", walk.centre("callback_clerk"), around=around
        ):
            return
        closing(walk, "close_unreachable")
    elif order.claim == "promised":
        closing(walk, "close_with_promise")
    elif bad and (order.round < 3 and walk.chance(0.62)):
        walk.wait(20)
        walk.go("rework", walk.centre("callback_clerk"), joint.around(walk), reason=walk.write("rework"))
    elif negative(answer):
        closing(walk, "close", by="supervisor", reason=walk.write("close"))
    else:
        closing(walk, "close")


def closing(walk: Walk, move: str, by: str = "callback_clerk", **facts: Any) -> None:
    """Close, splitting off children who say no and giving up those who cannot be reached."""
    walk.wait(6)
    for _ in range(1 + len(walk.joining)):
        try:
            walk.go(move, walk.centre(by), joint.around(walk), **facts)
        except Refused:
            if not split_one(walk):
                if walk.story.order.anonymous:
                    raise Over from None
                another_day(walk)
                call(walk, False)
            continue
        return
    raise Over


def split_one(walk: Walk) -> bool:
    """Let go of a report whose citizen said no or could not be reached; it goes on by itself afterwards."""
    for view, child in zip(joint.around(walk).children, joint.held_children(walk), strict=True):
        if view.negative or not (view.answered or view.exhausted):
            child.at = walk.at
            child.go("split_off", walk.centre("dispatcher"), reason=walk.write("split_off"))
            walk.go("release_child", walk.centre("dispatcher"), child=child.story.order.number)
            return True
    return False
