"""In which order things that read each other are made: what is read comes first."""

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

Reading = Mapping[str, Collection[str]]


def find_cycle(reading: Reading) -> list[str]:
    """The names of a circle, each reading the next one; empty where there is none."""
    try:
        TopologicalSorter(_among(reading)).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1][1:]))  # each one is read by the next, and the first one comes twice
        first = circle.index(min(circle))
        return circle[first:] + circle[:first]
    return []


def in_order(reading: Reading) -> list[str]:
    """The names, each behind those that it reads, otherwise by name; there must be no circle."""
    sorter = TopologicalSorter(_among(reading))
    sorter.prepare()
    order: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        name = ready.pop(0)
        order.append(name)
        sorter.done(name)
    return order


def _among(reading: Reading) -> dict[str, list[str]]:
    """Without what is read but not a name of its own."""
    return {name: sorted(set(read) & reading.keys()) for name, read in sorted(reading.items())}
