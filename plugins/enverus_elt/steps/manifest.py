"""The manifest of a batch: what its objects hold. It is written last, so what it names is complete."""

from pydantic import BaseModel, ConfigDict, ValidationError

from enverus_elt.errors import EvidenceError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.sources.base import Origin


class ExportObject(BaseModel):
    """One object: ``rows`` of it, numbered from ``first_row`` on within the batch; digest of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    rows: int
    first_row: int
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """Everything needed to load a batch, or to load it again years later."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    batch_id: int
    airflow_run_id: str
    window_low: str | None
    window_high: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    schema_sha256: str
    api_count_before: int
    api_count_after: int
    rows: int
    rejected: int
    unknown_fields: tuple[str, ...]
    absent_fields: tuple[str, ...] = ()  # manifests of before it was noted have none
    objects: tuple[ExportObject, ...]
    rejects: ExportObject | None
    origin: Origin | None = None  # rows of the API have none

    def write(self, store: ObjectStore, key: str) -> None:
        """Write it under its key, readable."""
        store.put(key, self.model_dump_json(indent=2).encode(), "application/json")


def read_manifest(store: ObjectStore, key: str) -> Manifest:
    """Read a manifest back; raises EvidenceError when it is not one."""
    try:
        return Manifest.model_validate_json(store.get(key))
    except ValidationError as error:
        raise EvidenceError(f"{key} is not a manifest: {error.error_count()} fields are wrong") from error
