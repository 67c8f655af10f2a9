"""Times in every form a file brings them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jiesu.channels.files import SHANGHAI
from jiesu.channels.files.moments import Moments
from jiesu.channels.files.records import BadCell

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "city"),
    [
        ("2019/2/28 11:25:05", "2019-02-28 11:25:05"),
        ("2019/2/8 9:05:05", "2019-02-08 09:05:05"),
        ("2019-05-08 14:48:00", "2019-05-08 14:48:00"),
        ("2019-05-08 14:48", "2019-05-08 14:48:00"),
        ("2019-05-08  14:48:07", "2019-05-08 14:48:07"),
        ("2019.5.8 14:48:00", "2019-05-08 14:48:00"),
        ("20200102 030405", "2020-01-02 03:04:05"),
        ("20200102030405", "2020-01-02 03:04:05"),
        ("202001020304", "2020-01-02 03:04:00"),
        ("2019年5月8日 14时48分", "2019-05-08 14:48:00"),
        ("2019年5月8日14时48分09秒", "2019-05-08 14:48:09"),
        ("2019年5月8日 14时", "2019-05-08 14:00:00"),
        ("2019年5月8日下午2:48", "2019-05-08 14:48:00"),
        ("2019年5月8日 上午12:48", "2019-05-08 00:48:00"),
        ("２０１９／５／８　１４：４８", "2019-05-08 14:48:00"),
        ("05/08/2019 02:48:00 PM", "2019-05-08 14:48:00"),
        ("05/08/2019 12:48:00 AM", "2019-05-08 00:48:00"),
        ("5/8/2019 14:48", "2019-05-08 14:48:00"),
        ("2019-05-08T14:48:00", "2019-05-08 14:48:00"),
        ("2019-05-08T14:48:00+08:00", "2019-05-08 14:48:00"),
        ("2019-05-08T06:48:00Z", "2019-05-08 14:48:00"),
        ("2019-05-08 06:48:00+0000", "2019-05-08 14:48:00"),
        ("43593.616666666669", "2019-05-08 14:48:00"),
    ],
)
def test_a_time_is_the_citys(words: str, city: str) -> None:
    moments = Moments(SHANGHAI, NOW)
    expected = (datetime.fromisoformat(city).replace(tzinfo=SHANGHAI).astimezone(UTC), False)
    assert moments.read(words) == expected
    assert moments.read(words) == expected  # and again, from memory


@pytest.mark.parametrize("words", ["2019-05-08", "2019/5/8", "20190508", "2019年5月8日", "5/8/2019", "43593"])
def test_a_bare_date_is_the_citys_midnight_and_says_so(words: str) -> None:
    moments = Moments(SHANGHAI, NOW)
    assert moments.read(words) == (datetime(2019, 5, 7, 16, 0, tzinfo=UTC), True)
    assert moments.read(words) == (datetime(2019, 5, 7, 16, 0, tzinfo=UTC), True)


def test_an_afternoon_is_not_remembered_as_a_morning() -> None:
    moments = Moments(SHANGHAI, NOW)
    assert moments.read("2019年5月8日下午 2:30")[0] == datetime(2019, 5, 8, 6, 30, tzinfo=UTC)
    assert moments.read("2019年5月8日 2:30")[0] == datetime(2019, 5, 7, 18, 30, tzinfo=UTC)
    assert moments.read("2019年5月8日下午 2:30")[0] == datetime(2019, 5, 8, 6, 30, tzinfo=UTC)


def test_fractions_of_a_second_are_kept() -> None:
    assert Moments(SHANGHAI, NOW).read("2019-05-08 14:48:00.250")[0] == datetime(
        2019, 5, 8, 6, 48, 0, 250_000, tzinfo=UTC
    )


def test_the_day_when_the_clocks_change_is_reckoned_by_the_hour() -> None:
    moments = Moments(ZoneInfo("America/New_York"), NOW)
    assert moments.read("2019-03-10")[0] == datetime(2019, 3, 10, 5, 0, tzinfo=UTC)
    assert moments.read("2019-03-10 01:30:00")[0] == datetime(2019, 3, 10, 6, 30, tzinfo=UTC)
    assert moments.read("2019-03-10 12:00:00")[0] == datetime(2019, 3, 10, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "words",
    ["2019-02-30", "2019-13-01 10:00", "2019-05-08 24:00:00", "2019-05-08 10:60", "31/12/2019", "0000-01-01"],
)
def test_a_time_the_calendar_does_not_have(words: str) -> None:
    with pytest.raises(BadCell) as bad:
        Moments(SHANGHAI, NOW).read(words)
    assert str(bad.value) == "日历上没有这个时间"


@pytest.mark.parametrize("words", ["昨天", "2019", "14:48", "2019-05-08 下午", "2019-05-08 14", "99999", "1", "-"])
def test_words_that_are_no_time(words: str) -> None:
    with pytest.raises(BadCell) as bad:
        Moments(SHANGHAI, NOW).read(words)
    assert str(bad.value) == "不是能读的时间"


def test_what_is_believed() -> None:
    moments = Moments(SHANGHAI, NOW)
    moments.believable(NOW + timedelta(days=1), limit=False)
    moments.believable(datetime(1990, 1, 1, tzinfo=SHANGHAI), limit=False)
    moments.believable(datetime(9999, 12, 1, tzinfo=UTC), limit=True)
    with pytest.raises(BadCell) as late:
        moments.believable(NOW + timedelta(days=1, seconds=1), limit=False)
    with pytest.raises(BadCell) as early:
        moments.believable(datetime(1989, 12, 31, 23, 59, tzinfo=SHANGHAI), limit=True)
    assert (str(late.value), str(early.value)) == ("在将来", "早于 1990 年")


def test_a_now_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        Moments(SHANGHAI, NOW.replace(tzinfo=None))
