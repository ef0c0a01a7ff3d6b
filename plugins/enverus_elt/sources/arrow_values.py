"""Values of Arrow columns as the values that JSON has, which is what rows are made of."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def plain_values(column: pa.Array) -> list[Any]:
    """Times in ISO form, decimals as their digits, bytes as PostgreSQL spells them; lists and structs as they are.

    A time of nanoseconds is cut to microseconds, which is what PostgreSQL keeps.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain_values(column.dictionary_decode())
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = pc.cast(column, pa.timestamp("us", tz=kind.tz), safe=False)
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        return [None if value is None else value.isoformat() for value in column.to_pylist()]
    if pa.types.is_decimal(kind) or pa.types.is_duration(kind):
        return [None if value is None else str(value) for value in column.to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return [None if value is None else f"\\x{value.hex()}" for value in column.to_pylist()]
    return list(column.to_pylist())
