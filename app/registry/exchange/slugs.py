"""Slugs for records of foreign directories: the same each time the same record is read."""

import re
import unicodedata
from hashlib import blake2b

from app.registry.shapes import is_slug

_LONGEST = 48
_LATIN = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya yo q g h j i u o n o u u a i h"
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёқғҳҷӣӯўңөүұәіһ",
        _LATIN.split(),
        strict=True,
    )
)
_OTHERS = {"ı": "i", "ß": "ss", "ø": "o", "æ": "ae", "đ": "d", "ł": "l", "ʻ": "", "ʼ": "", "’": "", "'": ""}
_LETTERS = str.maketrans({letter: latin.replace("_", "") for letter, latin in {**_CYRILLIC, **_OTHERS}.items()})
_APART = re.compile(r"[^a-z0-9]+")


def latin_words(name: str) -> str:
    """The name in lower-case ASCII words parted by blanks; "" when no letter of it has a Latin one."""
    spelled = name.casefold().translate(_LETTERS)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(letter))
    return _APART.sub(" ", bare).strip()


def fingerprint(*parts: str) -> str:
    """Eight letters that stand for these texts."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=4).hexdigest()


def slug_of(prefix: str, name: str, *identity: str) -> str:
    """A slug that begins with the prefix, tells the name, and is the identity's own."""
    words = latin_words(name)[:_LONGEST].strip().replace(" ", "-")
    made = f"{prefix}{words}-{fingerprint(*identity)}" if words else f"{prefix}{fingerprint(*identity)}"
    return made if is_slug(made) else f"{prefix}{fingerprint(*identity)}"
