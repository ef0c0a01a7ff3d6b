"""YAML as the catalog uses it: plain values, lists and mappings; no tags, no aliases, no name twice.

What is read is what is written. The data are built straight from the parser's events: a parse of all DAGs reads every
file of the catalog, and a tree of nodes, which only the line of a mistake needs, takes most of the time.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml: slower, but the same answers
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Location = tuple[int | str, ...]

TEXT = "tag:yaml.org,2002:str"
DEEPEST = 50  # levels: far more than a catalog file has, far fewer than the interpreter can follow
_RESOLVER: Any = yaml.resolver.Resolver()  # carries no types


def read(text: str) -> Any:
    """The data of a text; raises yaml.YAMLError, with the place where there is one, for whatever is not plain."""
    loader = Loader(text)
    try:
        return _Reader(loader).document()
    finally:
        loader.dispose()


def lines_of(text: str, locations: Iterable[Location]) -> Iterator[int]:
    """The line of each location, or of the closest thing above it that the text does hold."""
    root: Any = yaml.compose(text, Loader=Loader)
    return (_closest(root, location).start_mark.line + 1 for location in locations)


class _Reader:
    """One document, event by event."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._next: Callable[[], Any] = loader.get_event

    def document(self) -> Any:
        """The data of the only document."""
        self._next()  # the stream begins
        event = self._next()
        if type(event) is yaml.StreamEndEvent:
            raise yaml.MarkedYAMLError(problem="the file is empty")
        value = self._value(self._next(), 0)
        self._next()  # the document ends
        event = self._next()
        if type(event) is not yaml.StreamEndEvent:
            raise _refused(event, "a second document: a file holds one")
        return value

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if event.anchor is not None:
            raise _refused(event, "anchors and aliases are not used in the catalog")
        if event.tag is not None:
            raise _refused(event, f"the tag {event.tag} is not used in the catalog")
        if kind is yaml.ScalarEvent:
            return self._scalar(event)
        if depth == DEEPEST:
            raise _refused(event, f"more than {DEEPEST} levels of lists and mappings")
        return self._mapping(depth + 1) if kind is yaml.MappingStartEvent else self._list(depth + 1)

    def _list(self, depth: int) -> list[Any]:
        found = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            found.append(self._value(event, depth))
        return found

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            name = self._value(event, depth) if type(event) is yaml.ScalarEvent else None
            if not isinstance(name, str):
                raise _refused(event, "a field's name is plain text")
            if name in found:
                raise _refused(event, f"{name}: given twice")
            found[name] = self._value(self._next(), depth)
        return found

    def _scalar(self, event: Any) -> Any:
        text = event.value
        tag = _tag(text) if event.implicit[0] else TEXT
        if tag == TEXT:
            return text
        try:
            return self._loader.construct_object(yaml.ScalarNode(tag, text, event.start_mark, event.end_mark))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # The YAML library raises whatever a date, number or boolean that is none runs into.
            raise _refused(event, f"not YAML: {' '.join(str(error).split())}") from error


@lru_cache(maxsize=4096)
def _tag(text: str) -> str:
    """What an unquoted text is in YAML: text, a number, a date …; the same words stand in every file."""
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))


def _refused(event: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def _closest(node: yaml.Node, location: Location) -> yaml.Node:
    for part in location:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node


def _child(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return next(iter(node.value[part : part + 1]), None)
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None
