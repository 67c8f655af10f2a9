"""kill -9 in the middle of load: nothing acknowledged is lost, no half move, the service is back by itself.

    python -m campaigns.kills --data DIR [--rounds N] [--minutes M] [--seed S] [--clients N]

A real `jiesu serve` (fsync on) with the demo city, clients that make and move orders by the API, and a killer. The
parent alone is started again by the campaign, as an init system would; all else must come back without help. The same
DIR again takes the campaign up where it stood. Exit 0: clean; 1: something did not hold (said on stderr).
"""

# ruff: noqa: PLC0415 - the store can be imported only once Django is set up on the campaign's directory
from __future__ import annotations

import argparse
import bisect
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.clients import TOKENS, Client, Pulse
from campaigns.journal import Line, now, read
from campaigns.served import PARENTLESS, TARGETS, Served, free_port, wait_until

if TYPE_CHECKING:
    from campaigns.checks import Findings

BOUND = 60.0  # seconds within which the service must be back
PAUSE = (0.3, 2.5)  # seconds of load before a kill, least and most
AGAIN = (0.1, 2.5)  # seconds after its start that a parent is killed again, so while it brings its parts up
MARKS = r"登记号：(\S+)。"


@dataclass
class Round:
    """One kill. Seconds: until a new request was answered; until every part was back; the slowest single request."""

    target: str
    at: float
    answered: float
    whole: float
    slowest: float


@dataclass
class State:
    """What a campaign needs to be taken up again."""

    seed: int
    port: int
    runs: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path, seed: int) -> State:
        if not path.exists():
            return cls(seed, free_port())
        held = json.loads(path.read_text())
        return cls(**{**held, "rounds": [Round(**one) for one in held["rounds"]]})

    def save(self, path: Path) -> None:
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self), indent=1))
        draft.chmod(0o600)
        draft.replace(path)


class Campaign:
    """One directory: `data` is the installation, beside it the state, the journals and what the parent printed."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.state = State.load(folder / "state.json", seed)
        self.served = Served(folder / "data", self.state.port, folder / "serve.txt")
        self.pulse = Pulse()
        self.faults: list[str] = []

    def run(self, rounds: int, minutes: float, clients: int, pace: float) -> Findings:
        """Kill until there have been `rounds` in all, or the time is over; then check everything."""
        self._prepare()
        self.served.start()
        try:
            self.served.wait_started()
            self._tokens()
            self._kill_under_load(rounds, minutes, clients, pace)
            return self._check()
        finally:
            self.served.stop()

    def _prepare(self) -> None:
        """An installation with the city's units and rules; made in this process, which Django is set up in for it."""
        os.environ.update(JIESU_DATA=str(self.served.data))
        if self.served.data.exists():
            self.served.command("stop")  # a campaign that was killed itself left its service running
        from jiesu.cli import frame

        with frame.ready():
            frame.need_city()
        self.state.runs += 1
        self._save()

    def _tokens(self) -> None:
        for name, (role, unit) in TOKENS.items():
            if name not in self.state.tokens:
                made = self.served.command("token", f"kills-{self.state.runs}-{name}", "--role", role, "--unit", unit)
                if made.returncode:
                    raise RuntimeError(f"jiesu token: {made.stderr}")
                self.state.tokens[name] = next(word for word in made.stdout.split() if word.startswith("jiesu_"))
                self._save()

    def _kill_under_load(self, rounds: int, minutes: float, clients: int, pace: float) -> None:
        load = [
            Client(
                f"{no:02}", self.state.port, self.state.tokens, self.folder,
                seed=f"{self.state.seed}.{self.state.runs}", pulse=self.pulse, pace=pace,
            )
            for no in range(clients)
        ]  # fmt: skip
        for client in load:
            client.start()
        limit = time.monotonic() + minutes * 60
        try:
            while len(self.state.rounds) < rounds and time.monotonic() < limit and not self.faults:
                self._round()
                self.faults += [client.fault for client in load if client.fault]
        finally:
            for client in load:
                client.stop()
            for client in load:
                client.join()
            self.faults += [client.fault for client in load if client.fault and client.fault not in self.faults]

    def _round(self) -> None:
        rng = random.Random(f"{self.state.seed}/{len(self.state.rounds)}")
        target = _target(self.state.seed, len(self.state.rounds))
        time.sleep(rng.uniform(*PAUSE))
        began, at = time.monotonic(), now()
        killed = self.served.kill(target, rng)
        if not killed:
            return  # a backend that has just gone: the next round tries again
        asked = self._start_again(target, rng) if target in PARENTLESS else began
        if not wait_until(lambda: self._back(asked, killed), BOUND):
            self.faults.append(f"not back within {BOUND:.0f} s after {target} was killed:\n{self.served.said()[-999:]}")
        whole = time.monotonic()
        first = self.pulse.first_after(asked) or whole
        slowest = self.pulse.slowest_after(began)
        self.state.rounds.append(Round(target, at, first - began, whole - began, slowest))
        self._save()
        _say(f"{len(self.state.rounds):4} {target:12} answered {first - began:6.2f} s, whole {whole - began:6.2f} s")

    def _start_again(self, target: str, rng: random.Random) -> float:
        """What an init system does; the moment of the start that stayed. What processes left behind still answer
        until then does not count."""
        self.served.start()
        if target == "parent twice":
            time.sleep(rng.uniform(*AGAIN))
            self.served.kill("parent", rng)
            self.served.start()
        return time.monotonic()

    def _back(self, since: float, killed: int) -> bool:
        return self.pulse.first_after(since) is not None and self.served.whole(killed)

    def _check(self) -> Findings:
        """The journals against the record, in this process; then `jiesu verify` on its own account."""
        from jiesu.cli import frame

        with frame.ready():
            from campaigns import checks

            found = checks.check(list(read(self.folder)), MARKS)
        verified = self.served.command("verify")
        if verified.returncode:
            self.faults.append(f"jiesu verify: exit {verified.returncode}\n{verified.stdout}{verified.stderr}")
        return found

    def _save(self) -> None:
        self.state.save(self.folder / "state.json")


def _target(seed: int, round_: int) -> str:
    """Every block of as many rounds as there are targets has each once, in an order of its own."""
    block = list(TARGETS)
    random.Random(f"{seed}/block/{round_ // len(TARGETS)}").shuffle(block)
    return block[round_ % len(TARGETS)]


def table(rounds: Sequence[Round], lines: Sequence[Line], found: Findings) -> list[str]:
    """One line a target and one for all. An answer counts for the kill before it; whole = every part is back."""
    starts = [one.at for one in rounds]
    lost = {(line.key, line.version) for line in found.lost}
    numbers = {line.number: line.at for line in lines if line.said == "done"}
    head = ("target", "kills", "answers again after", "all parts back after", "slowest", "acknowledged", "lost", "half")
    rows = [head, ("", "", "median / max s", "median / max s", "request s", "", "", "")]
    for target in (*TARGETS, "all"):
        mine = [one for one in rounds if target in (one.target, "all")]
        during = [line for line in lines if target == "all" or _during(line.at, starts, rounds) == target]
        done = [line for line in during if line.said == "done"]
        half = [no for no in found.half if target == "all" or _during(numbers.get(no, 0), starts, rounds) == target]
        rows.append(
            (
                target, str(len(mine)), _spread([one.answered for one in mine]), _spread([one.whole for one in mine]),
                f"{max((one.slowest for one in mine), default=0):.1f}", str(len(done)),
                str(sum((line.key, line.version) in lost for line in done)), str(len(half)),
            )
        )  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _during(at: float, starts: Sequence[float], rounds: Sequence[Round]) -> str:
    place = bisect.bisect_right(starts, at) - 1
    return rounds[place].target if place >= 0 else ""


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} / {max(values):.2f}" if values else "-"


def summary(campaign: Campaign, lines: Sequence[Line], found: Findings) -> dict[str, object]:
    """The numbers of a campaign, for a test and for people."""
    said = [line.said for line in lines]
    return {
        "kills": len(campaign.state.rounds),
        "targets": sorted({one.target for one in campaign.state.rounds}),
        "longest until answered": max((one.answered for one in campaign.state.rounds), default=0.0),
        "longest until whole": max((one.whole for one in campaign.state.rounds), default=0.0),
        "acknowledged": found.acknowledged,
        "asked again": said.count("lost"),
        "found made": said.count("found"),
        "answers that are none": [line.words for line in lines if line.said == "ill"],
        "orders": found.orders,
        "events": found.events,
        "told": found.told,
        "lost": [asdict(line) for line in found.lost],
        "half moves": found.half,
        "gaps": found.gaps,
        "made twice": found.made_twice,
        "stuck jobs": found.stuck,
        "untold": found.untold,
        "faults": campaign.faults,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print, and say by the exit code whether all held."""
    parser = argparse.ArgumentParser(prog="python -m campaigns.kills", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the campaign's directory; taken up if it has a state")
    parser.add_argument("--rounds", type=int, default=350, help="kills in all, earlier runs counted")
    parser.add_argument("--minutes", type=float, default=60.0, help="no kill after this time")
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--pace", type=float, default=0.1, help="a client rests up to this many seconds between moves")
    options = parser.parse_args(argv)
    campaign = Campaign(options.data.absolute(), options.seed)
    found = campaign.run(options.rounds, options.minutes, options.clients, options.pace)
    lines = list(read(campaign.folder))
    counted = summary(campaign, lines, found)
    (campaign.folder / "result.json").write_text(json.dumps(counted, ensure_ascii=False, indent=1))
    for line in table(campaign.state.rounds, lines, found):
        _say(line)
    for name, value in counted.items():
        _say(f"{name}: {value}")
    ill = any(line.said in ("ill", "no") for line in lines)
    return 0 if found.clean and not campaign.faults and not ill else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
