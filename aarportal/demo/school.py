"""Who there is in the demonstration: a district, two schools, six classes, teachers; pure."""

from dataclasses import dataclass
from random import Random
from uuid import UUID

from aarportal.demo.names import PersonName, class_names, in_order

PRIMARY, SECONDARY = "primary", "secondary"
#: The organization of those who are at no school.
BOARD = "district"
#: What people type to sign in, much shorter than the 学校コード.
SCHOOL_CODES = {PRIMARY: "midori", SECONDARY: "minami"}
#: Also what people of the board of education type.
DISTRICT_CODE = "139998"
DISTRICT_NAME = "わかば市教育委員会"
#: Everybody in the demonstration has this one, and it protects nobody.
PASSWORD = "manabi"  # noqa: S105 - it is printed on the sign-in page
#: Login ids of those who bring school data.
OFFICE, NURSE = "jimu", "hoken"
#: Login ids of those who see single pupils by a relation.
COUNSELOR, FAMILY = "sc", "hogosha"
#: Leads a grade: login id and grade.
LEADER = ("gakunen", "P4")


@dataclass(frozen=True)
class ClassPlan:
    """A homeroom class.

    Attributes:
        guide: The pupil under whose login the demonstration shows this class; None for no such.
    """

    key: str
    school: str
    grade: str
    title: str
    size: int
    guide: PersonName | None = None
    unusual: int = 1


#: In the order in which smaller demonstrations take them.
CLASSES = (
    ClassPlan(
        "4-2", PRIMARY, "P4", "4年2組", 40, PersonName("髙﨑", "美桜", "タカサキ", "ミオ"), 2
    ),
    ClassPlan("1-1", PRIMARY, "P1", "1年1組", 33, PersonName("𠮷田", "花", "ヨシダ", "ハナ")),
    ClassPlan("J2-1", SECONDARY, "J2", "2年1組", 39, PersonName("德永", "蓮", "トクナガ", "レン")),
    ClassPlan("6-1", PRIMARY, "P6", "6年1組", 38, PersonName("濵田", "湊", "ハマダ", "ミナト")),
    ClassPlan("3-1", PRIMARY, "P3", "3年1組", 35),
    ClassPlan("4-1", PRIMARY, "P4", "4年1組", 36),
)


@dataclass(frozen=True)
class Group:
    """A taught group (OneRoster `scheduled`): the pupils of a class in one subject."""

    key: str
    class_key: str
    title: str
    subject: str


GROUPS = (
    Group("4-2-rika", "4-2", "4年2組 理科", "理科"),
    Group("6-1-gaikokugo", "6-1", "6年1組 外国語", "外国語"),
    Group("J2-1-eigo", "J2-1", "2年1組 英語", "外国語"),
)


@dataclass(frozen=True)
class Teacher:
    """Somebody of the staff with what they teach: keys of classes and groups, the homeroom first.

    Office, health room, head and board of education teach nothing; their roles are others.
    """

    login_id: str
    school: str
    name: PersonName
    homeroom: str = ""
    groups: tuple[str, ...] = ()
    role: str = "teacher"
    """As OneRoster calls it."""
    does: str = ""
    """What somebody does who teaches nothing."""

    @property
    def came_later(self) -> bool:
        """Whether the person is new here: nothing that chance decides may hang on them."""
        return self.login_id in {LEADER[0], COUNSELOR, FAMILY, "kanri"}


TEACHERS = (
    Teacher("t42", PRIMARY, PersonName("千葉", "さくら", "チバ", "サクラ"), "4-2"),
    Teacher("t11", PRIMARY, PersonName("渡邉", "真由美", "ワタナベ", "マユミ"), "1-1"),
    Teacher("tj21", SECONDARY, PersonName("齋藤", "健一", "サイトウ", "ケンイチ"), "J2-1"),
    Teacher("t61", PRIMARY, PersonName("辻\U000e0100", "和也", "ツジ", "カズヤ"), "6-1"),
    Teacher("t31", PRIMARY, PersonName("大野", "千夏", "オオノ", "チナツ"), "3-1"),
    Teacher("t41", PRIMARY, PersonName("葛\U000e0100西", "誠", "カサイ", "マコト"), "4-1"),
    Teacher("rika", PRIMARY, PersonName("土井", "実", "ドイ", "ミノル"), groups=("4-2-rika",)),
    Teacher(
        "eigo", PRIMARY, PersonName("ウィリアムズ", "エマ", "ウィリアムズ", "エマ"),
        groups=("6-1-gaikokugo",),
    ),
    Teacher("jeigo", SECONDARY, PersonName("森", "緑", "モリ", "ミドリ"), groups=("J2-1-eigo",)),
    Teacher(
        OFFICE, PRIMARY, PersonName("小林", "恵", "コバヤシ", "メグミ"),
        role="siteAdministrator", does="学校事務・システム担当",
    ),
    Teacher(
        NURSE, PRIMARY, PersonName("栁田", "由紀", "ヤナギダ", "ユキ"),
        role="counselor", does="養護教諭",
    ),
    Teacher(
        LEADER[0], PRIMARY, PersonName("後藤", "静", "ゴトウ", "シズカ"), does="4年 学年主任"
    ),
    Teacher(
        COUNSELOR, PRIMARY, PersonName("菊池", "聡", "キクチ", "サトシ"),
        role="counselor", does="スクールカウンセラー",
    ),
    Teacher(
        FAMILY, PRIMARY, PersonName("髙﨑", "恵子", "タカサキ", "ケイコ"),
        role="guardian", does="保護者（髙﨑 美桜）",
    ),
    Teacher(
        "kanri", PRIMARY, PersonName("式", "守", "シキ", "マモル"),
        role="systemAdministrator", does="システム管理",
    ),
    Teacher(
        "kocho", PRIMARY, PersonName("神﨑", "隆", "カンザキ", "タカシ"),
        role="principal", does="校長",
    ),
    Teacher(
        "kyoi", BOARD, PersonName("五十嵐", "修", "イガラシ", "オサム"),
        role="districtAdministrator", does="教育委員会 学校教育課",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Pupil:
    """A pupil with their place in the class list."""

    sourced_id: str
    master_identifier: UUID
    name: PersonName
    class_key: str
    grade: str
    number: int
    is_guide: bool

    @property
    def login_id(self) -> str:
        """Class and number: 4207 is number 7 of 4年2組, j2105 number 5 of 中2年1組."""
        grade, room = self.class_key.lower().split("-")
        return f"{grade}{room}{self.number:02}"

    @property
    def band(self) -> str:
        """L, M or U."""
        return band_of(self.grade)


@dataclass(frozen=True)
class School:
    """Everybody of the demonstration."""

    classes: tuple[ClassPlan, ...]
    pupils: dict[str, tuple[Pupil, ...]]
    """By class, in the order of 出席番号."""
    teachers: tuple[Teacher, ...]
    groups: tuple[Group, ...]


def band_of(grade: str) -> str:
    """L for grades 1 and 2, M for 3 and 4, U above."""
    if grade.startswith("J"):
        return "U"
    return {"1": "L", "2": "L", "3": "M", "4": "M"}.get(grade[1:], "U")


def make_school(rng: Random, classes: int | None = None) -> School:
    """Choose names and numbers.

    Args:
        rng: The one source of chance.
        classes: How many classes, the first of `CLASSES`; None for all.
    """
    plans = CLASSES[:classes]
    keys = {plan.key for plan in plans}
    return School(
        classes=plans,
        pupils={plan.key: _pupils(rng, plan) for plan in plans},
        teachers=tuple(
            teacher
            for teacher in TEACHERS
            if teacher.role != "teacher"
            or teacher.does
            or teacher.homeroom in keys
            or any(_class_of(key) in keys for key in teacher.groups)
        ),
        groups=tuple(group for group in GROUPS if group.class_key in keys),
    )


def _pupils(rng: Random, plan: ClassPlan) -> tuple[Pupil, ...]:
    guides = [plan.guide] if plan.guide else []
    names = class_names(rng, plan.size - len(guides), hard=3, unusual=plan.unusual)
    return tuple(
        Pupil(
            sourced_id=f"s-{plan.key}-{number:02}",
            master_identifier=UUID(int=rng.getrandbits(128), version=4),
            name=name,
            class_key=plan.key,
            grade=plan.grade,
            number=number,
            is_guide=name in guides,
        )
        for number, name in enumerate(in_order([*names, *guides]), start=1)
    )


def _class_of(group_key: str) -> str:
    return next(group.class_key for group in GROUPS if group.key == group_key)
