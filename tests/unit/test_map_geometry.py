"""Coordinates on their way to the map, and the outlines under it."""

import numpy as np
import pytest

from enverus_elt.catalog import load_catalog
from enverus_elt.sql import render
from enverus_elt.steps.review.batch_map import label_column
from enverus_elt.steps.review.map_geometry import Projection, cells_near, counties, plays, projection_for, states


def test_degrees_become_metres() -> None:
    points = Projection(180).points(np.array([[0, 0], [-90, 45], [0, 90]]))
    assert points[0] == pytest.approx((0, 0), abs=0.1)
    assert points[1] == pytest.approx((-10018754.2, 5621521.5), abs=0.1)
    assert np.isfinite(points).all()  # the projection knows no pole, the page must not fail for one


@pytest.mark.parametrize(
    ("lon", "cut"),
    [
        ([-178.3, -67.2], 180),
        ([-178.3, 179.0, -67.2], 55.9),  # neighbours on both sides of the antimeridian stay neighbours
        ([-97.0, 97.0], 180),  # a sign that was lost is to be seen where it leads
        ([-90.0], 180),
        ([], 180),
    ],
)
def test_the_globe_is_cut_where_nothing_lies(lon: list[float], cut: float) -> None:
    projection = projection_for(np.array([[x, 28.0] for x in lon]).reshape(-1, 2))
    assert projection.cut == pytest.approx(cut)


def test_over_the_antimeridian_the_east_is_drawn_beside_the_west() -> None:
    lon_lat = np.array([[-178.3, 51.0], [179.0, 51.0], [-67.2, 40.0]])
    points = projection_for(lon_lat).points(lon_lat)
    assert abs(points[0, 0] - points[1, 0]) < 400_000


def test_outlines_are_those_near_the_features() -> None:
    texas, sea = cells_near(np.array([[-98.0, 28.5]])), cells_near(np.array([[-150.0, 0.0]]))
    assert "Eagle Ford" in [play.name for play in plays(texas)]
    assert "Marcellus" not in [play.name for play in plays(texas)]
    assert 100 < len(counties(texas)) < 2000
    assert (counties(sea), plays(sea)) == ([], [])
    everything = np.concatenate(states())
    assert (everything.min(axis=0) >= (-180, 17)).all()
    assert (everything.max(axis=0) <= (180, 72)).all()


def test_another_reference_system_is_transformed_for_display() -> None:
    dataset = next(one for one in load_catalog() if one.id == "well-headers")
    nad27 = [shape.model_copy(update={"srid": 4267}) for shape in dataset.geometry]
    names = {"partition": "p", "absent": (), "label": None, "key_is_shown": True}
    shown = render("profile/create_features.sql", dataset=dataset.model_copy(update={"geometry": nad27}), **names)
    assert "st_transform(f.after0, 4326)" in shown
    assert "st_transform" not in render("profile/create_features.sql", dataset=dataset, **names)


def test_the_name_beside_the_key_is_the_row_s_own() -> None:
    labels = {dataset.id: label_column(dataset) for dataset in load_catalog()}
    assert labels["wells"] == labels["well-headers"] == "well_name"
