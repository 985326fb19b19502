"""Names as people type them, and the order of the fifty sounds."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.roster.names import FullName, search_key, search_keys
from aarportal.people.roster.variants import _TABLE, VARIANTS

TAKAHASHI = FullName("髙橋", "葵", "", "たかはし", "あおい")
YOSHIDA = FullName("𠮷田", "勉", "", "ヨシダ", "ベン")
KUZE = FullName("葛\U000e0101城", "祇\ufe00園", "", "カツラギ", "キヨウコ")
WATANABE = FullName("渡邉", "眞", "", "ﾜﾀﾅﾍﾞ", "ﾏｺﾄ")
JOSE = FullName("da Silva Ortíz", "José", "María", "ダ・シルバ・オルティス", "ジョゼー", "マリーア")
OBRIEN = FullName("O’Brien-Łukasz", "Søren", "", "オブライエン", "セーレン")
NGUYEN = FullName("NGUYỄN", "Thị Ánh", "Đào", "", "")
KOREAN = FullName("김", "하늘", "", "キム", "ハヌル")


def finds(query: str, name: FullName, username: str = "") -> bool:
    text = name.search_text(username)
    return all(key in text for key in search_keys(query))


FOUND = {
    "the other 高": ("高橋", TAKAHASHI),
    "its own 髙": ("髙橋", TAKAHASHI),
    "hiragana": ("たかはし", TAKAHASHI),
    "katakana": ("タカハシ", TAKAHASHI),
    "half-width": ("ﾀｶﾊｼ ｱｵｲ", TAKAHASHI),
    "half of it": ("かは", TAKAHASHI),
    "both in any order": ("葵　高橋", TAKAHASHI),
    "both without a space": ("高橋葵", TAKAHASHI),
    "while it is typed": ("たかはsh", TAKAHASHI),
    "a name and a reading": ("髙 あおい", TAKAHASHI),
    "吉 beyond the basic plane": ("吉田", YOSHIDA),
    "𠮷 itself": ("𠮷田", YOSHIDA),
    "a selector in the name": ("葛城", KUZE),
    "a selector in the query": ("葛\U000e0102城 祇園", KUZE),
    "small kana that the register printed large": ("きょうこ", KUZE),
    "邉 by 辺": ("渡辺 真", WATANABE),
    "邉 by 邊": ("渡邊", WATANABE),
    "half-width with voicing": ("わたなべ まこと", WATANABE),
    "without its marks": ("jose maria", JOSE),
    "with its marks": ("JOSÉ ORTÍZ", JOSE),
    "given, middle, family": ("José María da Silva", JOSE),
    "family, given, middle": ("dasilvaortizjosemaria", JOSE),
    "given and middle together": ("josemaria", JOSE),
    "marks apart from their letters": (unicodedata.normalize("NFD", "José María"), JOSE),
    "full-width letters": ("ＯＲＴＩＺ", JOSE),
    "without long marks and dots": ("だしるば ジョゼ", JOSE),
    "with other dots": ("ダ･シルバ", JOSE),
    "without signs": ("obrien lukasz", OBRIEN),
    "with a plain apostrophe": ("O'Brien", OBRIEN),
    "ø as o": ("soren", OBRIEN),
    "two marks on a letter": ("nguyen thi dao", NGUYEN),
    "hangul": ("김하늘", KOREAN),
}


@pytest.mark.parametrize(("query", "name"), FOUND.values(), ids=FOUND)
def test_a_person_is_found_by(query, name):
    assert finds(query, name)


NOT_FOUND = {
    "another name": ("高田", TAKAHASHI),
    "a word too many": ("高橋 太郎", TAKAHASHI),
    "another voicing": ("よした", YOSHIDA),
    "another letter": ("josi", JOSE),
}


@pytest.mark.parametrize(("query", "name"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_a_person_is_not_found_by(query, name):
    assert not finds(query, name)


def test_a_login_name_is_one_of_the_ways():
    assert finds("s4201@hinata", TAKAHASHI, "s4201@hinata.example")
    assert not finds("s4202", TAKAHASHI, "s4201@hinata.example")


@pytest.mark.parametrize("query", ["", " 　", "・ー", "\ufe00"])
def test_a_query_of_no_letters_has_no_keys(query):
    assert search_keys(query) == []


LETTERS = st.text(
    alphabet=st.one_of(
        st.characters(categories=["L", "N", "M", "P", "Z"]),
        st.sampled_from("髙橋邉﨑𠮷がぱャーﾊﾞゝヶéＡ・"),
    ),
    max_size=8,
)


@given(LETTERS)
def test_a_key_stays_as_it_is(text):
    key = search_key(text)
    assert search_key(key) == key
    assert " " not in key


@given(LETTERS, LETTERS, LETTERS)
def test_whoever_types_a_whole_name_as_it_is_written_finds_it(family, given_name, middle):
    name = FullName(family, given_name, middle)
    text = name.search_text()
    assert search_key(family + given_name) in text
    assert all(search_key(part) in text for part in (family, given_name, middle))


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1))
def test_selectors_never_matter(text):
    dressed = "".join(f"{sign}\U000e0100" for sign in text)
    assert search_key(dressed) == search_key(text)


def test_the_table_of_variants_is_in_order():
    signs = [sign for group in _TABLE.split() for sign in group]
    assert len(signs) == len(set(signs)), "a character stands in two groups"
    assert all(len(group) > 1 for group in _TABLE.split())
    assert all(unicodedata.normalize("NFKC", sign) == sign for sign in signs)
    assert not VARIANTS.keys() & set(VARIANTS.values())


# --- order ------------------------------------------------------------------------------------

#: Readings in their order: (family, given).
IN_ORDER = [
    ("あい", "あい"),
    ("あい", "アイ"),
    ("あいざわ", "あい"),
    ("おーの", "けん"),
    ("おおの", "けん"),
    ("かとう", "はな"),
    ("がとう", "はな"),
    ("かんだ", "はな"),
    ("きょの", "はな"),
    ("きよの", "はな"),
    ("さいとう", "まり"),
    ("さいどう", "まり"),
    ("ささき", "まり"),
    ("さゝき", "まる"),
    ("はば", "はな"),
    ("はま", "はな"),
    ("ばま", "はな"),
    ("ぱま", "はな"),
    ("まつだ", "はな"),
    ("まつもと", "はな"),
    ("みか", "じょう"),
    ("みかみ", "あい"),
    ("わだ", "はな"),
    ("ゐだ", "はな"),
    ("をの", "はな"),
    ("んじゃめな", "はな"),
]


def key_of(reading: tuple[str, str]) -> str:
    return FullName("", "", "", *reading).sort_key()


@pytest.mark.parametrize(("before", "after"), list(pairwise(IN_ORDER)))
def test_the_fifty_sounds_have_an_order(before, after):
    assert key_of(before) < key_of(after)


def test_those_without_kana_come_last_by_how_they_are_written():
    people = [
        FullName("Ångström", "Bo"),
        FullName("Zola", "Émile"),
        FullName("ん", "ん", "", "ん", "ん"),
        FullName("阿部", "愛", "", "あべ", "あい"),
        FullName("阿部", "愛"),
    ]
    ordered = sorted(people, key=FullName.sort_key)
    assert [person.family for person in ordered] == ["阿部", "ん", "Ångström", "Zola", "阿部"]


KANA = st.text(alphabet=[chr(n) for n in range(0x3041, 0x3097)] + list("ーゝゞ"), max_size=6)


@given(KANA, KANA, KANA)
def test_a_key_is_of_digits_that_every_database_orders_alike(family, given_name, middle):
    key = FullName("髙橋", "José", "", family, given_name, middle).sort_key()
    assert set(key) <= set("0123456789abcdefz")


@given(st.text(alphabet="あいかきさしたなはまやらわん", min_size=1, max_size=5), KANA, KANA)
def test_a_name_comes_before_the_longer_one_that_begins_with_it(family, one, other):
    shorter = FullName("", "", "", family, one).sort_key()
    assert shorter < FullName("", "", "", family + "あ", other).sort_key()


PLAIN_KANA = st.text(alphabet=[chr(n) for n in range(0x3041, 0x3097)], min_size=1, max_size=5)


@given(PLAIN_KANA, PLAIN_KANA, PLAIN_KANA, PLAIN_KANA)
def test_plain_large_sounds_decide_first_the_familys_before_the_given_names(a, b, c, d):
    """Code points tell the order of the fifty sounds, too, once voicing and size are gone."""
    one, other = (a, b), (c, d)
    if sounds_of(one) != sounds_of(other):
        assert (key_of(one) < key_of(other)) == (sounds_of(one) < sounds_of(other))


def sounds_of(reading: tuple[str, ...]) -> tuple[str, ...]:
    large = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
    return tuple(
        "".join(unicodedata.normalize("NFD", sign)[0] for sign in part.translate(large))
        for part in reading
    )
