"""In which form keys are compared."""

import pyarrow as pa
import pytest

from enverus_elt.errors import DeliveryError
from enverus_elt.lake.join_keys import key_pair

TEXT, WHOLE, DOUBLE = pa.string(), pa.int64(), pa.float64()
DAY, STAMP, ZONED = pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC")


@pytest.mark.parametrize(
    ("left", "right", "forms", "compared_as"),
    [
        (TEXT, TEXT, ("text", "text"), "text"),
        (WHOLE, DOUBLE, ("number", "number"), "number"),
        (pa.decimal128(10, 2), pa.int16(), ("number", "number"), "number"),
        (TEXT, WHOLE, ("number in text", "number"), "number"),
        (WHOLE, TEXT, ("number", "number in text"), "number"),
        (DAY, DAY, ("as text", "as text"), "as text"),
        (DAY, TEXT, ("as text", "text"), "as text"),
        (DAY, STAMP, ("timestamp", "timestamp"), "timestamp"),
        (ZONED, ZONED, ("timestamp with zone", "timestamp with zone"), "timestamp with zone"),
        (pa.bool_(), TEXT, ("as text", "text"), "as text"),
    ],
)
def test_forms(left: pa.DataType, right: pa.DataType, forms: tuple[str, str], compared_as: str) -> None:
    pair = key_pair("a", left, "b", right, "wells v1")
    assert (pair.spatial_form, pair.tabular_form) == forms
    assert pair.compared_as == compared_as


@pytest.mark.parametrize(
    ("left", "right"),
    [(WHOLE, DAY), (pa.bool_(), WHOLE), (ZONED, STAMP), (ZONED, DAY), (pa.binary(), pa.binary()), (TEXT, ZONED)],
)
def test_what_is_never_the_same_is_refused(left: pa.DataType, right: pa.DataType) -> None:
    with pytest.raises(
        DeliveryError, match=r"spatial_keys 'a' is .*, tabular_keys 'b' is .*: these are never the same"
    ):
        key_pair("a", left, "b", right, "wells v1")
