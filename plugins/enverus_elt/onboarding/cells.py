"""What people type into cells: text with stray spaces, counts, and yes or no in many spellings."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from openpyxl.utils.escape import unescape

from enverus_elt.onboarding.problems import shown
from enverus_elt.onboarding.sheets import ERROR, FORMULA, Cell

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"  # zero-width blanks, joiners and marks, soft hyphens
NOTHING = ("", "-", "\u2013", "\u2014", "n/a", "na", "none")  # also the long dashes that Excel makes of short ones
UNDECIDED = ("?", "tbd", "tbc")
YES = ("y", "yes", "true", "t", "1", "x", "✓", "✔", "☑")
NO = ("n", "no", "false", "f", "0", *NOTHING)

NO_FORMULA = "a formula: only values are read: paste it as a value"


class UnclearError(ValueError):
    """A cell whose meaning would have to be guessed; the message says what to do."""


def text_of(cell: Cell | None) -> str:
    """A cell as one line of text: blanks of all kinds become one space; empty where there is nothing."""
    if cell is None:
        return ""
    if cell.kind == FORMULA:
        raise UnclearError(NO_FORMULA)
    if cell.kind == ERROR:
        raise UnclearError(f"the error value {cell.value}: put in what is meant")
    if isinstance(cell.value, (date, datetime, time, timedelta)):
        when = str(cell.value).removesuffix(" 00:00:00")
        raise UnclearError(f"a date, {when}: Excel has turned what was typed into it: type it anew, as text")
    if isinstance(cell.value, bool):
        return str(cell.value).lower()
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    # Excel writes a carriage return as _x000D_.
    return one_line(unescape(cell.value) if isinstance(cell.value, str) else str(cell.value))


def one_line(text: str) -> str:
    """Without outer blanks and with a single space for inner ones; raises UnclearError for control characters."""
    text = " ".join(text.split()).strip(INVISIBLE).strip()
    if strange := sorted({character for character in text if unicodedata.category(character) in ("Cc", "Cs", "Cn")}):
        codes = ", ".join(f"U+{ord(character):04X}" for character in strange[:5])
        raise UnclearError(f"the control character {codes} in {shown(text)}: type the text anew")
    return text


def something(text: str) -> str | None:
    """The text, or None where it only says that there is nothing, or nothing yet: ``-``, ``TBD``."""
    return None if text.lower() in (*NOTHING, *UNDECIDED) else text


def count_of(text: str) -> int | None:
    """A whole number; None for nothing."""
    if something(text) is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnclearError(f"{shown(text)} is no whole number: put one in")
    return int(text)


def says_yes(text: str, yes: tuple[str, ...] = (), no: tuple[str, ...] = ()) -> bool:
    """Whether a cell means yes; ``yes`` and ``no`` are the words of its column beside the usual ones."""
    word = text.lower()
    if word in (*YES, *yes):
        return True
    if word in (*NO, *no):
        return False
    raise UnclearError(f"{shown(text)} says neither yes nor no: put in Y or N")
