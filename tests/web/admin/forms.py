"""The form of a thing as it stands on its page, filled in and sent as a browser does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.web.desk import ADMINISTRATOR, Desk, Seen


def fields(html: str) -> dict[str, Any]:
    """What stands in the form: words by name, what is ticked as lists."""
    form = html.partition('id="edit"')[2].partition("</form>")[0]
    found: dict[str, Any] = dict(re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    ticked: dict[str, list[str]] = {}
    for name, value, checked in re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)"( checked)?', form):
        ticked.setdefault(name, []).extend([value] if checked else [])
    return {**found, **ticked}


def sent(desk: Desk, address: str, page: Seen, step: str, **given: Any) -> Seen:
    """The form of a page sent with some fields filled in."""
    filled: Mapping[str, Any] = {**fields(page.html), **given, "step": step}
    return desk.post(ADMINISTRATOR, address, filled)


def saved(desk: Desk, address: str, /, **given: Any) -> Seen:
    """A form filled in, checked and confirmed."""
    checked = sent(desk, address, desk.get(ADMINISTRATOR, address), "check", **{"reason": "按文件", **given})
    assert checked.status == 200, (address, checked.words)
    assert "核对：这样改会怎样" in checked.words
    done = sent(desk, address.partition("?")[0], checked, "save")
    assert done.status == 200, done.words
    return done
