"""Expectations about a geometry by itself: reference system, type, validity, extent, dimensions.

A missing geometry fails none of them. An EMPTY one has a type by name and a place nowhere: it fails the expectation
about its type and, so that the report names one reason, no other.
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics import ColumnMapMetricProvider, column_condition_partial

from enverus_elt.expectations.rows import RowExpectation

Condition = sa.ColumnElement[bool]


class GeometrySrid(ColumnMapMetricProvider):
    """Whether a geometry has that SRID."""

    condition_metric_name = "column_values.geometry_srid"
    condition_value_keys = ("srid",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, srid: int, **_: Any) -> Condition:  # noqa: N805
        return sa.func.st_srid(column) == srid


class GeometryType(ColumnMapMetricProvider):
    """Whether a geometry is of one of those types and holds anything."""

    condition_metric_name = "column_values.geometry_type"
    condition_value_keys = ("types",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, types: list[str], **_: Any) -> Condition:  # noqa: N805
        known = [f"ST_{name}" for name in types]
        return sa.and_(sa.func.st_geometrytype(column).in_(known), sa.not_(sa.func.st_isempty(column)))


class GeometryValid(ColumnMapMetricProvider):
    """Whether a geometry is valid in the OGC sense."""

    condition_metric_name = "column_values.geometry_valid"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, **_: Any) -> Condition:  # noqa: N805
        return sa.func.st_isvalid(column)


class GeometryWithin(ColumnMapMetricProvider):
    """Whether a geometry's bounding box lies within another one; a coordinate that is no number does not."""

    condition_metric_name = "column_values.geometry_within"
    condition_value_keys = ("extent",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, extent: list[float], **_: Any) -> Condition:  # noqa: N805
        least_x, least_y, greatest_x, greatest_y = extent
        return sa.and_(
            sa.func.st_xmin(column) >= least_x,
            sa.func.st_ymin(column) >= least_y,
            sa.func.st_xmax(column) <= greatest_x,
            sa.func.st_ymax(column) <= greatest_y,
        )


class GeometryFlat(ColumnMapMetricProvider):
    """Whether a geometry has neither Z nor M."""

    condition_metric_name = "column_values.geometry_flat"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, **_: Any) -> Condition:  # noqa: N805
        return sa.func.st_zmflag(column) == 0


class GeometryOffZero(ColumnMapMetricProvider):
    """Whether a geometry has an extent, or one point that is not 0/0."""

    condition_metric_name = "column_values.geometry_off_zero"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, **_: Any) -> Condition:  # noqa: N805
        sides = (sa.func.st_xmin, sa.func.st_ymin, sa.func.st_xmax, sa.func.st_ymax)
        return sa.or_(*(side(column) != 0 for side in sides))


class ExpectColumnGeometriesToHaveSrid(RowExpectation):
    """Expect geometries of one spatial reference system."""

    srid: int

    map_metric = "column_values.geometry_srid"
    success_keys = ("srid", "mostly")
    demand: ClassVar[str] = "geometries must have the SRID $srid"
    finding: ClassVar[str] = "the geometry has another SRID"


class ExpectColumnGeometriesToBeOfType(RowExpectation):
    """Expect geometries of one of the given types that hold at least one point."""

    types: list[str]

    map_metric = "column_values.geometry_type"
    success_keys = ("types", "mostly")
    demand: ClassVar[str] = "geometries must be of type $types and not empty"
    finding: ClassVar[str] = "the geometry is of another type, or empty"


class ExpectColumnGeometriesToBeValid(RowExpectation):
    """Expect geometries that do not cross themselves or otherwise break the OGC's rules."""

    map_metric = "column_values.geometry_valid"
    demand: ClassVar[str] = "geometries must be valid in the OGC sense"
    finding: ClassVar[str] = "the geometry is not valid"


class ExpectColumnGeometriesToLieWithin(RowExpectation):
    """Expect geometries within [least x, least y, greatest x, greatest y], in the column's SRID."""

    extent: tuple[float, float, float, float]

    map_metric = "column_values.geometry_within"
    success_keys = ("extent", "mostly")
    demand: ClassVar[str] = "geometries must lie within $extent (least x, least y, greatest x, greatest y)"
    finding: ClassVar[str] = "the geometry lies outside, in part or all of it"


class ExpectColumnGeometriesToBeTwoDimensional(RowExpectation):
    """Expect geometries without Z and M: the column of the warehouse has neither."""

    map_metric = "column_values.geometry_flat"
    demand: ClassVar[str] = "geometries must have neither Z nor M"
    finding: ClassVar[str] = "the geometry has Z or M"


class ExpectColumnGeometriesToNotLieAtZero(RowExpectation):
    """Expect no geometry that is nothing but 0/0: a missing position that was written as a number."""

    map_metric = "column_values.geometry_off_zero"
    demand: ClassVar[str] = "geometries must not lie at 0/0"
    finding: ClassVar[str] = "the geometry lies at 0/0"
