"""A wellbore's course from what is known of its ends: straight down, an even bend, straight on.

Of all courses from the surface to a bottom hole the simplest one that has the length and the depth that the agency
states. Stations on it obey the minimum-curvature formulae exactly, for a station lies at each end of the bend.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, degrees, hypot, sin
from typing import NamedTuple

_RADII_FT = (2_865, 1_910, 5_730, 3_820, 11_459, 1_146, 573, 287)  # bends of 2, 3, 1, 1.5, 0.5, 5, 10, 20 deg/100 ft
_STRAIGHT_WITHIN_FT = 1.0


class Course(NamedTuple):
    """Feet along the hole and radians: down to `kickoff`, a bend of `radius` to `inclination`, on to `length`."""

    kickoff: float
    radius: float
    inclination: float
    length: float

    @property
    def bend_ends(self) -> float:
        return self.kickoff + self.radius * self.inclination

    def at(self, md: float) -> Station:
        if md <= self.kickoff:
            return Station(md, 0.0, md, 0.0)
        angle = min((md - self.kickoff) / self.radius, self.inclination) if self.radius else self.inclination
        held = max(md - self.bend_ends, 0.0)
        tvd = self.kickoff + self.radius * sin(angle) + held * cos(angle)
        away = self.radius * (1 - cos(angle)) + held * sin(angle)
        return Station(md, degrees(angle), tvd, away)

    def stations(self, spacing: float) -> list[Station]:
        """Evenly spaced ones, and one at each end of the bend and of the hole."""
        even = (spacing * step for step in range(int(self.length // spacing) + 1))
        corners = {0.0, self.kickoff, self.bend_ends, self.length}
        spaced = {md for md in even if min(abs(md - corner) for corner in corners) > spacing / 10}
        return [self.at(md) for md in _apart(sorted(corners | spaced))]


class Station(NamedTuple):
    """Feet along the hole, degrees off the vertical, feet down, feet away from the surface location."""

    md: float
    inclination: float
    tvd: float
    away: float


def course_to(md: float, tvd: float, away: float) -> Course | None:
    """The course of that length, depth and distance; None where there is none of this form."""
    if md < 1 or tvd > md or hypot(tvd, away) > md + _STRAIGHT_WITHIN_FT:
        return None
    if away < _STRAIGHT_WITHIN_FT and md - tvd < _STRAIGHT_WITHIN_FT:
        return Course(md, 0.0, 0.0, md)
    solved = (_with_bend(md, tvd, away, radius) for radius in _RADII_FT)
    return next((course for course in solved if course is not None), None)


def _with_bend(md: float, tvd: float, away: float, radius: float) -> Course | None:
    """Halve the interval of the inclination until the hole is as long as stated."""

    def excess(inclination: float) -> float:
        return _kickoff(tvd, away, radius, inclination) + radius * inclination + _held(away, radius, inclination) - md

    low, high = 0.005, 1.57
    if excess(low) > 0 or excess(high) < 0:
        return None
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    kickoff, held = _kickoff(tvd, away, radius, low), _held(away, radius, low)
    return Course(kickoff, radius, low, md) if kickoff >= 0 and held >= 0 else None


def _held(away: float, radius: float, inclination: float) -> float:
    return (away - radius * (1 - cos(inclination))) / sin(inclination)


def _kickoff(tvd: float, away: float, radius: float, inclination: float) -> float:
    return tvd - radius * sin(inclination) - _held(away, radius, inclination) * cos(inclination)


def _apart(depths: Iterable[float]) -> list[float]:
    """Without those that are one and the same to the rounding of the wire."""
    kept: list[float] = []
    for depth in depths:
        if not kept or depth - kept[-1] > 0.5:
            kept.append(depth)
    return kept
