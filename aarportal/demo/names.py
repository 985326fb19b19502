"""Names as they stand in Japanese class lists, the hard ones included.

A name is its characters as the register has them (surrogate pairs and ideographic variation
sequences too) and its reading in katakana, by which a class is numbered.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class PersonName:
    """A name, written and read.

    Attributes:
        middle: Given by parents from abroad; rare.
    """

    family: str
    given: str
    kana_family: str
    kana_given: str
    middle: str = ""
    kana_middle: str = ""


#: One of these stands in every class: what breaks programs that count characters as bytes.
#: 葛 and 辻 are followed by the variation selector that keeps the form of the family register.
HARD_FAMILIES = (
    ("髙﨑", "タカサキ"),
    ("𠮷田", "ヨシダ"),
    ("濵田", "ハマダ"),
    ("葛\U000e0100城", "カツラギ"),
    ("辻\U000e0100", "ツジ"),
    ("德永", "トクナガ"),
    ("渡邉", "ワタナベ"),
    ("齋藤", "サイトウ"),
    ("𠮷野", "ヨシノ"),
    ("神﨑", "カンザキ"),
    ("栁澤", "ヤナギサワ"),
    ("勅使河原", "テシガワラ"),
)
#: Whole names that do not follow the pattern of two and two characters.
UNUSUAL = (
    PersonName("オリヴェイラ", "ガブリエラ", "オリヴェイラ", "ガブリエラ", "シウヴァ", "シウヴァ"),
    PersonName("久保田山本", "アレクサンドラ", "クボタヤマモト", "アレクサンドラ"),
    PersonName("グエン", "ヴァン・アイン", "グエン", "ヴァンアイン", "ティ", "ティ"),
    PersonName("王", "梓涵", "オウ", "シカン"),
    PersonName("サントス", "マリア・クリスティーナ", "サントス", "マリアクリスティーナ", "レイエス", "レイエス"),
    PersonName("五十嵐", "蒼", "イガラシ", "アオイ"),
    PersonName("パク", "ソヨン", "パク", "ソヨン"),
    PersonName("シャルマ", "アーナヴ", "シャルマ", "アーナヴ", "クマール", "クマール"),
)
_FAMILIES = tuple(
    pair.split("/")
    for pair in (
        "佐藤/サトウ 鈴木/スズキ 高橋/タカハシ 田中/タナカ 伊藤/イトウ 山本/ヤマモト 中村/ナカムラ 小林/コバヤシ "
        "加藤/カトウ 吉田/ヨシダ 山田/ヤマダ 佐々木/ササキ 山口/ヤマグチ 松本/マツモト 井上/イノウエ 木村/キムラ "
        "林/ハヤシ 清水/シミズ 山崎/ヤマザキ 森/モリ 池田/イケダ 橋本/ハシモト 阿部/アベ 石川/イシカワ "
        "前田/マエダ 藤田/フジタ 小川/オガワ 後藤/ゴトウ 岡田/オカダ 長谷川/ハセガワ 村上/ムラカミ 近藤/コンドウ "
        "石井/イシイ 坂本/サカモト 遠藤/エンドウ 青木/アオキ 藤井/フジイ 西村/ニシムラ 福田/フクダ 太田/オオタ "
        "三浦/ミウラ 岡本/オカモト 松田/マツダ 中川/ナカガワ 中野/ナカノ 原田/ハラダ 小野/オノ 竹内/タケウチ "
        "金子/カネコ 和田/ワダ 中山/ナカヤマ 石田/イシダ 上田/ウエダ 森田/モリタ 柴田/シバタ 酒井/サカイ "
        "宮崎/ミヤザキ 横山/ヨコヤマ 工藤/クドウ 宮本/ミヤモト 内田/ウチダ 高木/タカギ 安藤/アンドウ 谷口/タニグチ "
        "大野/オオノ 丸山/マルヤマ 今井/イマイ 河野/コウノ 藤本/フジモト 村田/ムラタ 武田/タケダ 上野/ウエノ "
        "杉山/スギヤマ 増田/マスダ 平野/ヒラノ 大塚/オオツカ 菅原/スガワラ 小島/コジマ 千葉/チバ 久保/クボ "
        "岩崎/イワサキ 桜井/サクライ 野口/ノグチ 松尾/マツオ 木下/キノシタ 菊地/キクチ 野村/ノムラ 新井/アライ"
    ).split()
)
_GIVEN = tuple(
    pair.split("/")
    for pair in (
        "陽葵/ヒマリ 結菜/ユイナ 凛/リン 紬/ツムギ 葵/アオイ 芽依/メイ 咲良/サクラ 莉子/リコ 美桜/ミオ 杏/アン "
        "結衣/ユイ 心春/コハル 琴音/コトネ 彩葉/イロハ 花/ハナ 美月/ミヅキ 楓/カエデ 七海/ナナミ 優奈/ユウナ 栞/シオリ "
        "茉莉/マリ 千尋/チヒロ 真央/マオ 春香/ハルカ 澪/ミオ 詩/ウタ 希/ノゾミ 日菜子/ヒナコ 百花/モモカ 小夏/コナツ "
        "蓮/レン 陽翔/ハルト 律/リツ 湊/ミナト 朝陽/アサヒ 大和/ヤマト 悠真/ユウマ 樹/イツキ 颯太/ソウタ 陸/リク "
        "蒼/アオ 奏/カナデ 瑛太/エイタ 航/ワタル 健太/ケンタ 海斗/カイト 翔/ショウ 大翔/ヒロト 直樹/ナオキ 悠人/ユウト "
        "涼介/リョウスケ 新/アラタ 隼人/ハヤト 匠/タクミ 暖/ダン 晴/ハル 拓海/タクミ 光/ヒカル 創/ソウ 勇気/ユウキ "
        "怜/レイ 仁/ジン 慎之介/シンノスケ 虎太郎/コタロウ 龍之介/リュウノスケ さくら/サクラ ひかり/ヒカリ のぞみ/ノゾミ"
    ).split()
)


def class_names(rng: Random, how_many: int, *, hard: int, unusual: int) -> list[PersonName]:
    """Names for a class: ordinary ones, `hard` of hard characters and `unusual` ones among them."""
    names = list(rng.sample(UNUSUAL, unusual))
    given = rng.sample(_GIVEN, len(_GIVEN))
    hard_families = rng.sample(HARD_FAMILIES, hard)
    families = [*hard_families, *rng.sample(_FAMILIES, how_many)]
    for index in range(how_many - len(names)):
        family, first = families[index], given[index % len(given)]
        names.append(PersonName(family[0], first[0], family[1], first[1]))
    return names


def in_order(names: list[PersonName]) -> list[PersonName]:
    """The order in which a class is numbered: by reading, the written form breaking ties."""
    return sorted(names, key=lambda name: (name.kana_family, name.kana_given, name.family))
