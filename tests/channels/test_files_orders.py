"""Files of another system's orders: they carry a state, a limit or an end."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jiesu.channels.files import Row
from tests.channels.made_files import opened, rejects_of, rows_of, written


def test_an_order_keeps_its_foreign_life(tmp_path: Path) -> None:
    text = (
        "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,outcome,subject,reason,type,department,"
        "neighborhood,ward,source\n"
        "1001,2011-07-01 01:32:33,2011-07-15 01:32:32,2011-07-01 05:06:58,ONTIME,Closed,Resolved,"
        "Works,Lights,Outages,PWD,Mattapan,Ward 17,Self Service\n"
        "1002,2011-07-01 02:32:33,2059-12-31 19:00:00,,,Open,,Works,Lights,Outages,PWD,,Ward 17,Constituent Call\n"
    )
    source = opened(written(tmp_path, "a.csv.gz", text))
    assert source.shape == "orders"
    assert source.unrecognised == ["ward"]
    first, second = rows_of(source)
    assert first == Row(
        2,
        "1001",
        {
            "happened_at": datetime(2011, 6, 30, 17, 32, 33, tzinfo=UTC),
            "due_at": datetime(2011, 7, 14, 17, 32, 32, tzinfo=UTC),
            "closed_at": datetime(2011, 6, 30, 21, 6, 58, tzinfo=UTC),
            "on_time": True,
            "state": "closed",
            "outcome": "Resolved",
            "matter": "Works / Lights / Outages",
            "text": "Works / Lights / Outages",
            "unit": "PWD",
            "region": "Mattapan",
            "channel": "web",
        },
    )
    assert second.fields["due_at"] == datetime(2059, 12, 31, 11, 0, tzinfo=UTC)
    assert second.fields["state"] == "handling"
    assert "on_time" not in second.fields
    assert "closed_at" not in second.fields


def test_a_chinese_system_is_understood_too(tmp_path: Path) -> None:
    text = (
        "工单编号,来电时间,受理时间,诉求内容,状态,办理时限,办结时间,是否按时,满意度\n"
        "G1,2024-03-01 08:00:00,2024-03-01 08:05:00,停水,已办结,2024-03-08,2024-03-05 10:00:00,否,基本满意\n"
        "G2,2024-03-01 08:00:00,2024-03-01 08:05:00,停水,待签收,2024-03-08,,大概,\n"
    )
    source = opened(written(tmp_path, "a.csv", text))
    (row,) = (item for item in source.rows() if isinstance(item, Row))
    assert row.fields == {
        "text": "停水",
        "happened_at": datetime(2024, 3, 1, 0, 0, tzinfo=UTC),
        "accepted_at": datetime(2024, 3, 1, 0, 5, tzinfo=UTC),
        "due_at": datetime(2024, 3, 7, 16, 0, tzinfo=UTC),
        "date_only": ("due_at",),
        "closed_at": datetime(2024, 3, 5, 2, 0, tzinfo=UTC),
        "state": "closed",
        "on_time": False,
        "rating": "mostly",
        "channel": "import",
    }
    assert rejects_of(source) == [(3, "“是否按时”的“大概”看不出是否按时，请写“是”或“否”。")]


def test_the_time_of_acceptance_is_the_time_when_there_is_no_other(tmp_path: Path) -> None:
    source = opened(written(tmp_path, "a.csv", "受理时间,内容\n2024-03-01 08:05:00,停水\n"))
    assert source.recognised == {"text": "内容", "happened_at": "受理时间"}
    assert source.shape == "messages"
