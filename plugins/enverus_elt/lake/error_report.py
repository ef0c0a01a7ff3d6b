"""The report on a delivery that failed, for the people who handed it in: what is wrong, and what to do."""

from dataclasses import dataclass
from datetime import UTC, datetime

from enverus_elt.lake.ledger import Delivery

PARTNER = (
    "Correct the manifest or the files, upload the files that changed, and the manifest last:",
    "`manifests/{batch_id}.json`. The same batch id may be used again; what is in the data lake already makes no new",
    "version. Before that, `enverus manifest check FILE --files FOLDER` finds most mistakes without any service.",
)
PLATFORM = (
    "The cause is most likely not in the files. The people who run the platform find more in the log of the Airflow",
    "run. When it is mended, `enverus manifest retry {batch_id}` hands the delivery in again as it is.",
)


@dataclass(frozen=True)
class Reason:
    """What a report says beside the error: whose it is to mend, and the run that met it."""

    theirs: bool
    run: str | None = None


def error_report(delivery: Delivery, reason: Reason | None = None) -> str:
    """The report as Markdown.

    Everything that came from outside stands in code blocks, where a name of a file is not taken for markup.
    """
    known = reason or Reason(theirs=True)
    facts = {
        "batch": delivery.batch_id,
        "delivery": str(delivery.delivery_id),
        "manifest": f"{delivery.manifest_key}, uploaded {_time(delivery.manifest_modified_at)}",
        "handed in by": delivery.uploader or "unknown: the manifest does not say so in a readable way",
        "intent": delivery.intent or "unknown",
        "dataset": delivery.dataset or "unknown",
        "attempts": str(delivery.attempt),
        "failed at": _time(delivery.updated_at),
        "Airflow run": known.run or delivery.airflow_run_id or "none",
    }
    width = max(map(len, facts))
    advice = PARTNER if known.theirs else PLATFORM
    lines = [
        f"# Delivery {delivery.delivery_id} failed",
        "",
        "Nothing of it is in the data lake. Its files lie where they were uploaded.",
        "",
        *(f"    {name:{width}}  {_one_line(value)}" for name, value in facts.items()),
        "",
        "## What is wrong",
        "",
        *(f"    {_one_line(line)}" for line in (delivery.error or "no reason was given").splitlines() if line.strip()),
        "",
        "## What to do",
        "",
        *(line.format(batch_id=_code(delivery.batch_id)) for line in advice),
        "",
    ]
    return "\n".join(lines)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _code(text: str) -> str:
    return _one_line(text).replace("`", "'")
