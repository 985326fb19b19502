"""Which passwords will not do, pure.

Length counts, and that nobody guesses it; no rule about kinds of letters, no expiry.
Source: NIST SP 800-63B-4 §3.1.1; OWASP ASVS 5.0 §6.2.
"""

import re
import unicodedata
from collections.abc import Iterable

#: Pupils have no second factor, and nothing but their own data; they have to type it.
SHORTEST_OF_PUPIL = 8
SHORTEST_OF_STAFF = 12
LONGEST = 200
#: Fewer different letters are a pattern, and no password.
_FEWEST_DIFFERENT = 5

#: What stands in every list of passwords that were found out, and what a Japanese school suggests.
_WORDS = """
    password passwd passcode admin administrator welcome letmein login master monkey dragon
    football baseball basketball soccer tennis shadow sunshine princess superman batman pokemon
    pikachu doraemon anpanman nintendo minecraft iloveyou trustno qwerty qwertyuiop asdfgh asdfghjkl
    zxcvbn zxcvbnm qazwsx qazwsxedc abc abcd abcdef abcdefg abcdefgh abcdefghij changeme secret
    computer internet google microsoft windows chromebook chrome edge apple samsung hello freedom
    whatever michael jordan charlie thomas daniel summer winter spring autumn school gakkou gakko
    shougakkou shogakko chuugakkou chugakko kyouiku kyoiku kyoushitsu sensei teacher student seito
    jidou kodomo tomodachi himawari sakura tanpopo ohisama nihon nippon japan tokyo osaka kyoto
    yokohama nagoya fujisan fuji sushi ramen neko inu usagi kuma arigatou arigato konnichiwa
    ohayou ganbare ganbarou yakyuu sakkaa onigiri hirakegoma himitsu pasuwado pasuwaado
    manabinowa manabi aarportal portal giga gigaschool test testtest guest user default
"""
_COMMON = frozenset(_WORDS.split())
_KEYBOARD = ("1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
#: A run along the keyboard or the alphabet as long as this, either way, is guessed.
_RUN = 6
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


def refusal(password: str, *, is_staff: bool, own_words: Iterable[str]) -> str | None:
    """The rule that a password breaks: `short`, `own_word`, `common`; None if it will do.

    Args:
        password: As typed.
        is_staff: Whether it opens more than somebody's own data.
        own_words: Login id, names and the like, which stand on every list.
    """
    if len(password) < (SHORTEST_OF_STAFF if is_staff else SHORTEST_OF_PUPIL):
        return "short"
    plain = unicodedata.normalize("NFKC", password).lower()
    if any(len(word) >= 3 and word.lower() in plain for word in own_words):
        return "own_word"
    return "common" if _is_common(plain) else None


def _is_common(plain: str) -> bool:
    if len(set(plain)) < _FEWEST_DIFFERENT or _has_run(plain):
        return True
    # Somebody's "P@ssw0rd2026!" is the same idea as everybody's.
    body = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain).translate(_LOOKALIKES)
    cores = (re.sub(r"[\W\d_]+", "", each) for each in (plain, body))
    return any(_is_word(core) for core in cores)


def _is_word(core: str) -> bool:
    """Whether letters are a common word, once or again and again."""
    return core in _COMMON or any(
        len(core) % len(word) == 0 and word * (len(core) // len(word)) == core for word in _COMMON
    )


def _has_run(plain: str) -> bool:
    """Whether nearly all of it is runs along the keyboard."""
    rest = plain
    for row in _KEYBOARD:
        for line in (row, row[::-1]):
            for size in range(len(line), _RUN - 1, -1):
                for start in range(len(line) - size + 1):
                    rest = rest.replace(line[start : start + size], "")
    return len(rest) <= len(plain) // 3
