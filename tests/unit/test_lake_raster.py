"""Delivered rasters become Cloud Optimized GeoTIFFs: cell by cell the same, and known to the last one."""

import itertools
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin
from rasterio.warp import transform_bounds

from enverus_elt.deliveries.manifest import DeliveredFile
from enverus_elt.errors import DeliveryError
from enverus_elt.formats import raster as raster_format
from enverus_elt.formats.raster_survey import survey
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.raster import build_raster
from tests.unit.delivered_files import ELEVATION, delivered, manifest_of, recipe_of, workshop

TO_DEGREES = {"step": "reproject", "srid": 4326}
PLACE = from_origin(500_000, 4_000_000, 30, 30)
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a raster of the given bands."""
    numbers = itertools.count()

    def write(bands: Any, name: str = "", change: Callable[[Any], None] | None = None, **profile: Any) -> Path:
        cells = np.asarray(bands)
        cells = cells[np.newaxis] if cells.ndim == 2 else cells
        settings = {"driver": "GTiff", "crs": "EPSG:32611", "transform": PLACE, "dtype": cells.dtype} | profile
        path = tmp_path / (name or f"local{next(numbers)}.tif")
        count, height, width = cells.shape
        with rasterio.open(path, "w", count=count, height=height, width=width, **settings) as file:
            file.write(cells)
            if change:
                change(file)
        return path

    return write


def built(path: Path, folder: Path, *steps: dict[str, Any], file: DeliveredFile | None = None) -> BuiltAsset:
    folder.mkdir(exist_ok=True)
    file = file or delivered("Elevation 30m.tif", "raster", "geotiff")
    (asset,) = build_raster(workshop(folder), manifest_of(file), recipe_of("raster", *steps), {file.path: path}, {})
    return asset


def refusal(path: Path, folder: Path, *steps: dict[str, Any], file: DeliveredFile | None = None) -> str:
    with pytest.raises(DeliveryError) as error:
        built(path, folder, *steps, file=file)
    assert str(folder) not in str(error.value), "a message names no folder of this machine"
    return str(error.value)


def noise(height: int = 700, width: int = 900, dtype: str = "int16") -> Any:
    return np.random.default_rng(7).integers(1, 200, (height, width)).astype(dtype)


def test_the_elevation_model_stays_what_it_is(tmp_path: Path) -> None:
    asset = built(ELEVATION, tmp_path)
    assert (asset.name, asset.crs) == ("elevation_30m.tif", "EPSG:32611")
    with rasterio.open(ELEVATION) as before, rasterio.open(asset.path) as after:
        assert (before.read() == after.read()).all()
        assert (before.transform, before.crs, before.nodata) == (after.transform, after.crs, after.nodata)
        assert after.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert after.overviews(1) == asset.facts["overviews"] == [2, 4]
        assert after.block_shapes == [(512, 512)]
        tags, cells = after.tags(1), before.read(1)
        edges = transform_bounds(before.crs, "EPSG:4326", *before.bounds, densify_pts=99)
    found = asset.facts["bands"][0]["statistics"]
    for name, value in (("minimum", 315), ("maximum", 2295), ("mean", cells.mean()), ("stddev", cells.std())):
        assert found[name] == pytest.approx(value)
        assert float(tags[f"STATISTICS_{name.upper()}"]) == pytest.approx(value)
    assert found["valid_percent"] == 100
    assert asset.bbox == pytest.approx(edges, abs=1e-4)
    assert shapely.from_wkb(asset.footprint).bounds == pytest.approx(asset.bbox)
    assert not list(tmp_path.glob("**/*.aux.xml"))


def test_gdals_own_programs_read_it(tmp_path: Path) -> None:
    """Another release of GDAL than the one that wrote it."""
    asset = built(ELEVATION, tmp_path)
    sums = [subprocess.run(["gdalinfo", "-checksum", "-norat", path], capture_output=True, text=True, check=True).stdout
            for path in (ELEVATION, asset.path)]  # fmt: skip
    assert len({line for text in sums for line in text.splitlines() if "Checksum=" in line}) == 1
    assert "LAYOUT=COG" in sums[1]


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]
)
def test_every_type_of_cell(written: Written, tmp_path: Path, dtype: str) -> None:
    cells = noise(dtype="int8" if dtype == "int8" else "int16").astype(dtype)
    asset = built(written(cells), tmp_path)
    with rasterio.open(asset.path) as after:
        assert after.dtypes == (dtype,)
        assert (after.read(1) == cells).all()


def test_what_is_known_of_bands_stays(written: Written, tmp_path: Path) -> None:
    def describe(file: Any) -> None:
        file.descriptions = ("Top of Wolfcamp", "Gross Thickness")
        file.units = ("ft", "m")
        file.scales, file.offsets = (0.5, 1.0), (10.0, 0.0)

    asset = built(written([noise(), noise()], change=describe, nodata=-9999), tmp_path)
    top, thickness = asset.facts["bands"]
    assert (top["name"], top["unit"], top["scale"], top["offset"]) == ("top_of_wolfcamp", "ft", 0.5, 10.0)
    assert (thickness["name"], thickness["nodata"], "scale" in thickness) == ("gross_thickness", -9999, False)
    assert [(column.name, column.type, column.source) for column in asset.columns] == [
        ("top_of_wolfcamp", "int16", "Top of Wolfcamp"),
        ("gross_thickness", "int16", "Gross Thickness"),
    ]
    with rasterio.open(asset.path) as after:
        assert (after.descriptions, after.units) == (("Top of Wolfcamp", "Gross Thickness"), ("ft", "m"))


def test_nodata_and_nan_are_not_counted(written: Written, tmp_path: Path) -> None:
    cells = noise(dtype="float32")
    cells[:350] = -9999
    cells[350:400] = np.nan
    asset = built(written(cells, nodata=-9999), tmp_path)
    found = asset.facts["bands"][0]["statistics"]
    assert found["valid_percent"] == pytest.approx(100 * 300 / 700)
    assert found["minimum"] >= 1
    covered = shapely.from_wkb(asset.footprint)
    whole = transform_bounds("EPSG:32611", "EPSG:4326", 500_000, 4_000_000 - 700 * 30, 500_000 + 900 * 30, 4_000_000)
    assert covered.area == pytest.approx(shapely.box(*whole).area * 3 / 7, rel=0.02)


def test_a_raster_without_any_valid_cell(written: Written, tmp_path: Path) -> None:
    asset = built(written(np.full((50, 60), -1, dtype="int16"), nodata=-1), tmp_path)
    assert (asset.bbox, asset.footprint) == (None, None)
    assert asset.facts["bands"][0]["statistics"] == {"valid_percent": 0.0}


def test_a_mask_inside_of_the_file(written: Written, tmp_path: Path) -> None:
    mask = np.full((700, 900), 255, dtype="uint8")
    mask[:, :450] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = written(noise(), change=lambda file: file.write_mask(mask))
    asset = built(path, tmp_path)
    assert asset.facts["bands"][0]["statistics"]["valid_percent"] == 50
    with rasterio.open(asset.path) as after:
        assert (after.read_masks(1) == mask).all()
        assert "STATISTICS_MEAN" not in after.tags(1), "GDAL's own do not see the mask"


def test_colours_and_transparency(written: Written, tmp_path: Path) -> None:
    bands = np.stack([noise(dtype="uint8")] * 4)
    bands[3] = 255
    bands[3, :350] = 0
    colors = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]

    def paint(file: Any) -> None:
        file.colorinterp = colors

    asset = built(written(bands, change=paint), tmp_path)
    assert [band["color"] for band in asset.facts["bands"]] == ["red", "green", "blue", "alpha"]
    assert asset.facts["bands"][0]["statistics"]["valid_percent"] == 50
    assert asset.facts["overview_resampling"] == "average"


def test_classes_are_not_averaged(written: Written, tmp_path: Path) -> None:
    cells = np.where(noise() % 2, 11, 95).astype("uint8")
    palette = {11: (0, 0, 255, 255), 95: (0, 255, 0, 255)}
    asset = built(written(cells, change=lambda file: file.write_colormap(1, palette)), tmp_path)
    with rasterio.open(asset.path, overview_level=0) as overview:
        assert set(np.unique(overview.read(1))) == {11, 95}
        assert overview.colormap(1)[11] == palette[11]


def test_single_bits(written: Written, tmp_path: Path) -> None:
    cells = (noise() % 2).astype("uint8")
    with rasterio.open(built(written(cells, nbits=1), tmp_path).path) as after:
        assert (after.read(1) == cells).all()


def test_the_digest_is_of_the_content(written: Written, tmp_path: Path) -> None:
    cells = noise()
    plain = built(written(cells), tmp_path).content_sha256
    assert (
        built(written(cells, tiled=True, blockxsize=128, blockysize=128, compress="lzw"), tmp_path).content_sha256
        == plain
    )
    other = cells.copy()
    other[-1, -1] += 1
    moved = from_origin(500_000.5, 4_000_000, 30, 30)
    for path in (
        written(other),
        written(cells, nodata=-1),
        written(cells, transform=moved),
        written(cells, crs="EPSG:32612"),
        written(cells.astype("int32")),
        written([cells, cells]),
    ):
        assert built(path, tmp_path).content_sha256 != plain


def test_the_reference_system_is_the_files_else_the_manifests(written: Written, tmp_path: Path) -> None:
    cells = noise()
    file = delivered("a.tif", "raster", "geotiff", crs="EPSG:26711")
    assert built(written(cells), tmp_path, file=file).crs == "EPSG:32611"
    asset = built(written(cells, crs=None), tmp_path, file=file)
    assert (asset.crs, asset.facts["crs_from"]) == ("EPSG:26711", "manifest")
    with rasterio.open(asset.path) as after:
        assert (after.read(1) == cells).all()
        assert after.transform == PLACE
    for path in (written(cells, crs=None), written(cells, crs=None, change=_with_point_keys)):
        assert "say it in the manifest as the file's 'crs'" in refusal(path, tmp_path)


def _with_point_keys(file: Any) -> None:
    file.update_tags(AREA_OR_POINT="Point")  # which makes GDAL read a reference system called "unnamed"


def test_what_is_not_georeferenced(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    with rasterio.open(path, "w", driver="GTiff", count=1, height=5, width=5, dtype="uint8") as file:
        file.write(np.ones((1, 5, 5), dtype="uint8"))
    assert "does not say where it lies" in refusal(path, tmp_path)


def test_ground_control_points(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    corners = ((0, 0, -104, 32), (0, 100, -103, 32), (100, 0, -104, 31), (100, 100, -103, 31))
    points = [GroundControlPoint(row, col, x, y) for row, col, x, y in corners]
    cells = noise(100, 100, "uint8")
    with rasterio.open(path, "w", driver="GTiff", count=1, height=100, width=100, dtype="uint8", gcps=points,
                       crs="EPSG:4326") as file:  # fmt: skip
        file.write(cells, 1)
    asset = built(path, tmp_path)
    assert asset.facts["crs_from"] == "ground control points"
    assert asset.bbox == pytest.approx((-104, 31, -103, 32), abs=0.02)


def test_reprojected(tmp_path: Path) -> None:
    asset = built(ELEVATION, tmp_path, TO_DEGREES | {"resampling": "bilinear"})
    assert asset.crs == "EPSG:4326"
    step = asset.facts["steps"][0]
    assert (step["settings"]["resampling"], step["accuracy_m"]) == ("bilinear", 0)
    with rasterio.open(ELEVATION) as before, rasterio.open(asset.path) as after:
        x, y = rasterio.warp.transform(before.crs, after.crs, [390_015, 400_005], [3_800_010, 3_795_015])
        at_before = [value[0] for value in before.sample([(390_015, 3_800_010), (400_005, 3_795_015)])]
        at_after = [value[0] for value in after.sample(list(zip(x, y, strict=True)))]
    assert at_after == pytest.approx(at_before, abs=30)  # a neighbouring cell of steep ground
    assert asset.facts["bands"][0]["statistics"]["maximum"] <= 2295


@pytest.mark.parametrize(("dtype", "added"), [("float32", "nan"), ("int16", "-32768"), ("uint8", "255")])
def test_cells_outside_of_the_original_are_marked(written: Written, tmp_path: Path, dtype: str, added: str) -> None:
    asset = built(written(noise(dtype=dtype)), tmp_path, TO_DEGREES)
    assert asset.facts["steps"][0]["nodata_added"] == added
    found = asset.facts["bands"][0]["statistics"]
    assert 90 < found["valid_percent"] < 100
    assert (found["minimum"], found["maximum"]) == (1, 199)


def test_where_every_value_is_taken_there_is_transparency(written: Written, tmp_path: Path) -> None:
    cells = noise(dtype="uint8")
    cells[0, :2] = 0, 255
    asset = built(written(cells), tmp_path, TO_DEGREES)
    assert [band["color"] for band in asset.facts["bands"]] == ["gray", "alpha"]


def test_a_datum_shift_that_is_too_far_off_is_refused(written: Written, tmp_path: Path) -> None:
    path = written(noise(), crs="EPSG:26713", transform=from_origin(600_000, 3_500_000, 30, 30))  # NAD27, Texas
    message = refusal(path, tmp_path, TO_DEGREES | {"accuracy": 1})
    assert "NAD27" in message
    asset = built(path, tmp_path, TO_DEGREES)
    assert 1 < asset.facts["steps"][0]["accuracy_m"] <= 10


def test_an_archive_with_one_raster_in_it(written: Written, tmp_path: Path) -> None:
    path = written(noise(), "grid.asc", driver="AAIGrid")
    archive = tmp_path / "local.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for item in sorted(tmp_path.glob("grid.*")):
            packed.write(item, f"surfaces/{item.name}")
        packed.writestr("surfaces/readme.txt", "a structure map")
    file = delivered("grid.zip", "raster", "gdal")
    asset = built(archive, tmp_path, file=file)
    assert asset.facts["delivered_as"] == "AAIGrid"
    assert asset.crs == "EPSG:32611"
    with rasterio.open(path) as before, rasterio.open(asset.path) as after:
        assert (before.read() == after.read()).all()


def test_an_archive_with_two(written: Written, tmp_path: Path) -> None:
    archive = tmp_path / "local.zip"
    cells = noise()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("top.tif", "base.tif"):
            packed.write(written(cells, name), name)
    file = delivered("both.zip", "raster", "gdal")
    assert "2 rasters (base.tif, top.tif): name one as the file's layer" in refusal(archive, tmp_path, file=file)
    asset = built(archive, tmp_path / "again", file=delivered("both.zip", "raster", "gdal", layer="top.tif"))
    assert asset.name == "both.tif"


def test_what_points_elsewhere_is_not_followed(written: Written, tmp_path: Path) -> None:
    """A virtual raster may name any file of this machine, or any address."""
    secret = written(noise(), "secret.tif")
    virtual = tmp_path / "local.vrt"
    rasterio.shutil.copy(secret, virtual, driver="VRT")
    file = delivered("grid.vrt", "raster", "gdal")
    assert "not a gdal raster that can be read" in refusal(virtual, tmp_path, file=file)
    virtual.write_text("<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1/</ServerUrl></Service></GDAL_WMS>")
    assert "not a gdal raster that can be read" in refusal(virtual, tmp_path, file=file)


def test_what_is_no_raster_or_half_of_one(written: Written, tmp_path: Path) -> None:
    path = written(noise())
    whole = path.read_bytes()
    path.write_bytes(b"hello")
    assert "not a geotiff raster that can be read" in refusal(path, tmp_path)
    path.write_bytes(whole[: len(whole) // 2])
    assert "elevation" in refusal(path, tmp_path).casefold()
    written(noise(), "local.png", driver="PNG", dtype="uint8")
    assert "not a geotiff" in refusal(tmp_path / "local.png", tmp_path)


def test_limits(written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(noise())
    assert "deliver amplitude or phase" in refusal(written(noise().astype("complex64")), tmp_path)
    monkeypatch.setattr(raster_format, "MOST_BYTES", 10**6)
    assert "deliver it in tiles" in refusal(path, tmp_path)
    monkeypatch.setattr(raster_format, "MOST_BANDS", 0)
    assert "1 bands, at most 0" in refusal(path, tmp_path)


def test_a_raster_larger_than_a_tile_is_surveyed_whole(written: Written) -> None:
    cells = noise(2100, 1500, "float64")
    cells[2000:, 1400:] = -1
    with rasterio.open(written(cells, nodata=-1)) as file:
        found = survey(file)
    (band,) = found.bands
    known = cells[cells > 0]
    facts = band.facts()
    assert facts["mean"] == pytest.approx(known.mean())
    assert facts["stddev"] == pytest.approx(known.std())
    assert (found.factor, found.valid.shape) == (8, (263, 188))
    assert found.valid.sum() == 263 * 188 - 13 * 13
