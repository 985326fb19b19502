"""The subjects of grades 1 to 9: key -> English text, which pages translate."""

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
