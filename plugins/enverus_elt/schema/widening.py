"""Which changes of a column's type lose nothing."""

import re

WIDER = {
    "smallint": ("integer", "bigint", "numeric", "double precision"),
    "integer": ("bigint", "numeric", "double precision"),
    "bigint": ("numeric",),
    "real": ("double precision",),
    "date": ("timestamp",),
}
SIZED = re.compile(r"^(?P<base>varchar|numeric)\((?P<size>\d+)(, ?(?P<scale>\d+))?\)$")


def widens(before: str, after: str) -> bool:
    """Whether every value of the one type is a value of the other, unchanged."""
    old, new = SIZED.match(before), SIZED.match(after)
    if old and new and old["base"] == new["base"]:
        whole = int(new["size"]) - int(new["scale"] or 0) >= int(old["size"]) - int(old["scale"] or 0)
        return whole and int(new["scale"] or 0) >= int(old["scale"] or 0)
    if old:
        return after == ("text" if old["base"] == "varchar" else "numeric")
    return after in WIDER.get(before, ())
