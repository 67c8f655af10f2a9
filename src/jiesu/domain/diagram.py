"""The pages of the handbook that are written from the table of moves: the states with their diagram, and every move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES, Move
from jiesu.domain.words import NEW, OPEN_STATES, ROLES, STATES

_WRITTEN = "<!-- 本页由 jiesu docs 按动作表生成，请勿手改。 -->\n"


def mermaid() -> str:
    """The state diagram as Mermaid source: one edge for each pair of states, labelled with the moves between them.

    Moves beside the state are not drawn, nor those that may begin an order in any state.
    """
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{zh}" as {state}' for state, zh in STATES.items()]
    edges: dict[tuple[str, str], list[str]] = {}
    for start, end, zh in _edges():
        edges.setdefault((start, end), []).append(zh)
    lines += [f"    {start} --> {end} : {'、'.join(names)}" for (start, end), names in edges.items()]
    return "\n".join([*lines, "    closed --> [*]", ""])


def _edges() -> Iterator[tuple[str, str, str]]:
    for state in (NEW, *STATES):
        for move in MOVES.values():
            if state in move.frm and not _anywhere(move):
                for end in move.to:
                    yield "[*]" if state == NEW else state, end, move.zh


def _anywhere(move: Move) -> bool:
    return set(move.to) == set(STATES)


def states_page() -> str:
    """docs/states.md: the diagram, how each state is left, and what may be done beside it."""
    parts = ["# 工单状态图\n", _WRITTEN, f"```mermaid\n{mermaid()}```\n"]
    begins = "、".join(f"“{move.zh}”" for move in MOVES.values() if _anywhere(move))
    parts.append(f"{begins}可从任一状态开始：工单在外部系统走到哪一步，就从哪一步接着办。\n")
    parts.append("## 每个状态怎样离开\n")
    parts.append(
        _table(("状态", "标识", "动作"), ((zh, f"`{state}`", _leaving(state)) for state, zh in STATES.items()))
    )
    parts.append("## 不改变状态的动作\n")
    parts.append("下列动作在所列状态下都可以做，做完状态不变，也不与别人正打开的表单冲突。\n")
    beside = [move for move in MOVES.values() if move.beside]
    parts.append(_table(("动作", "标识", "可用状态"), ((one.zh, f"`{one.name}`", _states(one.frm)) for one in beside)))
    return "\n".join(parts)


def _leaving(state: str) -> str:
    return "、".join(move.zh for move in MOVES.values() if state in move.frm and not move.beside)


def moves_page() -> str:
    """docs/moves.md: every move with where it starts and ends, who makes it, what it needs and what it may be told."""
    heads = ("动作", "标识", "从", "到", "由谁", "必填", "可填")
    rows = (
        (
            move.zh,
            f"`{move.name}`",
            _states(move.frm),
            _states(move.to) if move.to else "不变",
            "、".join(ROLES[role] for role in move.by) + _LEG[move.leg],
            _facts(move.needs),
            _facts(move.may),
        )
        for move in MOVES.values()
    )
    return "\n".join(["# 动作表\n", _WRITTEN, _table(heads, rows)])


_LEG = {
    "": "",
    "any": "",
    "lead": "（牵头）",
    "assist": "（配合）",
    "summoned": "（被吹哨）",
    "addressed": "（被批示）",
}


def _states(states: Iterable[str]) -> str:
    held = set(states)
    if held == set(STATES):
        return "任一状态"
    if held == OPEN_STATES:
        return "办结前任一状态"
    return "、".join(zh for state, zh in {NEW: "（新建）", **STATES}.items() if state in held)


def _facts(names: Iterable[str]) -> str:
    return "、".join(f"{FACTS[name].zh} `{name}`" for name in names) or "—"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
