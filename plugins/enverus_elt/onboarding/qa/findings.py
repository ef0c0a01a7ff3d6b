"""One thing that a review has found."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """Whether rows or meaning would be lost (error), probably are (warning), or something is to be known (note)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """What is the matter with ``where``, a column as a rule, and what to do.

    ``what`` holds no value of a sensitive column. Like findings have like words, so that they can be told together.
    """

    severity: Severity
    where: str
    what: str
    todo: str


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first; within a severity in the order in which they were found."""
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def count(findings: list[Finding], severity: Severity) -> int:
    """How many there are of a severity."""
    return sum(finding.severity is severity for finding in findings)
