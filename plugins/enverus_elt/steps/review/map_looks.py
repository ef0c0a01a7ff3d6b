"""How the features of a map are told apart, on the figure and beside it; known without drawing one."""

from enverus_elt.catalog import Dataset, GeometryType

COLOURS = {"inserted": "#009e73", "updated": "#3b82f6", "deleted": "#d62728", "quarantined": "#d98e00"}
MOVES = "#a855f7"


def is_shown(dataset: Dataset, shape: str) -> bool:
    """Whether the geometry is drawn at first: where a row has several points, the others can be switched on."""
    points = points_of(dataset)
    main = "geom_point" if "geom_point" in points else next(iter(points), None)
    return shape not in points or shape == main


def points_of(dataset: Dataset) -> list[str]:
    """Names of the geometry columns that hold points."""
    return [geometry.name for geometry in dataset.geometry if geometry.type is GeometryType.POINT]
