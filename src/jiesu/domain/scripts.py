"""What a callback clerk reads aloud: the city's own words with places for what belongs to this order (settings
"params", ``callback_scripts``), else the words below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

PLACES: Final[Mapping[str, str]] = {
    "name": "诉求人的称呼",
    "what": "反映的事",
    "place": "地点",
    "unit": "牵头单位",
    "reply": "公开答复",
    "promise": "承诺的内容",
    "promise_due": "承诺完成的日期",
    "day": "登记的日期",
    "number": "工单号",
}
SCRIPTS: Final[Mapping[str, Sequence[str]]] = {
    "callback": (
        "您好，这里是 12345 热线，请问是{name}吗？",
        "您{day}反映的“{what}”，{unit}答复说：{reply}",
        "请问这件事解决了吗？是已解决、基本解决，还是没有解决？",
        "对办理结果满意吗？是满意、基本满意，还是不满意？",
        "您还有什么意见要我们记下来吗？感谢您的支持，再见。",
    ),
    "promised": (
        "您好，这里是 12345 热线，请问是{name}吗？",
        "您{day}反映的“{what}”，{unit}承诺在{promise_due}前办好：{promise}",
        "到期我们会再打给您核实。对目前的答复，您觉得是已解决、基本解决，还是没有解决？",
        "您对{unit}的答复满意吗？是满意、基本满意，还是不满意？",
        "您还有什么意见要我们记下来吗？感谢您的支持，再见。",
    ),
    "promise": (
        "您好，这里是 12345 热线，请问是{name}吗？",
        "您{day}反映的“{what}”，{unit}承诺在{promise_due}前办好：{promise}",
        "现在到期了，请问办好了吗？",
        "您还有什么意见要我们记下来吗？感谢您的支持，再见。",
    ),
    "withdrawal": (
        "您好，这里是 12345 热线，请问是{name}吗？",
        "您{day}反映的“{what}”已按您的意思撤回。打这个电话只是核实一下。",
        "撤回是您自己的意思吗？有没有人要求、劝说或催促您撤回？",
        "您随时可以再打 12345，我们会重新办理。再见。",
    ),
    "sample": (
        "您好，这里是 12345 热线，请问是{name}吗？",
        "您{day}问的“{what}”，当时答复您：{reply}",
        "请问这样答复解决您的问题了吗？是已解决、基本解决，还是没有解决？",
        "对我们的答复满意吗？是满意、基本满意，还是不满意？",
        "您还有什么意见要我们记下来吗？感谢您的支持，再见。",
    ),
    "result": (
        "您好，这里是 12345 热线，请问是{name}吗？",
        "您{day}反映的“{what}”已由{unit}按法定程序办理，现在告诉您结果。",
        "对结果不服的，可以依法申请行政复议或提起诉讼。还有什么要问的吗？再见。",
    ),
}
_PLACE: Final = re.compile(r"\{(\w+)\}")


def lines(which: str, values: Mapping[str, str], params: Mapping[str, Any]) -> list[str]:
    """The script ``which`` with ``values`` in their places; a place that is not known stays as it is written.

    Values are put in once, as they are: what a resident or a unit wrote is never read for places.
    """
    own = params.get("callback_scripts") or {}
    return [fill(line, values) for line in own.get(which) or SCRIPTS[which]]


def fill(line: str, values: Mapping[str, str]) -> str:
    """One line with its places filled."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), line)
