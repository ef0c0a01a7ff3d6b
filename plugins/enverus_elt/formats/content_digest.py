"""A digest of what a table holds, whatever file, library or batches it is in."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


class ContentDigest:
    """SHA-256 over names, types, values and reference system; how rows come in batches makes no difference.

    Each column has three digests that batches go on with: which values are there, how long each is, and the values.
    """

    def __init__(self, schema: pa.Schema, reference_system: str | None = None) -> None:
        self._head = {"columns": [[field.name, _type_name(field.type)] for field in schema], "crs": reference_system}
        self._columns = [_ColumnDigest() for _ in schema]
        self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Go on with a batch of the schema's columns, in their order."""
        self.rows += batch.num_rows
        for digest, array in zip(self._columns, batch.columns, strict=True):
            digest.add(array)

    def hexdigest(self) -> str:
        """The digest of all batches so far."""
        facts = {**self._head, "rows": self.rows, "values": [digest.parts() for digest in self._columns]}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


class _ColumnDigest:
    def __init__(self) -> None:
        self._validity, self._lengths, self._values = (hashlib.sha256() for _ in range(3))

    def add(self, array: pa.Array) -> None:
        self._validity.update(array.is_valid().cast(pa.uint8()).to_numpy(zero_copy_only=False).tobytes())
        present = _plain(array.drop_null())
        if pa.types.is_large_binary(present.type):
            self._lengths.update(pc.binary_length(present).to_numpy(zero_copy_only=False).tobytes())
            self._values.update(_bytes_of(present))
        else:
            self._values.update(present.to_numpy(zero_copy_only=False).tobytes())

    def parts(self) -> Sequence[str]:
        return [self._validity.hexdigest(), self._lengths.hexdigest(), self._values.hexdigest()]


def _type_name(kind: pa.DataType) -> str:
    """Text is text, and bytes are bytes, however long the offsets are."""
    return {"large_string": "string", "large_binary": "binary"}.get(str(kind), str(kind))


def _plain(array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_temporal(kind):
        return array.view(pa.int32() if kind.bit_width == 32 else pa.int64())
    if pa.types.is_boolean(kind):
        return array.cast(pa.uint8())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return array
    if pa.types.is_decimal(kind):
        array = array.cast(pa.large_string())
    return array.cast(pa.large_binary())


def _bytes_of(array: pa.Array) -> Any:
    """The values one after the other, as a view of the array's own memory."""
    if not len(array):
        return b""
    _, offsets, data = array.buffers()
    starts = memoryview(offsets).cast("q")
    first, last = starts[array.offset], starts[array.offset + len(array)]
    return memoryview(data)[first:last] if data is not None else b""
