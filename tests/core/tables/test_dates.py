"""Every way in which schools write a day or a time, and those that may mean two things."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.tables.dates import CellError, read_date, read_moment, read_time

TOKYO = ZoneInfo("Asia/Tokyo")
APRIL = date(2026, 4, 1)

DAYS = [
    ("2026-04-01", APRIL),
    ("2026/4/1", APRIL),
    ("2026/04/01", APRIL),
    ("2026.4.1", APRIL),
    ("20260401", APRIL),
    ("2026年4月1日", APRIL),
    ("2026年 4月 1日", APRIL),
    ("２０２６／４／１", APRIL),
    ("２０２６年４月１日（水）", APRIL),
    ("2026/4/1(水)", APRIL),
    ("2026年4月1日水曜日", APRIL),
    ("2026/4/29(水・祝)", date(2026, 4, 29)),
    ("令和8年4月1日", APRIL),
    ("令和８年４月１日", APRIL),
    ("令和 8年 4月 1日", APRIL),
    ("㋿8年4月1日", APRIL),
    ("R8.4.1", APRIL),
    ("r8.4.1", APRIL),
    ("R08/04/01", APRIL),
    ("Ｒ８．４．１", APRIL),
    ("R.8.4.1", APRIL),
    ("令8.4.1", APRIL),
    ("令和元年5月1日", date(2019, 5, 1)),
    ("令和1年5月1日", date(2019, 5, 1)),
    ("R元.12.31", date(2019, 12, 31)),
    ("平成31年4月30日", date(2019, 4, 30)),
    ("H31/4/30", date(2019, 4, 30)),
    ("平成元年1月8日", date(1989, 1, 8)),
    ("㍻元年1月8日", date(1989, 1, 8)),
    ("昭和64年1月7日", date(1989, 1, 7)),
    ("S64.1.7", date(1989, 1, 7)),
    ("昭和元年12月25日", date(1926, 12, 25)),
    ("大正15年12月24日", date(1926, 12, 24)),
    ("大正元年7月30日", date(1912, 7, 30)),
    ("明治45年7月29日", date(1912, 7, 29)),
    ("2028/2/29", date(2028, 2, 29)),
]
NOT_DAYS = [
    ("4月1日", "date_year_missing"),
    ("4/1", "date_year_missing"),
    ("４月１日（水）", "date_year_missing"),
    ("26/4/1", "date_year_short"),
    ("08.4.1", "date_year_short"),
    ("8年4月1日", "date_year_short"),
    ("8.4.1", "date_year_short"),
    ("26年4月1日", "date_year_short"),
    ("4/1/2026", "date"),
    ("2026/2/30", "date_none"),
    ("2026/13/1", "date_none"),
    ("2027-02-29", "date_none"),
    ("2026/4-1", "date"),
    ("0000/1/1", "date"),
    ("3000/1/1", "date"),
    ("1872/12/31", "date"),
    ("令和元年4月30日", "date_era"),
    ("令和0年5月1日", "date_era"),
    ("R1.4.30", "date_era"),
    ("平成31年5月1日", "date_era"),
    ("H32.1.1", "date_era"),
    ("平成元年1月7日", "date_era"),
    ("昭和64年1月8日", "date_era"),
    ("昭和元年12月24日", "date_era"),
    ("大正15年12月25日", "date_era"),
    ("明治45年7月30日", "date_era"),
    ("明治5年1月1日", "date"),
    ("大正元年7月29日", "date_era"),
    ("令和8年2月29日", "date_none"),
    ("45383", "date"),
    ("きのう", "date"),
    ("٢٠٢٦/٤/١", "date"),
]


@pytest.mark.parametrize(("cell", "day"), DAYS)
def test_a_day_is_read(cell, day):
    assert read_date(cell) == day


@pytest.mark.parametrize(("cell", "rule"), NOT_DAYS)
def test_what_is_no_day_or_may_be_two_is_refused(cell, rule):
    with pytest.raises(CellError) as refused:
        read_date(cell)
    assert refused.value.rule == rule


@given(st.dates(date(1873, 1, 1), date(2117, 12, 31)))
def test_every_day_has_exactly_one_era_and_comes_back(day):
    read = []
    for era, before in (
        ("明治", 1867),
        ("大正", 1911),
        ("昭和", 1925),
        ("平成", 1988),
        ("令和", 2018),
    ):
        if not 1 <= day.year - before <= 99:
            continue
        with suppress(CellError):
            read.append(read_date(f"{era}{day.year - before}年{day.month}月{day.day}日"))
    assert read == [day]


SERIALS = [
    ("45383", datetime(2024, 4, 1, 12), False),
    ("４５３８３", datetime(2024, 4, 1, 12), False),
    ("46113.5", datetime(2026, 4, 1, 12), True),
    ("46113.378472222", datetime(2026, 4, 1, 9, 5), True),
    ("61", datetime(1900, 3, 1, 12), False),
]


@pytest.mark.parametrize(("cell", "at", "has_time"), SERIALS)
def test_day_numbers_of_a_spreadsheet_are_read_where_somebody_said_so(cell, at, has_time):
    moment = read_moment(cell, TOKYO, is_serial=True)
    assert (moment.at, moment.has_time) == (at.replace(tzinfo=TOKYO), has_time)


@pytest.mark.parametrize("cell", ["60", "0", "-1", "2958466", "2026/4/1", "x", "1e5", "9" * 50])
def test_other_things_are_no_day_numbers(cell):
    with pytest.raises(CellError) as refused:
        read_date(cell, is_serial=True)
    assert refused.value.rule == "date_serial"


TIMES = [
    ("9:05", time(9, 5)),
    ("09:05", time(9, 5)),
    ("９：０５", time(9, 5)),
    ("9:05:30", time(9, 5, 30)),
    ("15:05:30.123", time(15, 5, 30)),
    ("0:00", time(0)),
    ("23:59", time(23, 59)),
    ("9時5分", time(9, 5)),
    ("9時05分30秒", time(9, 5, 30)),
    ("9時", time(9)),
    ("9時半", time(9, 30)),
    ("午後3時", time(15)),
    ("午後３時５分", time(15, 5)),
    ("午後 3:05", time(15, 5)),
    ("午前9時半", time(9, 30)),
    ("午前0時5分", time(0, 5)),
    ("午後0時30分", time(12, 30)),
    ("正午", time(12)),
    ("3:05 PM", time(15, 5)),
    ("PM 3:05", time(15, 5)),
    ("3:05am", time(3, 5)),
    ("12:30 PM", time(12, 30)),
    ("12:30 AM", time(0, 30)),
    ("PM0:30", time(12, 30)),
]
NOT_TIMES = [
    ("24:00", "time"),
    ("25:30", "time"),
    ("9:60", "time"),
    ("9:5", "time"),
    ("午後13時", "time"),
    ("午前9時 AM", "time"),
    ("午後12時", "time_twelve"),
    ("午前12時30分", "time_twelve"),
    ("3限", "time"),
    ("9.5", "time"),
    ("9", "time"),
]


@pytest.mark.parametrize(("cell", "clock"), TIMES)
def test_a_time_of_day_is_read(cell, clock):
    assert read_time(cell) == clock


@pytest.mark.parametrize(("cell", "rule"), NOT_TIMES)
def test_what_is_no_time_of_day_or_may_be_two_is_refused(cell, rule):
    with pytest.raises(CellError) as refused:
        read_time(cell)
    assert refused.value.rule == rule


MOMENTS = [
    ("2026/4/1 9:05", datetime(2026, 4, 1, 9, 5), True),
    ("2026-04-01 15:05:30", datetime(2026, 4, 1, 15, 5, 30), True),
    ("2026-04-01T15:05:30", datetime(2026, 4, 1, 15, 5, 30), True),
    ("2026-04-01T15:05:30+09:00", datetime(2026, 4, 1, 15, 5, 30), True),
    ("2026-04-01T06:05:30Z", datetime(2026, 4, 1, 15, 5, 30), True),
    ("２０２６／４／１　９：０５", datetime(2026, 4, 1, 9, 5), True),
    ("令和8年4月1日 午後3時5分", datetime(2026, 4, 1, 15, 5), True),
    ("令和8年4月1日午後3時5分", datetime(2026, 4, 1, 15, 5), True),
    ("令和8年 4月 1日 9時5分", datetime(2026, 4, 1, 9, 5), True),
    ("2026年4月1日(水) 9:05", datetime(2026, 4, 1, 9, 5), True),
    ("2026/4/1（水）9:05", datetime(2026, 4, 1, 9, 5), True),
    ("R8.4.1 9:05", datetime(2026, 4, 1, 9, 5), True),
    ("2026/4/1 3:05 PM", datetime(2026, 4, 1, 15, 5), True),
    ("2026/4/1", datetime(2026, 4, 1, 12), False),
    ("2026年4月 1日", datetime(2026, 4, 1, 12), False),
]
NOT_MOMENTS = [
    ("4/1 9:05", "date_year_missing"),
    ("2026/2/30 9:05", "date_none"),
    ("2026/4/1 25:00", "time"),
    ("2026/4/1 午後12時", "time_twelve"),
    ("2026-02-30T09:05:00Z", "date_none"),
    ("平成31年5月1日 9:05", "date_era"),
    ("9:05", "date"),
    ("", "date"),
]


@pytest.mark.parametrize(("cell", "at", "has_time"), MOMENTS)
def test_a_day_with_its_time_is_read(cell, at, has_time):
    moment = read_moment(cell, TOKYO)
    assert moment.at == at.replace(tzinfo=TOKYO)
    assert moment.has_time is has_time


@pytest.mark.parametrize(("cell", "rule"), NOT_MOMENTS)
def test_a_moment_that_is_none_is_refused_with_the_reason_of_its_part(cell, rule):
    with pytest.raises(CellError) as refused:
        read_moment(cell, TOKYO)
    assert refused.value.rule == rule


def test_a_very_long_cell_is_refused_at_a_glance():
    with pytest.raises(CellError) as refused:
        read_moment("1 " * 60_000, TOKYO)
    assert refused.value.rule == "date"


DAY_FORMS = ["{0.year}/{0.month}/{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d}"]
TIME_FORMS = ["{0.hour}:{0:%M}", "{0.hour}時{0.minute}分", "{0:%H:%M:%S}"]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    st.sampled_from(DAY_FORMS),
    st.sampled_from(TIME_FORMS),
)
def test_whatever_is_written_one_way_is_read_as_it_was_meant(at, day, clock):
    moment = read_moment(f"{day.format(at)} {clock.format(at)}", TOKYO)
    assert moment.at.replace(tzinfo=None) - at == timedelta()


TEXTS = st.text(
    st.sampled_from("0123456789/-.:年月日時分秒半午前後令和平成元RHS TZ+()水曜AMP０９：")
    | st.characters(),
    max_size=20,
)


@given(TEXTS, st.booleans())
def test_no_text_breaks_the_reader_of_moments(text, is_serial):
    try:
        moment = read_moment(text, TOKYO, is_serial=is_serial)
    except CellError:
        return
    assert moment.at.tzinfo is not None
    assert 1873 <= moment.at.year <= 2999


@given(TEXTS)
def test_no_text_breaks_the_reader_of_times(text):
    try:
        read = read_time(text)
    except CellError:
        return
    assert isinstance(read, time)
