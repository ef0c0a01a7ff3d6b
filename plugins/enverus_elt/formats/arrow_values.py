"""Values as every part of the lake takes them: few plain types, text that is text, and nothing cut in silence."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enverus_elt.errors import DeliveryError

KEPT = (
    pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.float32(),
    pa.float64(), pa.string(), pa.binary(), pa.date32(),
)  # fmt: skip
MOST_DIGITS = 38
NESTED = (
    pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_struct, pa.types.is_map,
    pa.types.is_list_view, pa.types.is_large_list_view,
)  # fmt: skip
TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
BYTES = (
    pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view,
)  # fmt: skip


def plain_type(kind: pa.DataType, column: str, what: str) -> pa.DataType:
    """The type that a file's column gets; lists and structures become JSON text. Raises DeliveryError for the rest."""
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if kind in KEPT:
        return kind
    if _is(kind, NESTED) or _is(kind, TEXT):
        return pa.string()
    if _is(kind, BYTES):
        return pa.binary()
    found = _plain_number_or_time(kind)
    if found is None:
        raise DeliveryError(f"{what}: column {column!r} is of type {kind}, which PostgreSQL has none for")
    return found


def _plain_number_or_time(kind: pa.DataType) -> pa.DataType | None:
    if pa.types.is_timestamp(kind):
        return pa.timestamp("ms" if kind.unit in ("s", "ms") else "us", kind.tz and "UTC")
    if pa.types.is_decimal(kind) and kind.precision <= MOST_DIGITS and 0 <= kind.scale <= kind.precision:
        return pa.decimal128(kind.precision, kind.scale)
    others = (
        (pa.types.is_uint64, pa.decimal128(20, 0)),
        (pa.types.is_float16, pa.float32()),
        (pa.types.is_date64, pa.date32()),
        (pa.types.is_time32, pa.time32("ms")),
        (pa.types.is_time64, pa.time64("us")),
    )
    return next((found for test, found in others if test(kind)), None)


def plain_array(array: pa.Array, target: pa.DataType, column: str, first_row: int, what: str) -> pa.Array:
    """A column's values as the type ``plain_type`` gave it; ``first_row`` is the number of the first of them.

    Raises DeliveryError, with column and row, for text that is not UTF-8 or that PostgreSQL cannot store, and for a
    value that would lose something.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    if _is(array.type, NESTED):
        array = pa.array([None if value is None else json.dumps(value, default=str) for value in array.to_pylist()])
    if pa.types.is_string(target):
        _check_text(array, column, first_row, what)
    try:
        return array.cast(target)
    except pa.ArrowInvalid as error:
        row = first_row + _first_bad(array, lambda part: part.cast(target))
        raise DeliveryError(f"{what}: row {row:,}, column {column!r}: the value does not fit {target}") from error


def _check_text(array: pa.Array, column: str, first_row: int, what: str) -> None:
    try:
        array.validate(full=True)
    except pa.ArrowInvalid as error:
        row = first_row + _first_bad(array, lambda part: part.validate(full=True))
        raise DeliveryError(
            f"{what}: row {row:,}, column {column!r}: the text is not in the encoding that it should be in: give the "
            "right one, in a Shapefile's .cpg or as the file's 'encoding' in the manifest"
        ) from error
    if pa.types.is_null(array.type):
        return
    nul = pc.match_substring(array, "\x00")
    if pc.any(nul).as_py():
        row = first_row + pc.index(nul, True).as_py()
        raise DeliveryError(f"{what}: row {row:,}, column {column!r}: text with a NUL character cannot be stored")


def _first_bad(array: pa.Array, attempt: Callable[[pa.Array], Any]) -> int:
    """Index of the first value that the attempt fails on, by halving."""
    low, high = 0, len(array)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            # A copy, for a slice is validated with the memory of the whole.
            attempt(pa.concat_arrays([array.slice(low, middle - low)]))
        except pa.ArrowInvalid:
            high = middle
        else:
            low = middle
    return low


def _is(kind: pa.DataType, tests: Sequence[Callable[[pa.DataType], bool]]) -> bool:
    return any(test(kind) for test in tests)
