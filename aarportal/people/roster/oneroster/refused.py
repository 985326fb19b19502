"""Own columns (`metadata.*`) that are personal beyond what a learning portal may keep.

Addresses, birth dates, what belongs to guardians, and names as registered (正式氏名): a column is
known by its name alone, and rather one too many is left than one too few.
"""

import re

#: The words of a camelCase name: SSID, kana, Given, 2.
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
#: Refused as words of their own; longer words may hold them by chance.
_WHOLE = frozenset({"mail", "sms", "tel", "zip"})
#: Refused wherever they stand in a name, in small letters: homeaddress, GUARDIAN_NAME.
_PARTS = (
    "address",
    "birth",
    "email",
    "guardian",
    "hogosha",
    "honmyo",
    "jusho",
    "juusho",
    "koseki",
    "legal",
    "mynumber",
    "parent",
    "password",
    "phone",
    "postal",
    "postcode",
    "seinengappi",
    "seishiki",
    "yubin",
)
_JAPANESE = (
    "住所",
    "番地",
    "郵便",
    "生年月日",
    "誕生日",
    "電話",
    "携帯",
    "緊急連絡",
    "メール",
    "保護者",
    "続柄",
    "正式",
    "本名",
    "戸籍",
    "マイナンバー",
    "個人番号",
)


def is_refused(name: str) -> bool:
    """Whether cells of an own column of this name are counted and left."""
    small = name.lower()
    words = {word.lower() for word in _WORDS.findall(name)}
    return not words.isdisjoint(_WHOLE) or any(part in small for part in (*_PARTS, *_JAPANESE))
