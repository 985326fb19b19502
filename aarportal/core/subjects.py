"""The subjects of grades 1 to 9: their keys, English texts, and names as schools write them."""

import re
import unicodedata

from aarportal.core.words import mark

SUBJECTS: dict[str, str] = {
    "kokugo": mark("Japanese"),
    "shosha": mark("Calligraphy"),
    "shakai": mark("Social studies"),
    "sansu": mark("Arithmetic"),
    "sugaku": mark("Mathematics"),
    "rika": mark("Science"),
    "seikatsu": mark("Living environment"),
    "ongaku": mark("Music"),
    "zuko": mark("Arts and crafts"),
    "bijutsu": mark("Fine arts"),
    "kateika": mark("Home economics"),
    "gijutsukatei": mark("Technology and home economics"),
    "taiiku": mark("Physical education"),
    "hokentaiiku": mark("Health and physical education"),
    "gaikokugo": mark("Foreign language"),
    "eigo": mark("English"),
    "dotoku": mark("Moral education"),
    "sogo": mark("Integrated studies"),
    "tokkatsu": mark("Special activities"),
}
#: Names of subjects as schools write them -> key; the first of a key is its usual name.
NAMES: dict[str, str] = {
    "国語": "kokugo",
    "書写": "shosha",
    "社会": "shakai",
    "算数": "sansu",
    "数学": "sugaku",
    "理科": "rika",
    "生活": "seikatsu",
    "音楽": "ongaku",
    "図画工作": "zuko",
    "図工": "zuko",
    "美術": "bijutsu",
    "家庭": "kateika",
    "技術・家庭": "gijutsukatei",
    "技術家庭": "gijutsukatei",
    "技家": "gijutsukatei",
    "技術": "gijutsukatei",
    "体育": "taiiku",
    "保健体育": "hokentaiiku",
    "保体": "hokentaiiku",
    "外国語": "gaikokugo",
    "外国語活動": "gaikokugo",
    "英語": "eigo",
    "道徳": "dotoku",
    "特別の教科道徳": "dotoku",
    "総合": "sogo",
    "総合的な学習の時間": "sogo",
    "総合的な学習": "sogo",
    "特別活動": "tokkatsu",
    "特活": "tokkatsu",
    "学級活動": "tokkatsu",
}
#: No longer text is a subject, whatever stands in it.
_LONGEST_SUBJECT = 100
_SCHOOL = re.compile(r"^(?:小学校|中学校|義務教育学校)")


def plain_name(text: str) -> str:
    """The name of a subject without space, wide signs, and the kind of school before it."""
    if len(text) > _LONGEST_SUBJECT:
        return ""
    return _SCHOOL.sub("", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))


def usual_name(key: str) -> str:
    """The name of a subject as it stands in tables of schools; empty for an unknown key."""
    return next((name for name, named in NAMES.items() if named == key), "")
