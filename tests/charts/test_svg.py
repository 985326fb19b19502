import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest
from matplotlib.path import Path

from aarportal.charts import theme
from aarportal.charts.marks import Area, Label, areas, box, circle, circles, line
from aarportal.charts.svg import Frame, Sheet, svg
from aarportal.charts.theme import ACTION, ACTION_TINT, INK, Pen


def _frame(height=100.0):
    return Sheet(height, (Area(line([(0, 50), (440, 50)]), Pen(line=theme.GRID)),))


EMPTY = Frame(_frame)
HARD_TEXTS = (
    "髙﨑濵𠮷",
    "葛󠄀飾",
    "they cost $3 and $5",
    "<b>&amp;</b> \"quoted\" 'text'",
    'x="0" y="0"',
    "3.14159265",
    "#0a0001",
    'url(#here) id="x"',
    "们这 Việt ção",
)


def picture(*marks, dom_id="c", frame=EMPTY, title="Title", summary="Summary."):
    return svg(frame, marks, dom_id=dom_id, title=title, summary=summary)


def texts(drawing):
    return [element.text for element in ElementTree.fromstring(drawing).iter("text")]


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_a_text_arrives_as_it_was_written(text):
    assert texts(picture(Label(1, 2, text)))[0].strip() == text.strip()


def test_control_characters_become_spaces():
    assert (
        texts(picture(Label(1, 2, "a\x00b\x01c\nd"), title="\x01t", summary="\x08s"))[0]
        == "a b c d"
    )


def test_a_text_stands_where_it_was_put():
    (element,) = ElementTree.fromstring(
        picture(Label(12.345678, 20, "word", 15, INK, "center", bold=True))
    ).iter("text")
    assert element.attrib == {
        "font-size": "15px",
        "font-weight": "700",
        "text-anchor": "middle",
        "fill": "currentColor",
        "x": "12.35",
        "y": "20",
    }


def test_the_same_word_at_two_places_is_two_texts():
    drawing = picture(Label(1, 2, "word"), Label(3, 4, "word"))
    places = [(e.get("x"), e.get("y")) for e in ElementTree.fromstring(drawing).iter("text")]
    assert places == [("1", "2"), ("3", "4")]


def test_a_shape_stands_where_it_was_put():
    drawing = picture(Area(box(10, 20, 30, 40, (0, 0)), Pen(fill=ACTION)))
    shape = list(ElementTree.fromstring(drawing).iter("path"))[-1]
    numbers = [float(number) for number in re.findall(r"[\d.]+", shape.get("d"))]
    assert (min(numbers[0::2]), max(numbers[0::2])) == (10, 40)
    assert (min(numbers[1::2]), max(numbers[1::2])) == (20, 60)


def test_numbers_have_at_most_two_decimals():
    drawing = picture(Area(circle(1 / 3, 2 / 3, 10 / 7), Pen(fill=ACTION)), Label(1 / 3, 1, "t"))
    assert not re.search(r"\d\.\d{3,}", drawing)


def test_many_circles_are_the_circles_one_by_one():
    spots = [(10.0, 20.0, 5.0), (30.0, 40.0, 2.5)]
    alone = [tuple(map(tuple, circle(*spot).vertices)) for spot in spots]
    (together,) = circles(spots)
    assert tuple(map(tuple, together.vertices)) == (*alone[0], *alone[1])
    assert circles([]) == ()


def test_no_shapes_are_no_area():
    assert areas([], Pen(fill=ACTION)) == ()


@pytest.mark.parametrize(
    ("pen", "expected"),
    [
        (Pen(fill=ACTION), {"fill": "var(--chart-2,#0c7867)"}),
        (Pen(line=INK, width=2), {"fill": "none", "stroke": "currentColor", "stroke-width": "2"}),
        (Pen(line=INK, dash=(3, 2)), {"stroke-dasharray": "3,2"}),
    ],
)
def test_a_pen_becomes_attributes(pen, expected):
    shape = list(ElementTree.fromstring(picture(Area(circle(9, 9, 5), pen))).iter("path"))[-1]
    assert expected.items() <= shape.attrib.items()
    assert "style" not in shape.attrib


def test_nothing_in_it_needs_an_inline_style_or_another_place():
    hatched = Pen(fill=ACTION_TINT, line=ACTION, hatch="//")
    drawing = picture(Area(circle(9, 9, 5), hatched), Label(1, 2, "word"))
    assert "style" not in drawing
    assert "://" not in drawing
    assert "xlink" not in drawing
    assert "font-family" not in drawing
    assert "#0a00" not in drawing


def test_two_charts_with_patterns_share_a_page():
    hatched = Area(circle(9, 9, 5), Pen(fill=ACTION_TINT, line=ACTION, hatch="//"))
    page = ElementTree.fromstring(
        f"<div>{picture(hatched, dom_id='a')}{picture(hatched, dom_id='b')}</div>"
    )
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for chart, name in zip(page, "ab", strict=True):
        own = {element.get("id") for element in chart.iter() if element.get("id")}
        used = {
            reference
            for element in chart.iter()
            for value in element.attrib.values()
            for reference in re.findall(r"url\(#([^)]+)\)", value)
        }
        assert used
        assert used <= own
        assert all(one.startswith(f"{name}-") for one in own)


def test_it_is_an_image_with_a_name_and_a_description():
    chart = ElementTree.fromstring(picture(title="A < B", summary="5 & 6", dom_id='x"y'))
    assert (chart.get("role"), chart.get("class")) == ("img", "plot")
    # The renderer takes round joins for granted and does not write them.
    assert chart.get("stroke-linejoin") == "round"
    assert chart.get("viewBox") == "0 0 440 100"
    title, description = chart.find("title"), chart.find("desc")
    assert (title.text, description.text) == ("A < B", "5 & 6")
    assert chart.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_a_frame_is_painted_once():
    painted = []

    def paint(height):
        painted.append(height)
        return _frame(height)

    for _ in range(3):
        picture(frame=Frame(paint, (70.0,)))
    assert picture(frame=Frame(paint, (80.0,))).count("0 0 440 80") == 1
    assert painted == [70.0, 80.0]


def test_shapes_never_hide_a_text():
    drawing = picture(Label(1, 2, "word"), Area(circle(9, 9, 5), Pen(fill=ACTION)))
    assert drawing.rindex("<path") < drawing.index("<text")


def test_eight_threads_draw_what_one_thread_draws():
    def draw(n):
        shapes = [Area(circle(n + k, 9, 5), Pen(fill=ACTION, line=INK)) for k in range(5)]
        return picture(*shapes, Label(n, n, str(n)), dom_id=f"c{n}")

    alone = [draw(n) for n in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(draw, range(200))) == alone


def test_an_open_path_is_drawn_too():
    assert "M 0 0 L 5 5" in picture(Area(Path([(0, 0), (5, 5)]), Pen(line=INK)))


def test_every_colour_is_a_sentinel_of_its_own():
    assert len(theme.CSS_OF) == len(set(theme.CSS_OF.values()))
