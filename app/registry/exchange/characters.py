"""Text out of bytes that somebody saved in an encoding of their own, and what is wrong with it."""

import re
from typing import NamedTuple

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NEIGHBOURS = re.compile(rb"[\x80-\xff]{2,}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_MISREAD = ("cp1252", "latin-1", "cp1251")
BROKEN = "\ufffd"


class Decoded(NamedTuple):
    """A text, the encoding it was read in, and whether some bytes of it had to be given up."""

    text: str
    encoding: str
    is_broken: bool


def decoded(content: bytes, encoding: str = "") -> Decoded:
    """The text of these bytes; in that encoding if one is given, else by its mark, as UTF-8, or as what it looks like.

    Bytes that no reading explains become U+FFFD. Never raises for any bytes; an encoding nobody knows counts as none.
    """
    if encoding:
        try:
            text = content.decode(encoding, "replace")
        except (LookupError, ValueError):
            return decoded(content)
        return Decoded(text.removeprefix("\ufeff"), encoding, BROKEN in text)
    for mark, name in _BOMS:
        if content.startswith(mark):
            text = content[len(mark) :].decode(name, "replace")
            return Decoded(text, name, BROKEN in text)
    try:
        return Decoded(content.decode("utf-8"), "utf-8", False)
    except UnicodeDecodeError:
        return _guessed(content)


def _guessed(content: bytes) -> Decoded:
    """UTF-8 with a few broken bytes, or a one-byte encoding: Cyrillic letters stand side by side, accents alone."""
    as_utf8 = content.decode("utf-8", "replace")
    high = len(_HIGH.findall(content))
    if as_utf8.count(BROKEN) * 5 <= sum(1 for letter in as_utf8 if letter > "\x7f"):
        return Decoded(as_utf8, "utf-8", True)
    in_words = sum(map(len, _NEIGHBOURS.findall(content)))
    name = "cp1251" if in_words * 2 > high else "cp1252"
    text = content.decode(name, "replace")
    return Decoded(text, name, BROKEN in text)


def cleaned(text: str) -> str:
    """The text without control characters and lone surrogates, white space at its ends and doubled ends of lines."""
    if text.isprintable():
        return text.strip()
    return _CONTROL.sub(lambda found: "\n" if found[0] in "\r\x85\u2028\u2029" else "", _one_end(text)).strip()


def _one_end(text: str) -> str:
    return text.replace("\r\n", "\n")


def one_line(text: str) -> str:
    """The cleaned text with every run of white space as one blank."""
    return " ".join(cleaned(text).split())


def repaired(text: str) -> str:
    """The text as it was before somebody read UTF-8 in a one-byte encoding; the text itself where that is not so."""
    if text.isascii():
        return text
    for name in _MISREAD:
        try:
            found = text.encode(name).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if len(found) < len(text) and not _CONTROL.search(found):
            return found
    return text
