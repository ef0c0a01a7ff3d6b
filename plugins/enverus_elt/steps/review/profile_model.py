"""What ``profile.json`` holds: a batch's profile, and with it what the next batches are compared with."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Bound = int | float | str  # a time as ISO text; a number that JSON does not know (NaN, Infinity) as text too
Range = tuple[Bound, Bound]
Box = tuple[float, float, float, float]  # least x, least y, greatest x, greatest y


class Facts(BaseModel):
    """Immutable; a field that a later release adds is passed over, one that is missing makes the file unreadable."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ColumnProfile(Facts):
    """One column of the batch beside what earlier batches held.

    ``category`` says that its values are counted and followed from batch to batch: then ``top`` are the most
    frequent with their number, ``known`` all that were ever seen, ``new`` those never seen before, ``vanished`` those
    that a batch which read everything no longer has, and ``gone`` what has vanished up to now. It is unset as long as
    no batch had a value. ``range`` and ``seen`` are least and greatest value, here and ever; ``lengths`` are in
    characters; ``earlier_nulls`` are shares, the newest batch first. Of a sensitive column there are ``values`` alone.
    """

    name: str
    type: str
    unit: str | None = None
    sensitive: bool = False
    values: int
    range: Range | None = None
    seen: Range | None = None
    lengths: tuple[int, int] | None = None
    category: bool | None = None
    different: int | None = None
    top: tuple[tuple[str, int], ...] = ()
    known: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    earlier_nulls: tuple[float, ...] = ()
    differences: tuple[str, ...] = ()


class GeometryProfile(Facts):
    """One geometry column; ``extent`` is the batch's and ``seen`` that of all batches, in its SRID."""

    name: str
    type: str
    srid: int
    values: int
    extent: Box | None = None
    seen: Box | None = None
    earlier_nulls: tuple[float, ...] = ()
    differences: tuple[str, ...] = ()


class Reason(Facts):
    """Why rows of the batch are in quarantine."""

    reason: str
    rows: int
    column: str | None = None


class Fates(Facts):
    """What merging would do; ``absent`` is unset where the batch cannot tell what the source no longer has."""

    inserted: int
    updated: int
    unchanged: int
    stale: int
    duplicate: int
    deleted: int
    superseded: bool
    absent: int | None = None


class Profile(Facts):
    """The whole file. A change that an older reader would misread raises ``version``."""

    format: Literal["enverus-batch-profile"]
    version: Literal[1]
    dataset: str
    batch_id: int
    kind: str
    window_low: str | None = None
    window_high: str
    reads_everything: bool
    rows: int
    quarantined: int
    fates: Fates
    reasons: tuple[Reason, ...]
    compared_with: tuple[int, ...]
    unreadable: int
    columns: tuple[ColumnProfile, ...]
    geometry: tuple[GeometryProfile, ...]

    def to_json(self) -> bytes:
        """The same bytes for the same profile; what is unset or empty is left out."""
        return self.model_dump_json(exclude_defaults=True, indent=1).encode()
