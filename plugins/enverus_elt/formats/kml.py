"""KML as a stream of placemarks, with what their ExtendedData says, which GDAL's own reader leaves out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers import expat

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.kml_shapes import SHAPES, find_shape
from enverus_elt.formats.xml_scan import DoctypeError, refuse_doctype

CONTAINERS = ("Document", "Folder")
TEXTS = {"name": "name", "description": "description", "address": "address", "phoneNumber": "phone_number",
         "when": "timestamp", "begin": "begin", "end": "end"}  # fmt: skip
Value = str | None


@dataclass(frozen=True)
class Placemark:
    """One feature; ``values`` by column, as text."""

    layer: str
    values: dict[str, Value]
    wkb: bytes | None


@dataclass
class KmlLayer:
    """Placemarks that are directly in one folder; ``types`` are what the file's Schema says of a column."""

    name: str
    count: int = 0
    columns: dict[str, None] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)


def scan_kml(path: Path, what: str) -> list[KmlLayer]:
    """The layers of a KML file, in its order, each with its columns."""
    layers: dict[str, KmlLayer] = {}
    types: dict[str, str] = {}
    with _readable(path, what):
        for item in _items(path, types):
            layer = layers.setdefault(item[0], KmlLayer(item[0]))
            layer.count += 1
            layer.columns |= dict.fromkeys(_values(item[1]))
    for layer in layers.values():
        layer.types = types
    if not layers:
        raise DeliveryError(f"{what}: holds no placemarks; links to other files are not followed")
    return list(layers.values())


def placemarks(path: Path, layer: str, what: str) -> Iterator[Placemark]:
    """The placemarks of one layer; raises DeliveryError that names the one at fault."""
    row = 0
    with _readable(path, what):
        for name, element in _items(path, {}):
            if name == layer:
                row += 1
                yield Placemark(name, _values(element), _shape(element, row, what))


def _items(path: Path, types: dict[str, str]) -> Iterator[tuple[str, Element]]:
    """Each placemark with its layer's name; what was looked at is let go of, so that memory is a placemark's."""
    open_elements: list[Element] = []
    names = _Names()
    # Entities come with a DOCTYPE, which was refused before.
    for event, element in iterparse(path, events=("start", "end")):  # noqa: S314
        tag = _local(element)
        if event == "start":
            open_elements.append(element)
            continue
        open_elements.pop()
        if tag == "SimpleField":
            types[element.get("name", "")] = element.get("type", "string")
        elif tag == "Placemark":
            yield names.of([item for item in open_elements if _local(item) in CONTAINERS]), element
        if tag in ("Placemark", "Style", "StyleMap", *CONTAINERS) and open_elements:
            open_elements[-1].remove(element)


class _Names:
    """Names of folders; a second one of the same name, or without any, gets a number."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Element, str]] = {}  # keeps the elements, so that no id is another's later
        self._taken: set[str] = set()

    def of(self, containers: Sequence[Element]) -> str:
        if not containers:
            return "Placemarks"
        folder = containers[-1]
        if id(folder) not in self._known:
            base = next((_text(item) for item in folder if _local(item) == "name"), None) or _local(folder)
            name, number = base, 1
            while name in self._taken:
                number += 1
                name = f"{base} ({number})"
            self._taken.add(name)
            self._known[id(folder)] = folder, name
        return self._known[id(folder)][1]


def _values(placemark: Element) -> dict[str, Value]:
    found: dict[str, Value] = {"name": None, "description": None}
    for element in placemark.iter():
        tag = _local(element)
        if tag == "Data":
            value = next((_text(item) for item in element if _local(item) == "value"), None)
            found[element.get("name", "data")] = value
        elif tag == "SimpleData":
            found[element.get("name", "data")] = _text(element)
    own = [*placemark, *(part for item in placemark if _local(item) in ("TimeStamp", "TimeSpan") for part in item)]
    for element in own:
        if (column := TEXTS.get(_local(element))) and found.get(column) is None:
            found[column] = _text(element)
    return found


def _shape(placemark: Element, row: int, what: str) -> bytes | None:
    shapes = [element for element in placemark if _local(element) in SHAPES]
    if not shapes:
        return None
    try:
        return find_shape(shapes[0], _local)
    except ValueError as error:
        raise DeliveryError(f"{what}: row {row:,}: {_local(shapes[0])}: {error}") from error


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> Value:
    return (element.text or "").strip() or None


@contextmanager
def _readable(path: Path, what: str) -> Iterator[None]:
    try:
        with path.open("rb") as part:
            refuse_doctype(part)
        yield
    except DoctypeError as error:
        raise DeliveryError(f"{what}: declares a document type, as no KML does: take the DOCTYPE out") from error
    except (ParseError, expat.ExpatError, UnicodeError, ValueError) as error:
        raise DeliveryError(f"{what}: is no readable XML: {error}") from error
