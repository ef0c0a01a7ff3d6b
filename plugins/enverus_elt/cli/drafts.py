"""How commands tell what they write, or would write, into the catalog."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enverus_elt.paths import ROOT

if TYPE_CHECKING:
    from enverus_elt.onboarding.datasets import Draft

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")]


def show_drafts(drafts: "list[Draft]", skipped: list[str], files: Iterable[Path], dry_run: bool, as_json: bool) -> None:
    """Print each dataset's changes, what is left to decide, and the files."""
    written = [_relative(path) for path in files]
    if as_json:
        facts = {"datasets": [_facts(draft) for draft in drafts], "skipped": skipped}
        typer.echo(json.dumps({**facts, "would_write" if dry_run else "written": written}, indent=2))
        return
    for line in skipped:
        typer.echo(f"skipped: {line}")
    for draft in drafts:
        for line in _lines(draft):
            typer.echo(line)
    for path in written:
        typer.echo(f"would write {path}" if dry_run else f"wrote {path}")
    if not written:
        typer.echo("nothing to write")


def _lines(draft: "Draft") -> Iterator[str]:
    dataset = draft.dataset
    if draft.is_new:
        names = [f"geometry {', '.join(geometry.name for geometry in dataset.geometry)}"] if dataset.geometry else []
        facts = [f"{len(dataset.columns)} columns", f"key {', '.join(dataset.load.key)}", *names]
        yield f"{dataset.id}: new: {'; '.join(facts)}"
        yield "  to be decided: " + "; ".join(f"{name} {value}" for name, value in draft.undecided.items())
    else:
        yield f"{dataset.id}: {len(draft.changes) or 'no'} changes"
        yield from (f"  {change}" for change in draft.changes)
    yield from (f"  note: {note}" for note in draft.notes)


def _facts(draft: "Draft") -> dict[str, Any]:
    return {
        "dataset": draft.dataset.id,
        "new": draft.is_new,
        "changes": [change._asdict() for change in draft.changes],
        "notes": draft.notes,
        "to_be_decided": draft.undecided,
    }


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
