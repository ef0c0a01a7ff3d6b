"""The whole pipeline, from the API."""

from benchmarks.ways.extract import extract_api
from benchmarks.ways.pipeline import load, timed
from enverus_elt.catalog import load_dataset
from enverus_elt.hooks.object_store import object_store
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.merge import archive


def everything(dataset_id: str, base_url: str) -> dict[str, float]:
    """All steps from the API to the refreshed marts and the archive; returns the seconds of each."""
    took: dict[str, float] = {}
    with timed(took, "extract"):
        batch = extract_api(dataset_id, base_url)
    took |= load(dataset_id, batch)
    with timed(took, "archive"), connect() as conn:
        archive(conn, object_store(), load_dataset(dataset_id), batch)
    return took
