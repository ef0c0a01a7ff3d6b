"""Recipes: the named steps that a delivery's files go through, one YAML file a recipe, the stem is its name."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Union

import yaml
from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from enverus_elt.catalog.columns import Identifier, SqlType, Strict
from enverus_elt.deliveries.manifest import FileType, Intent, LakeVersion, Manifest
from enverus_elt.errors import CatalogError
from enverus_elt.paths import RECIPES

Number = Annotated[float, Field(allow_inf_nan=False)]
Box = tuple[Number, Number, Number, Number]


class Step(Strict):
    """One step; ``types`` are those of the files that it works on."""

    types: ClassVar[tuple[FileType, ...]] = (FileType.VECTOR,)
    step: str


class Reproject(Step):
    """Into another reference system, given by its EPSG code.

    Between two datums the best operation that PROJ has here is taken, and named in the version's record; one that may
    be off by more than ``accuracy`` metres, or nobody knows by how much, is refused.
    """

    types: ClassVar = (FileType.VECTOR, FileType.RASTER)
    step: Literal["reproject"]
    srid: Annotated[int, Field(ge=1024, le=998_999)]
    accuracy: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10
    resampling: Literal["nearest", "bilinear", "cubic", "average"] = "nearest"  # of rasters


class MakeValid(Step):
    """Repair what is not valid; pieces of a lower dimension that a repair leaves are dropped, and counted."""

    step: Literal["make_valid"]
    method: Literal["structure", "linework"] = "structure"


class Force2D(Step):
    """Drop Z and M."""

    step: Literal["force_2d"]


class Multi(Step):
    """Make each geometry the multi of its kind, so that a layer has one type."""

    step: Literal["multi"]


class Subdivide(Step):
    """Cut large geometries into pieces of at most so many vertices; each piece keeps the row's columns."""

    step: Literal["subdivide"]
    max_vertices: Annotated[int, Field(ge=8, le=100_000)] = 256


class Clip(Step):
    """Keep what lies within a box (west, south, east, north in degrees of WGS 84), and count what does not."""

    step: Literal["clip"]
    bbox: Box

    @field_validator("bbox")
    @classmethod
    def _in_order(cls, box: Box) -> Box:
        if box[0] >= box[2] or box[1] >= box[3]:
            raise ValueError("a box is west, south, east, north, and has an inside")
        return box


class Simplify(Step):
    """Thin out vertices by at most ``tolerance`` in the layer's units; topology within each geometry is kept."""

    step: Literal["simplify"]
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Rename(Step):
    """Give columns other names: from the one they have, after headers were normalised, to the new one."""

    types: ClassVar = (FileType.VECTOR, FileType.TABULAR)
    step: Literal["rename"]
    columns: Annotated[dict[Identifier, Identifier], Field(min_length=1)]


class Cast(Step):
    """Give columns other types; a value that does not fit fails the delivery and is named."""

    types: ClassVar = (FileType.VECTOR, FileType.TABULAR)
    step: Literal["cast"]
    columns: Annotated[dict[Identifier, SqlType], Field(min_length=1)]


class Filter(Step):
    """Keep the rows whose column compares so with the value; those where it is empty are not kept."""

    types: ClassVar = (FileType.VECTOR, FileType.TABULAR)
    step: Literal["filter"]
    column: Identifier
    op: Literal["=", "<>", "<", "<=", ">", ">="]
    value: str | int | float


class LinesFromPoints(Step):
    """Lines through points: one row for each value of ``by``, its points joined in the order of ``order``, a number.

    A line keeps ``by`` and, of its points, the columns in ``keep``, and tells of itself in ``points`` (how many),
    ``first_point`` (the least of ``order``) and ``missing_points`` (numbers that are left out between the least and
    the greatest). Points of which no line can be made, one alone or all in one place, stay as a row without geometry.
    """

    step: Literal["lines_from_points"]
    by: Identifier
    order: Identifier
    keep: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "LinesFromPoints":
        names = [self.by, self.order, *self.keep, "points", "first_point", "missing_points", "geometry"]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"by, order, keep and what the step adds must be other columns: {', '.join(twice)}")
        return self


class ZonalStatistics(Step):
    """Statistics of a raster version within each polygon, as columns ``<prefix>_<statistic>``; cells are weighed."""

    step: Literal["zonal_statistics"]
    raster: LakeVersion
    statistics: Annotated[
        tuple[Literal["count", "min", "max", "mean", "sum", "stdev", "median"], ...], Field(min_length=1)
    ] = ("count", "min", "max", "mean")
    prefix: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")] = "raster"


AnyStep = Annotated[
    Union[  # noqa: UP007 - pydantic's discriminator reads a Union
        Reproject,
        MakeValid,
        Force2D,
        Multi,
        Subdivide,
        Clip,
        Simplify,
        Rename,
        Cast,
        Filter,
        LinesFromPoints,
        ZonalStatistics,
    ],
    Field(discriminator="step"),
]


class Recipe(Strict):
    """What becomes of the files of one type."""

    name: str
    title: str
    type: FileType
    steps: tuple[AnyStep, ...] = ()

    @model_validator(mode="after")
    def _steps_fit(self) -> "Recipe":
        for number, step in enumerate(self.steps):
            if self.type not in step.types:
                raise ValueError(f"steps.{number}: {step.step} is not for files of type {self.type.value}")
        return self

    @cached_property
    def rasters(self) -> tuple[LakeVersion, ...]:
        """The raster versions that its steps read."""
        return tuple(step.raster for step in self.steps if isinstance(step, ZonalStatistics))


def load_recipe(name: str, folder: Path = RECIPES) -> Recipe:
    """One recipe; raises CatalogError with ``file: field: what`` a line for each mistake.

    In the file a step is written as its name with its settings: ``- reproject: {srid: 4326}`` or ``- multi``.
    """
    path = folder / f"{name}.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogError(f"there is no recipe {name!r} in {folder}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict) or not isinstance(data.get("steps", []), list):
        raise CatalogError(f"{path.name}: a recipe is a mapping with title, type and a list of steps")
    try:
        steps = [_plain(step) for step in data.get("steps", [])]
        return Recipe.model_validate({**data, "name": path.stem, "steps": steps})
    except ValidationError as error:
        lines = [
            f"{path.name}: {'.'.join(map(str, item['loc'])) or 'recipe'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False)
        ]
        raise CatalogError("\n".join(lines)) from error


def recipe_names(folder: Path = RECIPES) -> list[str]:
    """The names of all recipes."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def recipe_for(manifest: Manifest, folder: Path = RECIPES) -> tuple[Recipe, str | None]:
    """The recipe of a delivery's intent, and a word on why it is another one where there is none of that name."""
    if manifest.intent in recipe_names(folder):
        return load_recipe(manifest.intent, folder), None
    usual = {FileType.VECTOR: Intent.VECTOR, FileType.RASTER: Intent.RASTER, FileType.TABULAR: Intent.TABULAR}
    fallback = usual[manifest.type].value
    return load_recipe(fallback, folder), f"there is no recipe {manifest.intent!r}: {fallback} was used instead"


def _plain(step: Any) -> Any:
    if isinstance(step, str):
        return {"step": step}
    if isinstance(step, dict) and len(step) == 1:
        ((name, settings),) = step.items()
        return {"step": name, **settings} if isinstance(settings, dict) else {"step": name}
    return step
