"""Where the catalog and the vendor's live DDL do not agree, as findings."""

from collections.abc import Iterator

from enverus_elt.catalog import Dataset
from enverus_elt.catalog.vendor_ddl import differences
from enverus_elt.onboarding.qa.findings import Finding, Severity

ADVICE = {
    "new at the vendor": (Severity.WARNING, "add it: 'enverus drift patch', or a new workbook"),
    "not in the vendor's DDL": (Severity.ERROR, "correct the source's name, or ask the vendor where it went"),
    "another type": (Severity.ERROR, "take the vendor's type, or say why not in the description"),
    "another key": (Severity.ERROR, "take the vendor's key: with another one rows overwrite each other"),
}


def review_ddl(dataset: Dataset, ddl: str) -> Iterator[Finding]:
    """A finding for each difference."""
    names = {source.casefold(): name for source, name in dataset.field_columns.items()}
    for difference in differences(dataset, ddl):
        severity, todo = ADVICE[difference.meaning]
        sides = [("catalog", difference.catalog), ("vendor", difference.vendor)]
        said = ", ".join(f"{side} {kind}" for side, kind in sides if kind is not None)
        where = names.get(difference.field.casefold(), difference.field)
        yield Finding(severity, where, f"{difference.meaning}: {said}", todo)
