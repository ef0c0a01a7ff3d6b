"""KML: every folder a layer, with what ExtendedData says, in any of the shapes that KML has."""

from pathlib import Path

import pyarrow as pa
import pytest
import shapely

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.vector import open_layers, open_vector
from tests.services.vector_files import delivered

POINT = "<Point><coordinates>-90.5,28.25,0</coordinates></Point>"


def kml(folder: Path, body: str, head: str = "") -> Path:
    path = folder / "a.kml"
    opening = f'<?xml version="1.0" encoding="UTF-8"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    path.write_text(f"{opening}{body}</Document></kml>", encoding="utf-8")
    return path


def table(path: Path, layer: str | None = None) -> pa.Table:
    found = open_vector(path, delivered("a.kml", "kml", layer=layer))
    return pa.Table.from_batches(found.batches(), found.schema)


def test_folders_are_layers_with_their_data(folder: Path) -> None:
    schema = '<Schema id="s"><SimpleField name="Capacity bbl" type="int"/></Schema>'
    first = (
        "<Folder><name>Terminals</name><Placemark><name>Größe</name><description>a tank</description><ExtendedData>"
        '<SchemaData schemaUrl="#s"><SimpleData name="Capacity bbl">5000</SimpleData></SchemaData></ExtendedData>'
        f"{POINT}</Placemark><Placemark><name>no place</name></Placemark></Folder>"
    )
    second = (
        '<Folder><name>Terminals</name><Placemark><ExtendedData><Data name="Operator"><value>X</value></Data>'
        "</ExtendedData><TimeStamp><when>2024-05-01</when></TimeStamp><LineString><coordinates>-90,28 -91,29"
        "</coordinates></LineString></Placemark></Folder>"
    )
    path = kml(folder, schema + first + second)
    layers = open_layers(path, delivered("a.kml", "kml"))
    assert [(layer.name, layer.count) for layer in layers] == [("Terminals", 2), ("Terminals (2)", 1)]
    found = table(path, "Terminals").to_pylist()
    assert found[0]["capacity_bbl"] == 5000
    assert (found[0]["name"], found[0]["description"]) == ("Größe", "a tank")
    assert shapely.from_wkb(found[0]["geometry"]).wkt == "POINT Z (-90.5 28.25 0)"
    assert found[1] == {"name": "no place", "description": None, "capacity_bbl": None, "geometry": None}
    (other,) = table(path, "Terminals (2)").to_pylist()
    assert (other["operator"], other["timestamp"]) == ("X", "2024-05-01")


@pytest.mark.parametrize(
    ("shape", "wkt"),
    [
        (POINT, "POINT Z (-90.5 28.25 0)"),
        ("<LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>", "LINESTRING (0 0, 1 0, 1 1, 0 0)"),
        (
            ("<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 4,0 4,4</coordinates></LinearRing>"
            "</outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>2,1 3,1 3,2 2,1</coordinates></LinearRing>"
            "</innerBoundaryIs></Polygon>"),
            "POLYGON ((0 0, 4 0, 4 4, 0 0), (2 1, 3 1, 3 2, 2 1))",
        ),
        (f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>",
         "MULTIPOINT Z ((-90.5 28.25 0), (-90.5 28.25 0))"),
        (("<gx:Track xmlns:gx='http://www.google.com/kml/ext/2.2'><gx:coord>-90 28 1</gx:coord>"
         "<gx:coord>-91 28 2</gx:coord></gx:Track>"), "LINESTRING Z (-90 28 1, -91 28 2)"),
        ("<Point><coordinates></coordinates></Point>", None),
    ],
)  # fmt: skip
def test_each_shape(folder: Path, shape: str, wkt: str | None) -> None:
    (row,) = table(kml(folder, f"<Placemark>{shape}</Placemark>")).to_pylist()
    assert (row["geometry"] and shapely.from_wkb(row["geometry"]).wkt) == wkt


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<Placemark><Point><coordinates>28.25,-190</coordinates></Point></Placemark>",
         r"row 1: Point: '28.25,-190' is no longitude and latitude"),
        ("<Placemark><Point><coordinates>a,b</coordinates></Point></Placemark>", r"row 1: Point: 'a,b' is no position"),
        ((f"<Placemark>{POINT}</Placemark><Placemark><LineString><coordinates>1,1</coordinates></LineString>"
         "</Placemark>"), "row 2: LineString: a line needs at least 2 positions"),
        ("<NetworkLink/>", "holds no placemarks; links to other files are not followed"),
        ("<Placemark>", "is no readable XML"),
    ],
)  # fmt: skip
def test_faults_are_named(folder: Path, body: str, message: str) -> None:
    path = kml(folder, body)
    with pytest.raises(DeliveryError, match=rf"^a\.kml: {message}"):
        table(path)


def test_entities_are_refused(folder: Path) -> None:
    bomb = '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    path = kml(folder, f"<Placemark><name>&b;</name>{POINT}</Placemark>", head=bomb)
    with pytest.raises(DeliveryError, match="declares a document type"):
        table(path)


def test_a_number_that_is_none_is_named(folder: Path) -> None:
    schema = '<Schema id="s"><SimpleField name="n" type="int"/></Schema>'
    data = '<ExtendedData><SchemaData><SimpleData name="n">many</SimpleData></SchemaData></ExtendedData>'
    path = kml(folder, f"{schema}<Placemark>{POINT}</Placemark><Placemark>{data}{POINT}</Placemark>")
    with pytest.raises(DeliveryError, match=r"row 2, column 'n': 'many' is no int64"):
        table(path)
