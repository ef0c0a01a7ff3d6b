"""Expectations about where a geometry lies, as other columns of its row have it.

A row in which the other column says nothing fails none of them.
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics import ColumnMapMetricProvider, column_condition_partial

from enverus_elt.expectations.rows import RowExpectation

Condition = sa.ColumnElement[bool]
WGS_84 = 4326


class PointMatchesCoordinates(ColumnMapMetricProvider):
    """Whether a point is where two columns of degrees say; what is no point is not judged."""

    condition_metric_name = "column_values.point_matches_coordinates"
    condition_value_keys = ("latitude", "longitude", "tolerance")

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,  # noqa: N805
        column: Any,
        latitude: str,
        longitude: str,
        tolerance: float,
        **_: Any,
    ) -> Condition:
        # Not ST_X, which raises for anything but a point and would take the other expectations along.
        return sa.or_(
            sa.func.st_geometrytype(column) != "ST_Point",
            sa.and_(
                sa.func.abs(sa.func.st_xmin(column) - sa.column(longitude)) <= tolerance,
                sa.func.abs(sa.func.st_ymin(column) - sa.column(latitude)) <= tolerance,
            ),
        )


class LineStartsAtPoint(ColumnMapMetricProvider):
    """Whether a line starts within so many metres of a point, on the sphere."""

    condition_metric_name = "column_values.line_starts_at_point"
    condition_value_keys = ("point", "metres")

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, point: str, metres: float, **_: Any) -> Condition:  # noqa: N805
        start: Any = sa.func.st_startpoint(column)  # also of a line that was wrapped as many
        places: tuple[Any, ...] = (start, sa.column(point))
        ends = (sa.func.st_transform(place, WGS_84) for place in places)
        return sa.func.st_distancesphere(*ends) <= metres


class ExpectColumnPointsToMatchCoordinates(RowExpectation):
    """Expect points that are, within a tolerance in degrees, where their latitude and longitude columns say."""

    latitude: str
    longitude: str
    tolerance: float

    map_metric = "column_values.point_matches_coordinates"
    success_keys = ("latitude", "longitude", "tolerance", "mostly")
    demand: ClassVar[str] = "points must be where $latitude and $longitude say, within $tolerance degrees"
    finding: ClassVar[str] = "the point is not where its coordinates say"


class ExpectColumnLinesToStartAtPoint(RowExpectation):
    """Expect lines that start within so many metres of a point: a lateral at its surface location."""

    point: str
    metres: float

    map_metric = "column_values.line_starts_at_point"
    success_keys = ("point", "metres", "mostly")
    demand: ClassVar[str] = "lines must start within $metres m of $point"
    finding: ClassVar[str] = "the line starts elsewhere"
