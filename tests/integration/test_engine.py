"""Arrow into PostGIS and out: what goes wrong on the way is the project's own error, and tells no secret."""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pytest

from enverus_elt.errors import DeliveryError, SettingError, TerminalError, TransientError
from enverus_elt.lake.engine import load_batches, read_batches
from enverus_elt.lake.workshop import Workshop

SCHEMA = pa.schema([("number", pa.int64()), ("name", pa.string())])


def batches(rows: int) -> Iterator[pa.RecordBatch]:
    for first in range(0, rows, 1000):
        numbers = range(first, min(first + 1000, rows))
        yield pa.record_batch([pa.array(numbers), pa.array([f"{n} ½" for n in numbers])], schema=SCHEMA)


def test_what_goes_in_comes_out(shop: Workshop) -> None:
    assert load_batches(shop, "layer", SCHEMA, batches(5500)) == 5500
    found = pa.Table.from_batches(read_batches(shop, f"SELECT * FROM {shop.schema}.layer ORDER BY number", SCHEMA))
    assert found.equals(pa.Table.from_batches(batches(5500)).combine_chunks())


def test_nothing_is_a_table_too(shop: Workshop) -> None:
    assert load_batches(shop, "layer", SCHEMA, batches(0)) == 0
    assert list(read_batches(shop, f"SELECT * FROM {shop.schema}.layer", SCHEMA)) == []


def test_an_error_of_the_source_is_the_one_that_is_raised(shop: Workshop) -> None:
    def breaks_off() -> Iterator[pa.RecordBatch]:
        yield from batches(2000)
        raise DeliveryError("leases.zip: row 2,001: torn")

    with pytest.raises(DeliveryError, match=r"^leases\.zip: row 2,001: torn$"):
        load_batches(shop, "layer", SCHEMA, breaks_off())
    assert shop.conn.execute(f"SELECT count(*) FROM {shop.schema}.layer").fetchone() == {"count": 0}


def test_a_login_that_is_refused_and_a_server_that_is_away(shop: Workshop) -> None:
    host = shop.uri.partition("@")[2]
    with pytest.raises(SettingError) as refused:
        load_batches(replace(shop, uri=f"postgresql://nobody:s3cret@{host}"), "a", SCHEMA, batches(1))
    with pytest.raises(TransientError) as away:
        load_batches(replace(shop, uri="postgresql://nobody:s3cret@127.0.0.1:1/db"), "b", SCHEMA, batches(1))
    assert "s3cret" not in f"{refused.value} {away.value} {shop!r}"
    assert shop.uri not in repr(shop)


def test_a_query_that_fails_says_why(shop: Workshop) -> None:
    with pytest.raises(TerminalError, match="reading a scratch table: the warehouse refused it"):
        list(read_batches(shop, f"SELECT * FROM {shop.schema}.nowhere", SCHEMA))
