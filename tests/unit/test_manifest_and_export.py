"""Objects of a batch: the same rows give the same bytes, and what the manifest says of them is true."""

import gzip
import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import pytest

from enverus_elt.errors import EvidenceError
from enverus_elt.paths import BatchKeys, processed_key
from enverus_elt.steps.export import BatchExport, ObjectWriter, write_lines
from enverus_elt.steps.manifest import ExportObject, Manifest, read_manifest

KEYS = BatchKeys("wells", 7, datetime(2024, 5, 2, 13, 30, tzinfo=UTC), "1a2b3c4d")
HEADER = "row_no,name\n"


class MemoryStore:
    """Keeps what the object store promises: an object is there once its stream has ended well, else not at all."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def writer(self, key: str) -> "Upload":
        return Upload(self.objects, key)

    def put(self, key: str, body: bytes, content_type: str) -> None:
        assert content_type == "application/json"
        self.objects[key] = body

    def get(self, key: str) -> bytes:
        return self.objects[key]


class Upload(io.BytesIO):
    def __init__(self, objects: dict[str, bytes], key: str) -> None:
        super().__init__()
        self._objects, self._key = objects, key

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._objects[self._key] = self.getvalue()


@pytest.fixture
def store() -> Any:
    return MemoryStore()


def export(store: Any, *pages: list[str], rows_per_object: int = 100) -> list[ExportObject]:
    first_row = 1
    with BatchExport(store, KEYS, HEADER, rows_per_object) as batch:
        for page in pages:
            batch.write(page, first_row)
            first_row += len(page)
    return batch.objects


def lines(first: int, last: int) -> list[str]:
    return [f"{number},well {number}\n" for number in range(first, last + 1)]


def text(store: Any, item: ExportObject) -> str:
    return gzip.decompress(store.objects[item.key]).decode()


# Names


def test_keys_say_dataset_bound_and_batch_and_sort_by_bound() -> None:
    assert KEYS.part(1) == "exports/wells/20240502_1330_UTC_b7_1a2b3c4d_part00001.csv.gz"
    assert KEYS.rejects == "exports/wells/20240502_1330_UTC_b7_1a2b3c4d_rejects.jsonl.gz"
    assert KEYS.manifest == "exports/wells/20240502_1330_UTC_b7_1a2b3c4d.manifest.json"
    assert KEYS.docs == "data-docs/wells/7/1a2b3c4d"


def test_only_the_folder_changes_when_an_object_is_processed() -> None:
    assert processed_key("exports/exports/a.csv.gz") == "processed/exports/a.csv.gz"


# Objects


def test_an_object_holds_the_header_and_the_rows(store: Any) -> None:
    (item,) = export(store, lines(1, 2), lines(3, 3))
    assert text(store, item) == HEADER + "1,well 1\n2,well 2\n3,well 3\n"
    assert (item.key, item.rows, item.first_row) == (KEYS.part(1), 3, 1)


def test_size_and_digest_are_those_of_the_stored_bytes(store: Any) -> None:
    (item,) = export(store, lines(1, 5000))
    body = store.objects[item.key]
    assert (item.bytes, item.sha256) == (len(body), hashlib.sha256(body).hexdigest())


def test_the_same_rows_give_the_same_bytes_at_any_time_and_under_any_key(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = export(store, lines(1, 50))
    before = store.objects[first.key]
    monkeypatch.setattr("time.time", lambda: 2e9)
    with ObjectWriter(store, "another/key.csv.gz", 1) as writer:
        writer.write(HEADER + "".join(lines(1, 50)), 50)
    assert store.objects["another/key.csv.gz"] == before


def test_an_object_is_cut_at_the_row_limit_and_numbered_on(store: Any) -> None:
    items = export(store, lines(1, 2), lines(3, 4), lines(5, 6), lines(7, 7), rows_per_object=3)
    assert [(item.key, item.first_row, item.rows) for item in items] == [
        (KEYS.part(1), 1, 4),
        (KEYS.part(2), 5, 3),
    ]
    assert [text(store, item) for item in items] == [
        HEADER + "".join(lines(1, 4)),
        HEADER + "".join(lines(5, 7)),
    ]


def test_no_empty_object_follows_a_full_one(store: Any) -> None:
    assert len(export(store, lines(1, 3), [], rows_per_object=3)) == 1
    assert list(store.objects) == [KEYS.part(1)]


def test_no_rows_make_no_object(store: Any) -> None:
    assert export(store, [], []) == []
    assert store.objects == {}


def test_text_is_utf_8(store: Any) -> None:
    (item,) = export(store, ["1,Peña 🛢\n"])
    assert text(store, item).endswith("1,Peña 🛢\n")


def source_fails_after(batch: BatchExport, *pages: list[str]) -> None:
    with batch:
        for page in pages:
            batch.write(page, 1)
        raise KeyError("source")


def test_an_error_leaves_the_open_object_neither_stored_nor_described(store: Any) -> None:
    batch = BatchExport(store, KEYS, HEADER, 2)
    with pytest.raises(KeyError, match="source"):
        source_fails_after(batch, lines(1, 2), lines(3, 3))
    assert list(store.objects) == [KEYS.part(1)]
    assert [item.key for item in batch.objects] == [KEYS.part(1)]


def test_an_error_before_the_first_row_leaves_nothing(store: Any) -> None:
    batch = BatchExport(store, KEYS, HEADER, 2)
    with pytest.raises(KeyError, match="source"):
        source_fails_after(batch)
    assert (store.objects, batch.objects) == ({}, [])


@pytest.mark.parametrize("call", ["write", "close"])
def test_a_store_that_fails_is_not_hidden(store: Any, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(gzip.GzipFile, call, broken)
    with pytest.raises(OSError, match="disk full"):
        export(store, lines(1, 2))
    assert store.objects == {}


# Rejects


def test_rejects_are_one_object_of_json_lines(store: Any) -> None:
    item = write_lines(store, KEYS.rejects, iter([b'{"row_no": -1}', b'{"row_no": -2}']))
    assert item is not None
    assert (item.key, item.rows, item.first_row) == (KEYS.rejects, 2, 1)
    assert text(store, item) == '{"row_no": -1}\n{"row_no": -2}\n'


def test_no_rejects_make_no_object(store: Any) -> None:
    assert write_lines(store, KEYS.rejects, []) is None
    assert store.objects == {}


# The manifest


def manifest(store: Any) -> Manifest:
    return Manifest(
        dataset="wells",
        batch_id=7,
        airflow_run_id="scheduled__2024-05-02",
        window_low=None,
        window_high="2024-05-02T13:30:00+00:00",
        columns=("row_no", "name"),
        fields=("Name",),
        schema_sha256="0" * 64,
        api_count_before=2,
        api_count_after=2,
        rows=2,
        rejected=0,
        unknown_fields=(),
        objects=tuple(export(store, lines(1, 2))),
        rejects=None,
    )


def test_a_manifest_reads_back_as_it_was_written(store: Any) -> None:
    written = manifest(store)
    written.write(store, KEYS.manifest)
    assert read_manifest(store, KEYS.manifest) == written


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda body: b"",
    "cut off": lambda body: body[:-20],
    "not JSON": lambda body: b"<html>",
    "another object": lambda body: b"[]",
    "a field is missing": lambda body: body.replace(b'"rows": 2,', b"", 1),
    "an unknown field": lambda body: body.replace(b'"dataset"', b'"other": 1, "dataset"', 1),
    "not UTF-8": lambda body: body.replace(b"wells", b"w\xff"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_manifest_is_named_by_its_key(store: Any, broken: Callable[[bytes], bytes]) -> None:
    manifest(store).write(store, KEYS.manifest)
    store.objects[KEYS.manifest] = broken(store.objects[KEYS.manifest])
    with pytest.raises(EvidenceError, match=rf"^{KEYS.manifest} is not a manifest: \d+ fields are wrong$"):
        read_manifest(store, KEYS.manifest)
