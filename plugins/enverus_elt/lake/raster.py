"""Builds a raster version: each delivered raster as one Cloud Optimized GeoTIFF, with footprint and statistics."""

import math
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import rasterio
from rasterio.io import DatasetReader

from enverus_elt.deliveries.manifest import DeliveredFile, FileType, LakeVersion, Manifest
from enverus_elt.deliveries.names import column_names
from enverus_elt.deliveries.recipes import Recipe, Reproject
from enverus_elt.errors import CatalogError
from enverus_elt.formats.cog import BLOCK, write_cog
from enverus_elt.formats.footprints import footprint, outline
from enverus_elt.formats.raster import Raster, gdal_settings, open_raster, told
from enverus_elt.formats.raster_survey import Survey, survey
from enverus_elt.formats.raster_warp import georeferenced, reprojected
from enverus_elt.formats.reference_systems import code_of
from enverus_elt.lake.built import COG, AssetColumn, BuiltAsset
from enverus_elt.lake.reading import LakeInput
from enverus_elt.lake.workshop import Workshop, assets_folder


def build_raster(
    shop: Workshop,
    manifest: Manifest,
    recipe: Recipe,
    files: Mapping[str, Path],
    inputs: Mapping[LakeVersion, LakeInput],
) -> list[BuiltAsset]:
    """An asset for each of the manifest's files; ``files`` are the local copies by path in the landing zone."""
    del inputs  # no step of a raster reads another version
    names = column_names([file.stem for file in manifest.files])
    return [
        _built(shop, file, recipe, files[file.path], name) for file, name in zip(manifest.files, names, strict=True)
    ]


def _built(shop: Workshop, file: DeliveredFile, recipe: Recipe, path: Path, name: str) -> BuiltAsset:
    target = assets_folder(shop) / f"{name}.tif"
    with ExitStack() as stack:
        raster = stack.enter_context(open_raster(path, file, shop.folder))
        facts: dict[str, Any] = {
            "file": file.path,
            "recipe": recipe.name,
            "delivered_as": raster.dataset.driver,
            "crs_from": raster.crs_from,
            "steps": [],
        }
        if raster.has_ground_control_points:
            raster = georeferenced(raster, stack)
            facts["crs_from"] = "ground control points"
        for step in recipe.steps:
            if not isinstance(step, Reproject):
                raise CatalogError(f"recipe {recipe.name}: {step.step} is not a step for rasters")
            raster, done = reprojected(raster, step, file.name, stack)
            settings = step.model_dump(mode="json", exclude={"step"})
            facts["steps"].append({"step": step.step, "settings": settings, **done})
        layout = write_cog(raster.dataset, target, file.name)
    with gdal_settings(shop.folder), told(file.name), rasterio.open(target) as cog:
        seen = survey(cog)
        facts |= _layout_facts(cog)
        facts["overview_resampling"] = layout.overview_resampling.lower()
        facts["bands"] = _bands(cog, seen)
        return _asset(target, cog, raster, seen, facts)


def _asset(target: Path, cog: DatasetReader, raster: Raster, seen: Survey, facts: dict[str, Any]) -> BuiltAsset:
    covered = footprint(outline(seen.valid, seen.factor, cog.transform, (cog.width, cog.height)), raster.crs)
    if covered is not None and covered.crosses_antimeridian:
        facts["crosses_antimeridian"] = True
    return BuiltAsset(
        name=target.name,
        path=target,
        type=FileType.RASTER,
        media_type=COG,
        content_sha256=seen.content_sha256,
        crs=code_of(raster.crs),
        bbox=covered.bbox if covered else None,
        footprint=covered.wkb if covered else None,
        columns=tuple(
            AssetColumn(name, kind, source)
            for name, kind, source in zip(_band_names(cog), cog.dtypes, cog.descriptions, strict=True)
        ),
        facts=facts,
    )


def _band_names(cog: DatasetReader) -> list[str]:
    return column_names([name or f"band {band}" for band, name in enumerate(cog.descriptions, start=1)])


def _layout_facts(cog: DatasetReader) -> dict[str, Any]:
    """``transform`` and ``shape`` as STAC's projection extension has them."""
    return {
        "shape": [cog.height, cog.width],
        "transform": list(cog.transform[:6]),
        "resolution": list(cog.res),
        "unit": cog.crs.units_factor[0] if cog.crs else None,
        "compression": str(cog.compression.value).lower() if cog.compression else None,
        "block": BLOCK,
        "overviews": cog.overviews(1),
    }


def _bands(cog: DatasetReader, seen: Survey) -> list[dict[str, Any]]:
    bands = []
    for number, name in enumerate(_band_names(cog)):
        nodata = cog.nodatavals[number]
        band: dict[str, Any] = {"name": name, "data_type": cog.dtypes[number], "color": cog.colorinterp[number].name}
        if nodata is not None:
            band["nodata"] = "nan" if math.isnan(nodata) else nodata  # as STAC writes what JSON has no number for
        if cog.units[number]:
            band["unit"] = cog.units[number]
        if (cog.scales[number], cog.offsets[number]) != (1.0, 0.0):
            band |= {"scale": cog.scales[number], "offset": cog.offsets[number]}
        bands.append({**band, "statistics": seen.bands[number].facts()})
    return bands
