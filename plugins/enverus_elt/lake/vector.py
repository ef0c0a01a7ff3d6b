"""Delivered vector files → GeoParquet: each layer through the recipe's steps in PostGIS."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from enverus_elt.deliveries.manifest import LakeVersion, Manifest
from enverus_elt.deliveries.names import column_names
from enverus_elt.deliveries.recipes import Recipe, ZonalStatistics
from enverus_elt.formats.vector import open_layers
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.layer_output import write_layer
from enverus_elt.lake.layers import Layer, drop_table
from enverus_elt.lake.loading import load_layer
from enverus_elt.lake.reading import LakeInput
from enverus_elt.lake.recipe_steps import run_step
from enverus_elt.lake.workshop import Workshop
from enverus_elt.lake.zonal import zonal_statistics


def build_vector(
    shop: Workshop,
    manifest: Manifest,
    recipe: Recipe,
    files: Mapping[str, Path],
    inputs: Mapping[LakeVersion, LakeInput],
) -> list[BuiltAsset]:
    """One asset per layer, called after its file, and after the layer where the file has several.

    ``files`` are local copies by ``DeliveredFile.path``, ``inputs`` the lake's versions that the recipe reads. All
    files are looked at before the first one is worked on: a mistake in the last one costs no hours.
    """
    opened = [
        (file, layer, f"{file.stem} {layer.name}" if len(layers) > 1 else file.stem)
        for file in manifest.files
        for layers in [open_layers(files[file.path], file)]
        for layer in layers
    ]
    names = column_names([name for _, _, name in opened])
    assets = []
    for (file, source, _), name in zip(opened, names, strict=True):
        layer, facts = load_layer(shop, source, "layer", file.crs)
        layer, done = _worked(shop, layer, recipe, inputs)
        facts = {"file": file.path, **facts, "recipe": recipe.name, "steps": done}
        assets.append(write_layer(shop, layer, name, facts))
        drop_table(shop, layer.table)
    return assets


def _worked(
    shop: Workshop, layer: Layer, recipe: Recipe, inputs: Mapping[LakeVersion, LakeInput]
) -> tuple[Layer, list[dict[str, Any]]]:
    """The layer after all steps, and what each of them did."""
    done = []
    for step in recipe.steps:
        layer, outcome = run_step(shop, layer, step, {ZonalStatistics: partial(_zonal, inputs=inputs)})
        done.append(outcome)
    return layer, done


def _zonal(
    shop: Workshop, layer: Layer, step: ZonalStatistics, *, inputs: Mapping[LakeVersion, LakeInput]
) -> tuple[Layer, dict[str, Any]]:
    return zonal_statistics(shop, layer, step, inputs[step.raster])
