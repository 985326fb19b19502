"""What the school reports: on the pages of its readers, and on no page that opens by itself."""

import pytest

from tests.care.people import GONE, NUMBERS, TWIN_A, TWIN_B, appoint
from tests.care.tables import table, taken
from tests.cast import AOI, BEN, CHIBA, DOI, GEN, HANA, HEAD, KEN, MORI, NURSE, OKA

GRADES = "年度,学期,学籍番号,教科,知識・技能,思考・判断・表現,主体的に学習に取り組む態度,評定,所見"
RESULTS = "実施日,調査名,教科,学籍番号,得点,満点,学力レベル"
YEARLY = "年度,学籍番号,授業日数,出席停止・忌引等の日数,出席すべき日数,欠席日数,出席日数,備考"
#: Words that nothing else on any page says.
SECRETS = ("まじめに取り組みました", "全国学力テスト", "レベル8-A", "あと少しで皆勤")


@pytest.fixture(autouse=True)
def reported(app):
    with app.app_context():
        appoint(NURSE, HEAD, TWIN_A, TWIN_B, GONE)
        number = NUMBERS[AOI]
        taken(table(GRADES, f"2026,1,{number},算数,A,B,C,3,まじめに取り組みました"), "grades")
        taken(
            table(RESULTS, f"2026/5/20,全国学力テスト,算数,{number},85,100,レベル8-A"),
            "examination",
        )
        taken(table(YEARLY, f"2026,{number},203,3,200,13,187,あと少しで皆勤"), "attendance_yearly")


@pytest.mark.parametrize("member", [CHIBA, HEAD], ids=lambda m: m.name)
def test_the_homeroom_teacher_and_the_head_read_everything(browser, member):
    page = browser(member).get(f"/students/{AOI.id}/school-records")
    assert all(secret in page.text for secret in SECRETS)
    [report, *_] = [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in page.html.select("table.sheet tbody tr")
        if "算数" in row.get_text() and "まじめ" in row.get_text()
    ]
    assert report == ["算数", "A", "B", "C", "3", "まじめに取り組みました"]


@pytest.mark.parametrize("member", [DOI, MORI], ids=lambda m: m.name)
def test_other_teachers_find_no_such_pupil(browser, member):
    me = browser(member)
    assert me.get(f"/students/{AOI.id}/school-records").status == 404
    assert "髙﨑" not in me.get("/school-records").text


@pytest.mark.parametrize("person", [KEN, GEN, CHIBA], ids=lambda m: m.name)
def test_the_head_finds_pupils_of_the_school_alone(browser, person):
    assert browser(HEAD).get(f"/students/{person.id}/school-records").status == 404


@pytest.mark.parametrize("member", [OKA, NURSE, AOI, BEN, KEN], ids=lambda m: m.name)
def test_nobody_else_has_such_a_page(browser, member):
    me = browser(member)
    assert me.get(f"/students/{AOI.id}/school-records").status == 403
    assert me.get("/school-records").status == 403


@pytest.mark.parametrize("pupil", [BEN, HANA, KEN, GEN], ids=lambda m: m.name)
def test_a_pupils_page_of_grades_is_about_nobody_else(browser, pupil):
    page = browser(pupil).get("/my-grades")
    assert page.status == 200
    assert not [secret for secret in SECRETS if secret in page.text]
    assert page.html.select(".empty")


def test_a_pupil_reads_their_own_grades_on_purpose(browser):
    page = browser(AOI).get("/my-grades")
    assert all(secret in page.text for secret in SECRETS[:3])
    # The days of the year are between the school and whoever it reports to.
    assert SECRETS[3] not in page.text


def pages_of(me, first="/"):
    """Every page that a pupil reaches by links, without the one that is opened on purpose."""
    seen, waiting = set(), [first]
    while waiting:
        path = waiting.pop()
        if path in seen or path == "/my-grades" or not path.startswith("/"):
            continue
        seen.add(path)
        page = me.get(path)
        if page.status == 303:
            waiting.append(page.location)
        elif page.response.mimetype == "text/html":
            yield path, page
            waiting += [
                link["href"].partition("#")[0] for link in page.html.select("main a, nav a")
            ]


def test_no_page_that_a_pupil_comes_by_holds_a_grade(browser):
    paths = set()
    for path, page in pages_of(browser(AOI)):
        paths.add(path)
        assert not [secret for secret in SECRETS if secret in page.text], path
    assert {"/", "/progress"} <= paths


@pytest.mark.parametrize("member", [AOI, CHIBA, HEAD], ids=lambda m: m.name)
def test_those_who_may_find_the_way(browser, member):
    start = {AOI: "/progress", CHIBA: "/school-records", HEAD: "/school-data"}[member]
    wanted = {
        AOI: "/my-grades", CHIBA: f"/students/{AOI.id}/school-records", HEAD: "/school-records",
    }[member]  # fmt: skip
    assert browser(member).get(start).html.select(f'a[href="{wanted}"]')


def test_the_head_turns_over_the_classes(browser):
    me = browser(HEAD)
    page = me.get("/school-records")
    links = page.html.select("nav.filters a")
    assert [link.get_text(strip=True) for link in links] == ["1年1組", "4年2組"]
    assert "髙﨑" in me.get(links[1]["href"]).text
    assert "髙﨑" not in me.get(links[0]["href"]).text
    assert me.get("/school-records?class=nonsense").status == 200
