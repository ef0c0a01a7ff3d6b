"""Parses the DAGs below a folder in a fresh process and prints what came of it as one line of JSON."""

import json
import sys
from pathlib import Path
from typing import Any

opened: set[str] = set()


def _remember(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str | Path):
        opened.add(str(arguments[0]))


def main(root: Path) -> None:
    """Parse every DAG file and print ids, digests, import errors, catalog files read and modules imported."""
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415
    from airflow.models.serialized_dag import SerializedDagModel  # noqa: PLC0415
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415

    before = set(sys.modules)
    sys.addaudithook(_remember)
    bag = DagBag(root / "dags", safe_mode=True)
    imported = sorted(set(sys.modules) - before)
    digest: Any = SerializedDagModel.hash
    found = {
        "dags": {name: digest(DagSerialization.to_dict(dag)) for name, dag in bag.dags.items()},
        "errors": {Path(path).name: text for path, text in bag.import_errors.items()},
        "read": sorted(Path(path).name for path in opened if path.endswith(".yaml")),
        "imported": imported,
    }
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
