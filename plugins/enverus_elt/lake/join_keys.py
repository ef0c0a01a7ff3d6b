"""In which form the keys of two tables are compared: as text, after each was brought into the one form of its kind.

Whole numbers are the same whatever type holds them (``7``, ``7.0``, 7); a number meets text that reads as that number,
so that a FIPS code which a spreadsheet took the zero from still finds its county. Text meets text letter by letter,
zeros and case included, but for blanks around it. Nothing else is guessed: a date and a number are refused.
"""

from dataclasses import dataclass

import pyarrow as pa

from enverus_elt.errors import DeliveryError

FORMS: dict[frozenset[str], dict[str, str]] = {
    frozenset(("number", "text")): {"number": "number", "text": "number in text"},
    frozenset(("date", "timestamp")): {"date": "timestamp", "timestamp": "timestamp"},
    frozenset(("date", "text")): {"date": "as text", "text": "text"},
    frozenset(("boolean", "text")): {"boolean": "as text", "text": "text"},
}
ALONE = {"number": "number", "text": "text", "timestamp": "timestamp", "timestamp with zone": "timestamp with zone"}


@dataclass(frozen=True)
class KeyPair:
    """A column of each side, and the forms that both are brought into."""

    spatial: str
    tabular: str
    spatial_form: str
    tabular_form: str

    @property
    def compared_as(self) -> str:
        """What the record says of it."""
        return "number" if "number" in (self.spatial_form, self.tabular_form) else self.spatial_form


def key_pair(spatial: str, of_spatial: pa.DataType, tabular: str, of_tabular: pa.DataType, what: str) -> KeyPair:
    """The pair; raises DeliveryError where values of the two types can never be the same."""
    kinds = _kind(of_spatial), _kind(of_tabular)
    if kinds[0] == kinds[1] and kinds[0] != "other":
        form = ALONE.get(kinds[0], "as text")
        return KeyPair(spatial, tabular, form, form)
    forms = FORMS.get(frozenset(kinds))
    if forms is None:
        raise DeliveryError(
            f"{what}: spatial_keys {spatial!r} is {of_spatial}, tabular_keys {tabular!r} is {of_tabular}: these are "
            "never the same: name other columns, or cast one of them by a recipe"
        )
    return KeyPair(spatial, tabular, forms[kinds[0]], forms[kinds[1]])


def _kind(kind: pa.DataType) -> str:
    is_ = pa.types
    if is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind):
        return "number"
    if is_.is_string(kind):
        return "text"
    if is_.is_timestamp(kind):
        return "timestamp with zone" if kind.tz else "timestamp"
    if is_.is_date(kind):
        return "date"
    return "boolean" if is_.is_boolean(kind) else "other"
