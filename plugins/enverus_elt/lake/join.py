"""Builds a spatial version with the columns of a tabular one, joined in PostGIS by keys.

Each feature meets at most one row: a table whose key is not unique would multiply features, and is refused with the
keys named. Many features may meet one row. What finds no partner is counted, and listed whole beside the version.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from enverus_elt.deliveries.manifest import FileType, JoinConfig, LakeVersion, Manifest
from enverus_elt.deliveries.names import column_names
from enverus_elt.deliveries.recipes import Recipe, ZonalStatistics
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.geoparquet import RESERVED
from enverus_elt.formats.geoparquet_layers import geoparquet_layer
from enverus_elt.formats.parquet_table import READ_ROWS, TableWriter
from enverus_elt.hooks.failures import translated
from enverus_elt.lake.built import PARQUET, AssetColumn, BuiltAsset
from enverus_elt.lake.column_types import sql_type
from enverus_elt.lake.engine import load_batches, read_batches
from enverus_elt.lake.inputs import spatial_file, table_file
from enverus_elt.lake.join_keys import KeyPair, key_pair
from enverus_elt.lake.layer_output import write_layer
from enverus_elt.lake.layers import ROW, Layer, LayerColumn
from enverus_elt.lake.loading import load_layer
from enverus_elt.lake.reading import LakeInput
from enverus_elt.lake.recipe_steps import run_step
from enverus_elt.lake.workshop import Workshop, assets_folder
from enverus_elt.lake.zonal import zonal_step
from enverus_elt.sql import render

PAIRS = "pairs"
JOINED = "joined"


@dataclass(frozen=True)
class Side:
    """One of the two: its table in the scratch schema, the version it is from, and how pairs name its rows."""

    table: str
    version: str
    columns: tuple[LayerColumn, ...]
    in_pairs: str

    @property
    def keys(self) -> str:
        """The table of its keys in the form that they are compared in."""
        return f"{self.table}_keys"

    def type_of(self, column: str, setting: str) -> pa.DataType:
        """Raises DeliveryError where there is no such column."""
        for known in self.columns:
            if known.name == column:
                return known.type
        have = ", ".join(known.name for known in self.columns)
        raise DeliveryError(f"metadata.join_config.{setting}: {self.version} has no column {column!r}; it has {have}")


def build_join(
    shop: Workshop,
    manifest: Manifest,
    recipe: Recipe,
    files: Mapping[str, Path],
    inputs: Mapping[LakeVersion, LakeInput],
) -> list[BuiltAsset]:
    """The joined layer, and a table of what found no partner for each side that has such rows."""
    del files  # a join has none
    config = manifest.metadata.join_config
    if config is None:
        raise DeliveryError("metadata.join_config: missing: a join needs to know what it joins, and by which columns")
    layer, spatial = _load_spatial(shop, config.spatial, inputs[config.spatial])
    tabular = _load_table(shop, config.tabular, inputs[config.tabular])
    keys = [
        key_pair(left, spatial.type_of(left, "spatial_keys"), right, tabular.type_of(right, "tabular_keys"), layer.what)
        for left, right in zip(config.spatial_keys, config.tabular_keys, strict=True)
    ]
    with translated(f"{manifest.dataset}: joining {spatial.version} and {tabular.version}"):
        _create_keys(shop, spatial, [(key.spatial, key.spatial_form) for key in keys])
        _create_keys(shop, tabular, [(key.tabular, key.tabular_form) for key in keys])
        _refuse_duplicates(shop, tabular, keys)
        _run(shop, "join/create_pairs.sql", target=PAIRS, spatial_keys=spatial.keys, table_keys=tabular.keys,
             names=_key_names(keys))  # fmt: skip
        facts = {"join": _join_facts(shop, config, keys, spatial, tabular)}
        joined = _join(shop, config, layer, tabular)
    done = []
    for step in recipe.steps:
        joined, outcome = run_step(shop, joined, step, {ZonalStatistics: zonal_step(inputs)})
        done.append(outcome)
    (name,) = column_names([manifest.dataset])
    asset = write_layer(shop, joined, name, {**facts, "recipe": recipe.name, "steps": done})
    unmatched = [_write_unmatched(shop, side, asset.name) for side in (spatial, tabular)]
    return [asset, *(listed for listed in unmatched if listed is not None)]


def _load_spatial(shop: Workshop, wanted: LakeVersion, found: LakeInput) -> tuple[Layer, Side]:
    version = f"{found.dataset} v{found.version}"
    source = geoparquet_layer(spatial_file(wanted, found), version)
    layer, _ = load_layer(shop, source, "spatial", None)
    columns = tuple(replace(column, source=f"{version}: {column.name}") for column in layer.columns)
    return layer.with_columns(*columns), Side(layer.table, version, columns, ROW)


def _load_table(shop: Workshop, wanted: LakeVersion, found: LakeInput) -> Side:
    version = f"{found.dataset} v{found.version}"
    path = table_file(wanted, found)
    columns = pq.read_schema(path).remove_metadata()
    schema = columns.insert(0, pa.field(ROW, pa.int64()))
    load_batches(shop, "tabular", schema, _numbered(path, schema))
    known = tuple(LayerColumn(column.name, column.type, f"{version}: {column.name}") for column in columns)
    return Side("tabular", version, known, "table_row")


def _numbered(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    row = 1
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(READ_ROWS):
            numbers = pa.array(range(row, row + batch.num_rows), pa.int64())
            row += batch.num_rows
            yield pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=schema)


def _key_names(keys: Sequence[KeyPair]) -> list[str]:
    return [f"key_{number}" for number, _ in enumerate(keys, start=1)]


def _run(shop: Workshop, template: str, **names: Any) -> list[dict[str, Any]]:
    cursor = shop.conn.execute(render(template, schema=shop.schema, **names))
    return cursor.fetchall() if cursor.description else []


def _create_keys(shop: Workshop, side: Side, forms: Sequence[tuple[str, str]]) -> None:
    named = [(column, form, f"key_{number}") for number, (column, form) in enumerate(forms, start=1)]
    _run(shop, "join/create_keys.sql", table=side.table, target=side.keys, forms=named)


def _refuse_duplicates(shop: Workshop, tabular: Side, keys: Sequence[KeyPair]) -> None:
    names = _key_names(keys)
    found = _run(shop, "join/select_duplicates.sql", keys=tabular.keys, names=names)
    if not found:
        return
    shown = [f"{_shown(row, names)} in rows {', '.join(f'{n:,}' for n in row['numbers'])}" for row in found[:5]]
    more = f", and {found[0]['duplicates'] - len(shown):,} more" if found[0]["duplicates"] > len(shown) else ""
    columns = ", ".join(key.tabular for key in keys)
    raise DeliveryError(
        f"metadata.join_config.tabular_keys: {columns} is not unique in {tabular.version}: {'; '.join(shown)}{more}: "
        "features would be multiplied: add a column to the keys, or deliver one row a key"
    )


def _shown(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return " + ".join(repr(row[name]) for name in names)


def _join_facts(
    shop: Workshop, config: JoinConfig, keys: Sequence[KeyPair], spatial: Side, tabular: Side
) -> dict[str, Any]:
    sides = {"spatial": _unmatched(shop, spatial, keys), "tabular": _unmatched(shop, tabular, keys)}
    matched = _run(shop, "recipes/count_rows.sql", table=PAIRS)[0]["count"]
    if not matched:
        examples = ", ".join(
            f"{side.version} has {' + '.join(map(repr, (sides[name]['unmatched_keys'] or [['no keys']])[0]))}"
            for name, side in (("spatial", spatial), ("tabular", tabular))
        )
        raise DeliveryError(f"metadata.join_config: no key is in both versions ({examples}): are these the right keys?")
    return {
        "how": config.how,
        "keys": [{"spatial": key.spatial, "tabular": key.tabular, "compared_as": key.compared_as} for key in keys],
        "matched": matched,
        "spatial": {"version": spatial.version, **sides["spatial"]},
        "tabular": {"version": tabular.version, **sides["tabular"]},
    }


def _unmatched(shop: Workshop, side: Side, keys: Sequence[KeyPair]) -> dict[str, Any]:
    names = _key_names(keys)
    given: dict[str, Any] = {"keys": side.keys, "pairs": PAIRS, "side": side.in_pairs, "names": names}
    rows = _run(shop, "recipes/count_rows.sql", table=side.table)[0]["count"]
    (counted,) = _run(shop, "join/count_unmatched.sql", **given)
    examples = [[row[name] for name in names] for row in _run(shop, "join/select_unmatched_keys.sql", **given)]
    return {"rows": rows, **counted, "unmatched_keys": examples}


def _join(shop: Workshop, config: JoinConfig, layer: Layer, tabular: Side) -> Layer:
    """All columns of the spatial version, and those of the table that are no keys: the feature has these already."""
    added = [column for column in tabular.columns if column.name not in config.tabular_keys]
    names = column_names([column.name for column in added], taken=[*layer.names, *RESERVED])
    pairs = [(column.name, name) for column, name in zip(added, names, strict=True)]
    _run(shop, "join/create_joined.sql", target=JOINED, spatial=layer.table, table=tabular.table, pairs=PAIRS,
         columns=layer.names, brought=pairs, inner=config.how == "inner")  # fmt: skip
    columns = (*layer.columns, *(replace(column, name=name) for column, name in zip(added, names, strict=True)))
    return replace(layer, table=JOINED, columns=columns)


def _write_unmatched(shop: Workshop, side: Side, name: str) -> BuiltAsset | None:
    """The rows that found no partner, without geometry: what there is to correct is in their columns."""
    target = assets_folder(shop) / name.replace(".parquet", f".unmatched_{side.table}.parquet")
    schema = pa.schema([pa.field(column.name, column.type) for column in side.columns])
    query = render("join/select_unmatched.sql", schema=shop.schema, table=side.table, pairs=PAIRS, side=side.in_pairs,
                   types=[(column.name, sql_type(column.type)) for column in side.columns])  # fmt: skip
    with TableWriter(target, schema) as writer:
        for batch in read_batches(shop, query, schema):
            writer.write(batch)
    written = writer.written
    if written is None:
        raise AssertionError("a writer that ended well has written")
    if not written.rows:
        return None
    return BuiltAsset(
        name=target.name,
        path=target,
        type=FileType.TABULAR,
        media_type=PARQUET,
        content_sha256=written.content_sha256,
        rows=written.rows,
        columns=tuple(AssetColumn(column.name, str(column.type), column.source) for column in side.columns),
        facts={"unmatched_rows_of": side.version},
        role="metadata",
    )
