"""What sort of demand a story sounds like: by the words that people begin with. A suggestion, never a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# The first that is heard counts: thanks are not a complaint although they name what was wrong.
_CUES: Final = (
    ("praise", ("表扬", "感谢", "锦旗", "点赞")),
    ("report", ("举报", "实名反映违法", "偷排", "无证")),
    ("suggestion", ("建议", "希望能增加", "能不能增设", "提个意见")),
    ("complaint", ("投诉", "太差", "不负责", "推诿", "没人管", "多次反映", "乱收费")),
    ("consultation", ("咨询", "请问", "想问", "问一下", "怎么办理", "需要什么材料", "什么条件", "多少钱", "哪里办")),
)
_USUAL: Final = ("help", "complaint", "consultation")


def kind_of(text: str, usual: Sequence[str] = ()) -> tuple[str, str]:
    """(kind, the words that say so) of a story; by the matter's ``usual`` kinds where no word says anything.

    Two empty strings for an empty story.
    """
    if not text.strip():
        return "", ""
    for kind, cues in _CUES:
        heard = next((cue for cue in cues if cue in text), "")
        if heard:
            return kind, heard
    return next((kind for kind in _USUAL if kind in usual), "help"), ""
