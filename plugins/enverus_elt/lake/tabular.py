"""Builds a tabular version: each delivered table as one Parquet file, its types found once and recorded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enverus_elt.deliveries.manifest import DeliveredFile, FileType, LakeVersion, Manifest
from enverus_elt.deliveries.names import column_names
from enverus_elt.deliveries.recipes import Recipe
from enverus_elt.formats.parquet_table import TableWriter
from enverus_elt.formats.tabular import Table, open_table
from enverus_elt.lake.built import PARQUET, AssetColumn, BuiltAsset
from enverus_elt.lake.reading import LakeInput
from enverus_elt.lake.table_steps import TableSteps, cast_columns
from enverus_elt.lake.workshop import Workshop, assets_folder


def build_tabular(
    shop: Workshop,
    manifest: Manifest,
    recipe: Recipe,
    files: Mapping[str, Path],
    inputs: Mapping[LakeVersion, LakeInput],
) -> list[BuiltAsset]:
    """An asset for each of the manifest's files; ``files`` are the local copies by path in the landing zone."""
    del inputs  # no step of a table reads another version
    names = column_names([file.stem for file in manifest.files])
    return [
        _built(shop, file, recipe, files[file.path], name) for file, name in zip(manifest.files, names, strict=True)
    ]


def _built(shop: Workshop, file: DeliveredFile, recipe: Recipe, path: Path, name: str) -> BuiltAsset:
    table = open_table(path, file, cast_columns(recipe))
    steps = TableSteps(recipe, table.schema)
    target = assets_folder(shop) / f"{name}.parquet"
    with TableWriter(target, steps.schema) as writer:
        for batch in steps.run(table.batches()):
            writer.write(batch)
    written = writer.written
    if written is None:
        raise AssertionError("a writer that ended well has written")
    return BuiltAsset(
        name=target.name,
        path=target,
        type=FileType.TABULAR,
        media_type=PARQUET,
        content_sha256=written.content_sha256,
        rows=written.rows,
        columns=_columns(table, steps),
        facts={"file": file.path, "recipe": recipe.name, **_facts(table, steps)},
    )


def _columns(table: Table, steps: TableSteps) -> tuple[AssetColumn, ...]:
    """Steps rename and cast columns, but neither add, drop nor move any."""
    return tuple(
        AssetColumn(column.name, str(column.type), known.source)
        for column, known in zip(steps.schema, table.columns, strict=True)
    )


def _facts(table: Table, steps: TableSteps) -> dict[str, Any]:
    columns = {column.name: dict(known.facts) for column, known in zip(steps.schema, table.columns, strict=True)}
    known = {name: facts for name, facts in columns.items() if facts}
    return {**table.facts, **({"columns": known} if known else {}), "steps": steps.facts()}
