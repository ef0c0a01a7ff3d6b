"""The whole review of one dataset, as text, as facts for programs and as a workbook to send round."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enverus_elt.catalog import Column, Dataset, Geometry
from enverus_elt.catalog.vendor_ddl import parse_ddl
from enverus_elt.onboarding.qa.catalog_review import review_catalog
from enverus_elt.onboarding.qa.ddl_review import review_ddl
from enverus_elt.onboarding.qa.findings import Finding, Severity, by_severity, count
from enverus_elt.onboarding.qa.geometry_review import review_geometry
from enverus_elt.onboarding.qa.sample import Sample, read_sample, sampled
from enverus_elt.onboarding.qa.sample_review import review_sample
from enverus_elt.onboarding.spreadsheet import Value, add_sheet, new_workbook, save
from enverus_elt.sources.enverus import EnverusSource
from enverus_elt.sources.http import EnverusSession

FINDING_HEADS = ("Severity", "Where", "What", "To do")
SCHEMA_HEADS = (
    "Column", "Field", "Type", "Vendor's type", "Key", "Nullable", "Unit", "Minimum", "Maximum", "Sensitive",
    "Description", "Filled in sample", "Longest in sample",
)  # fmt: skip
MOST_NAMED = 4  # places in one line of text; the workbook and JSON have all


@dataclass(frozen=True)
class Review:
    """Findings, the worst first; without a source neither sample nor DDL."""

    dataset: Dataset
    findings: list[Finding]
    sample: Sample | None
    ddl: str | None

    @property
    def failed(self) -> bool:
        """Whether an error was found."""
        return count(self.findings, Severity.ERROR) > 0

    @property
    def summary(self) -> str:
        """One line: how many findings, on how many rows."""
        counts = ", ".join(_number(count(self.findings, severity), severity.value) for severity in Severity)
        if self.sample is None:
            return f"{self.dataset.id}: {counts}; the source was left out"
        return f"{self.dataset.id}: {counts}; {self.sample.rows:,} of {self.sample.total:,} rows were read"


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def review(dataset: Dataset, text: str, session: EnverusSession | None, pages: int) -> Review:
    """Review a dataset, its catalog file's ``text``, and, with a session, what the source says and serves."""
    findings = list(review_catalog(dataset, text))
    if session is None:
        return Review(dataset, by_severity(findings), None, None)
    source = EnverusSource(session, sampled(dataset))
    ddl = source.ddl()
    sample = read_sample(source, dataset, pages)
    findings += [*review_ddl(dataset, ddl), *review_sample(dataset, sample), *review_geometry(dataset, sample)]
    return Review(dataset, by_severity(findings), sample, ddl)


def grouped(findings: list[Finding]) -> Iterator[dict[str, str]]:
    """Findings of the same words as one, with the places that it is about."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        places.setdefault((finding.severity.value, finding.what, finding.todo), []).append(finding.where)
    for (severity, what, todo), where in places.items():
        more = f" and {len(where) - MOST_NAMED:,} more" if len(where) > MOST_NAMED else ""
        yield {"severity": severity, "where": ", ".join(where[:MOST_NAMED]) + more, "what": what, "to_do": todo}


def facts(found: Review) -> dict[str, Any]:
    """For programs."""
    sample = None if found.sample is None else {"rows": found.sample.rows, "of": found.sample.total}
    rows = [{**finding._asdict(), "severity": finding.severity.value} for finding in found.findings]
    return {"dataset": found.dataset.id, "failed": found.failed, "sample": sample, "findings": rows}


def save_workbook(found: Review, path: Path) -> None:
    """Write the findings and the schema that they are about."""
    workbook = new_workbook()
    rows = [(f.severity.value, f.where, f.what, f.todo) for f in found.findings]
    add_sheet(workbook, "findings", FINDING_HEADS, rows, found.summary)
    add_sheet(workbook, "schema", SCHEMA_HEADS, list(_schema(found)))
    save(workbook, path)


def _schema(found: Review) -> Iterator[Sequence[Value]]:
    fields = parse_ddl(found.ddl)[0] if found.ddl else {}
    theirs = {name.casefold(): kind for name, kind in fields.items()}
    for column in found.dataset.all_columns:
        stated = _stated(column, found.dataset, theirs.get((column.source or "").casefold()))
        yield (*stated, *_seen(column, found.sample))


def _stated(column: Column | Geometry, dataset: Dataset, theirs: str | None) -> Sequence[Value]:
    key = "key" if column.name in dataset.load.key else None
    nullable = "yes" if column.nullable else "no"
    if isinstance(column, Geometry):
        kind = column.typmod
        return column.name, column.source, kind, theirs, key, nullable, None, None, None, None, column.description
    bounds = column.unit, column.minimum, column.maximum
    sensitive = "sensitive" if column.sensitive else None
    return column.name, column.source, column.type, theirs, key, nullable, *bounds, sensitive, column.description


def _seen(column: Column | Geometry, sample: Sample | None) -> Sequence[Value]:
    if sample is None:
        return None, None
    measured = sample.columns[column.name]
    told = isinstance(column, Column) and column.is_text and not column.sensitive
    return measured.filled, (measured.longest or None) if told else None
