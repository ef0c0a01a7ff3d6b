"""What a sample of the source's rows tells of the columns that are to hold them."""

from collections.abc import Iterator

from enverus_elt.catalog import Column, Dataset
from enverus_elt.onboarding.problems import shown
from enverus_elt.onboarding.qa.findings import Finding, Severity
from enverus_elt.onboarding.qa.sample import Measured, Sample

LONG = 16  # from here on a text that fills its column to the last character is no code of fixed length


def review_sample(dataset: Dataset, sample: Sample) -> Iterator[Finding]:
    """Findings about keys, fields and values; a value is shown only where its column is not sensitive."""
    if not sample.rows:
        yield Finding(Severity.WARNING, dataset.id, "the source has no rows to look at", "look again when it has some")
        return
    for reason, number in sample.faults.items():
        what = f"{number:,} of {sample.rows:,} rows: {reason}"
        yield Finding(Severity.ERROR, dataset.id, what, "ask the vendor: such rows go to quarantine")
    yield from _keys(dataset, sample)
    yield from _fields(dataset, sample)
    for column in dataset.columns:
        yield from _column(column, sample.columns[column.name], sample)


def _keys(dataset: Dataset, sample: Sample) -> Iterator[Finding]:
    twice = [key for key, count in sample.keys.items() if count > 1]
    if twice:
        hidden = any(dataset.by_name[name].sensitive for name in dataset.load.key)
        example = "" if hidden else f", ({', '.join(twice[0])}) among them"
        what = f"{len(twice):,} keys are there more than once in {sample.rows:,} rows{example}"
        yield Finding(Severity.ERROR, ", ".join(dataset.load.key), what, "add to the key what tells the rows apart")


def _fields(dataset: Dataset, sample: Sample) -> Iterator[Finding]:
    required = set(dataset.load.key) | set(dataset.required)
    for name in sorted(sample.absent):
        severity = Severity.ERROR if name in required else Severity.WARNING
        what = "no row of the sample has the field"
        yield Finding(severity, name, what, "correct the source's name, or ask the vendor where it went")
    for field in sorted(sample.unknown):
        what = "rows have a field that the catalog does not know"
        yield Finding(Severity.WARNING, field, what, "add it: 'enverus drift patch', or a new workbook")


def _column(column: Column, measured: Measured, sample: Sample) -> Iterator[Finding]:
    for reason, count in measured.refused.most_common():
        example = measured.example[reason]
        told = f", {shown(example)} say" if example and not column.sensitive else ""
        what = f"{count:,} of {sample.rows:,} values: {reason}{told}; the type is {column.type}"
        yield Finding(Severity.ERROR, column.name, what, _remedy(column, measured, reason))
    if not column.nullable and (empty := sample.rows - sample.rejected - measured.filled):
        what = f"{empty:,} of {sample.rows:,} rows have no value, but it is not nullable"
        yield Finding(
            Severity.ERROR, column.name, what, "take 'nullable: false' away, or ask the vendor for the values"
        )
    yield from _length(column, measured)


def _length(column: Column, measured: Measured) -> Iterator[Finding]:
    if column.sensitive or not measured.filled:
        return
    if column.type == "text":
        what = f"a text without a bound; the longest value has {measured.longest:,} characters"
        yield Finding(Severity.NOTE, column.name, what, "say varchar(n): ArcGIS shows unbounded text badly")
    elif column.length and column.length >= LONG and measured.longest == column.length:
        what = f"values fill all {column.length} characters: some may be cut off"
        yield Finding(Severity.WARNING, column.name, what, "ask the vendor for the field's length")


def _remedy(column: Column, measured: Measured, reason: str) -> str:
    if reason == "longer than the column":
        longest = "as the longest value asks" if column.sensitive else f"at least varchar({measured.longest})"
        return f"make it longer: {longest}"
    return "take a type that holds the values, or ask the vendor to correct them"
