"""Takes values out of a validation result before anyone can read it.

No result holds samples of rows, for none are asked for. Of an expectation that mentions a sensitive column only the
counts stay: its bounds, sets and patterns may be values too, and so is what it has observed.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from great_expectations.expectations.registry import get_expectation_impl

COUNTS = re.compile(r"_(count|percent)(_total|_nonmissing)?$")
COLUMNS = ("batch_id", "column", "column_A", "column_B", "column_list")
STRUCTURE = ("column_list", "column_set", "types")  # names of columns, in expectations about a table's columns
HIDDEN = "The column is sensitive: what is expected of it, and what was found, is not shown."


def hide(result: Any, sensitive: Collection[str]) -> None:
    """Empty a validation result of everything that could be a value of a ``sensitive`` column."""
    if not sensitive:
        return
    names = re.compile(rf"\b({'|'.join(map(re.escape, sensitive))})\b")
    for item in result.results:
        config = item.expectation_config
        if _reads_rows(config) or any(names.search(text) for text in _texts(_arguments(config))):
            item.result = {name: value for name, value in item.result.items() if COUNTS.search(name)}
            config.kwargs = _without_values(config)
            config.description, config.notes, config.meta = HIDDEN, None, {}


def _without_values(config: Any) -> dict[str, Any]:
    """The columns; of other arguments a blank where the expectation could not be rendered without one."""
    fields = get_expectation_impl(config.type).__fields__
    return {
        name: value if name in COLUMNS else _blank(value)
        for name, value in config.kwargs.items()
        if name in COLUMNS or (name in fields and fields[name].required)
    }


def _blank(value: Any) -> Any:
    if isinstance(value, str):
        return "… {batch} …"  # a query must name its batch, any other text may
    if isinstance(value, dict):
        return dict.fromkeys(value, "…")
    return 0 if isinstance(value, int | float) else [_blank(item) for item in value]


def _reads_rows(config: Any) -> bool:
    """Whether it is a query of its author's, which can read any column without naming it."""
    return any("query" in name for name in config.kwargs)


def _arguments(config: Any) -> dict[str, Any]:
    """The arguments, without lists of columns where it is the table's columns that are expected."""
    about_columns = config.type.startswith("expect_table_")
    return {name: value for name, value in config.kwargs.items() if not (about_columns and name in STRUCTURE)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (str(name), *_texts(inner))
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _texts(inner)
