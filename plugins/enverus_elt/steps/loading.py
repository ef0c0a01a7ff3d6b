"""Fills a table with one batch from its objects, and sets aside the rows that cannot stay in it."""

import gzip
import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from enverus_elt.catalog import Dataset
from enverus_elt.errors import EvidenceError
from enverus_elt.hooks.object_store import READ_BYTES, HashingReader, ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.paths import processed_key
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch
from enverus_elt.steps.casting import castable_checks, staged_types
from enverus_elt.steps.drift import note_drift
from enverus_elt.steps.manifest import ExportObject, Manifest

log = logging.getLogger(__name__)

# 22: the server's "data exception"; XX: how PostGIS reports text that is no geometry.
UNTYPABLE = (psycopg.DataError, psycopg.errors.InternalError_)
TEXT_TABLE = "batch_text"
TELLING = 10  # values that must all be refused before the column is said to have changed its type


@dataclass(frozen=True)
class PartitionLoader:
    """One batch on its way into staging; everything happens in the caller's transaction."""

    conn: Warehouse
    store: ObjectStore
    dataset: Dataset
    batch: Batch
    manifest: Manifest
    table: str  # in staging

    def load(self) -> None:
        """COPY into the typed columns; where the server refuses a value, find and quarantine the rows at fault."""
        typed = render("stage/copy_rows.sql", table=self.table, columns=self.manifest.columns)
        try:
            with self.conn.transaction():
                self._copy(typed)
        except UNTYPABLE as error:
            kind = type(error).__name__  # the message itself would quote the value
            log.warning("%s: batch %s has untypable values (%s)", self.dataset.id, self.batch.batch_id, kind)
            self._load_guarded()

    def quarantine_unplaced(self) -> None:
        """Rows that are typed but have no key, no required value, no place, or a time that is yet to come."""
        statement = render("stage/quarantine_unplaced.sql", dataset=self.dataset, partition=self.table)
        self.conn.execute(statement, self._evidence())

    def quarantine_rejects(self) -> None:
        """Rows that no CSV could carry; kept as JSON text, for jsonb refuses some of them too."""
        item = self.manifest.rejects
        if item is None:
            return
        names = {"batch_id": self.batch.batch_id, "dataset": self.dataset.id, "object_key": item.key}
        names |= {"until": self.batch.read_until, "changed": None, "natural_key": None}
        with gzip.GzipFile(fileobj=self._open(item), mode="rb") as lines, self.conn.cursor() as cursor:
            for line_no, line in enumerate(lines, start=1):
                values = {**names, **json.loads(line), "line_no": line_no}
                values |= {"raw": json.dumps(values["raw"]), "natural_key": _json(values["natural_key"])}
                cursor.execute(render("stage/quarantine_reject.sql"), values)

    def _load_guarded(self) -> None:
        types = staged_types(self.dataset)
        table = {"table": TEXT_TABLE, "columns": self.manifest.columns}
        self.conn.execute(render("stage/create_text_copy.sql", **table))
        self._copy(render("stage/copy_text.sql", **table))
        checks = castable_checks(self.dataset)
        self.conn.execute(render("stage/find_uncastable.sql", table=TEXT_TABLE, checks=checks))
        self._note_changed_types()
        values = {**self._evidence(), "types": json.dumps(types)}
        self.conn.execute(render("stage/quarantine_uncastable.sql", table=TEXT_TABLE, dataset=self.dataset), values)
        typed = [(name, types[name]) for name in self.manifest.columns]
        statement = render("stage/insert_castable.sql", partition=self.table, types=typed, **table)
        self.conn.execute(statement)

    def _note_changed_types(self) -> None:
        """Columns of which every value was refused, if there are enough to say so."""
        changed = []
        for row in self.conn.execute(render("stage/count_uncastable.sql")).fetchall():
            column, refused = row["column_name"], row["count"]
            statement = render("stage/count_values.sql", table=TEXT_TABLE, column=column)
            values = (self.conn.execute(statement).fetchone() or {"count": 0})["count"]
            if refused == values >= TELLING:
                changed.append(column)
        sources = {name: field for field, name in self.dataset.field_columns.items()}
        note_drift(self.conn, self.dataset, self.batch, "type", [sources[c] for c in changed if c in sources])

    def _copy(self, statement: str) -> None:
        for item in self.manifest.objects:
            reader = self._open(item)
            try:
                with self.conn.cursor() as cursor:
                    with cursor.copy(statement) as copy:
                        for chunk in _unzipped(reader, item):
                            copy.write(chunk)
                    rows = cursor.rowcount
            except (*UNTYPABLE, psycopg.errors.BadCopyFileFormat):
                _verify(reader, item)  # what the server cannot read may not be what was written
                raise
            _verify(reader, item)
            if rows != item.rows:
                raise EvidenceError(f"{item.key} holds {rows:,} rows, its manifest says {item.rows:,}")

    def _open(self, item: ExportObject) -> HashingReader:
        for key in (item.key, processed_key(item.key)):
            if self.store.size(key) is not None:
                return self.store.reader(key)
        raise EvidenceError(f"{item.key} is gone: neither exports nor processed has it")

    def _evidence(self) -> dict[str, Any]:
        """Where a row number is to be found: by object and line."""
        objects = [
            {"object_key": item.key, "first_row": item.first_row, "last_row": item.first_row + item.rows - 1}
            for item in self.manifest.objects
        ]
        names = {"batch_id": self.batch.batch_id, "dataset": self.dataset.id, "until": self.batch.read_until}
        return {**names, "objects": json.dumps(objects)}


def _verify(reader: HashingReader, item: ExportObject) -> None:
    if (digest := reader.finish()) != item.sha256:
        raise EvidenceError(f"{item.key} is not the object that its manifest describes (sha256 {digest[:12]}…)")


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _unzipped(reader: HashingReader, item: ExportObject) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=reader, mode="rb") as stream:
            while chunk := stream.read(READ_BYTES):
                yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise EvidenceError(f"{item.key} is not complete: {error}") from error
