"""Answers to 心の健康観察 of another tool.

Source: what is public of the forms in use: 4 weather marks (まなびポケット), 4 moods (茨城町), 5
steps and 0 to 100 (横浜市), temperature, waking and mood (東京都). So the scale is asked for.
"""

from fractions import Fraction

from aarportal.care.school_data.kinds._cells import Cells
from aarportal.care.school_data.kinds._kind import (
    HEALTH_ROOM,
    Choice,
    Column,
    Fact,
    Kind,
    Reading,
    on_a_day,
)
from aarportal.core.ownership import Classification, Relation
from aarportal.core.tables.cells import read_number
from aarportal.core.tables.dates import CellError, plain
from aarportal.core.words import mark

_WEATHER = (
    "晴れ はれ 快晴 ☀",
    "くもり 曇り 曇 ☁",
    "あめ 雨 ☂ ☔",
    "かみなり 雷 雷雨 あらし 嵐 ⚡ ⛈",
)
_FOUR = (
    "とてもよい とても良い すごくよい",
    "よい 良い まあまあ",
    "あまりよくない あまり良くない すこしわるい",
    "よくない 良くない わるい 悪い とてもよくない",
)
_FIVE = (
    "とてもよい とても良い",
    "よい 良い",
    "ふつう 普通",
    "よくない 良くない あまりよくない わるい 悪い",
    "とてもよくない とてもわるい とても悪い",
)
#: Scale -> words of its steps, the best first; and whether its number 1 is the best.
_STEPS = {
    "weather": (_WEATHER, True),
    "four_first_best": (_FOUR, True),
    "four_last_best": (_FOUR, False),
    "five_first_best": (_FIVE, True),
    "five_last_best": (_FIVE, False),
}
_MOST = 100


def _read(cells: Cells) -> Reading | None:
    day = cells.day("day")
    said = cells.text("mood")
    values = {
        "mood": _mood(cells) if said else None,
        "mood_said": said,
        "waking": cells.text("waking"),
        "temperature": cells.temperature("temperature"),
        "wants_to_talk": cells.is_yes("wants_to_talk"),
        "talk_with": cells.text("talk_with"),
        "topics": cells.text("topics"),
        "words": cells.text("words"),
    }
    if day is None:
        return None
    key = {"day": day, "time": cells.time("time")}
    return on_a_day(day, (Fact("health_observations", key, values),))


def _mood(cells: Cells) -> int | None:
    """0 to 100, the best."""
    scale, written = cells.choices["scale"], cells.said["mood"]
    # Signs of the weather come with or without the mark that draws them in colour.
    cell = plain(written).removesuffix("\ufe0f")
    try:
        if scale == "hundred":
            return _number(cell, 0, _MOST)
        words, is_first_best = _STEPS[scale]
        step = next((place for place, each in enumerate(words) if cell in each.split()), None)
        if step is None:
            number = _number(cell, 1, len(words))
            step = number - 1 if is_first_best else len(words) - number
        return round(Fraction(_MOST * (len(words) - 1 - step), len(words) - 1))
    except CellError:
        cells.refuse("mood", "mood")
        return None


def _number(cell: str, first: int, last: int) -> int:
    number = read_number(cell)
    if number.denominator != 1 or not first <= number <= last:
        raise CellError("mood")
    return int(number)


KIND = Kind(
    key="health_observation",
    label=mark("Health observation"),
    about=mark(
        "How pupils say they are. Whoever wants to talk to somebody is shown first. Nothing of it "
        "reaches a chart or the page of a class."
    ),
    classification=Classification.II,
    readers=frozenset({Relation.HOMEROOM, Relation.HEALTH}),
    brought_by=HEALTH_ROOM,
    tables=("health_observations",),
    columns=(
        Column("day", mark("Day"), "日付 回答日 入力日 実施日 年月日 日 date", is_needed=True),
        Column("time", mark("Time of day"), "時刻 回答時刻 入力時刻 time"),
        Column(
            "mood",
            mark("Mood"),
            "気分 心の天気 こころの天気 心の調子 こころの調子 きもち 気持ち 今日の気分 mood",
        ),
        Column("waking", mark("Waking up"), "目覚め めざめ 睡眠 昨夜の睡眠"),
        Column("temperature", mark("Temperature"), "体温 検温 temperature"),
        Column(
            "wants_to_talk",
            mark("Wants to talk to somebody"),
            "相談したい 相談希望 相談の希望 相談 SOS",
        ),
        Column("talk_with", mark("With whom"), "相談相手 相談したい相手 相談先 だれに"),
        Column("topics", mark("About what"), "内容 相談内容 相談の内容 相談したいこと"),
        Column("words", mark("In own words"), "自由記述 コメント ひとこと 一言 メモ 伝えたいこと"),
    ),
    choices=(
        Choice(
            "scale",
            mark("How mood is written"),
            (
                ("weather", mark("Weather: sun, clouds, rain, thunder (or 1 to 4)")),
                ("four_first_best", mark("Four steps, 1 is the best")),
                ("four_last_best", mark("Four steps, 4 is the best")),
                ("five_first_best", mark("Five steps, 1 is the best")),
                ("five_last_best", mark("Five steps, 5 is the best")),
                ("hundred", mark("0 to 100, 100 is the best")),
            ),
        ),
    ),
    read=_read,
    order=3,
)
