"""A catalog file that is good, and what it takes to spoil and to load it."""

from pathlib import Path

import pytest

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.errors import CatalogError

LEASES = """\
title: Leases
description: Recorded leases.
owner: gis-data
tags: [land]
source: {kind: api, path: leases}
load:
  mode: snapshot
  history: current
  key: [lease_id]
  cursor: updated_date
  deleted: deleted_date
schedule:
  cron: "0 8 * * 1"
  timezone: America/Chicago
sla_hours: 26
geometry:
  - {name: geom_poly, source: Geom_Poly, type: MultiPolygon, srid: 4326}
indexes:
  - [county]
columns:
  - {name: lease_id, source: LeaseID, type: bigint, nullable: false}
  - {name: county, source: County, type: varchar(32)}
  - {name: acres, source: Acres, type: real, minimum: 0}
  - {name: updated_date, source: UpdatedDate, type: timestamptz, nullable: false}
  - {name: deleted_date, source: DeletedDate, type: timestamptz}
"""


def load(folder: Path, text: str, name: str = "leases") -> Dataset:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_dataset(name, folder)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(CatalogError) as caught:
        load(folder, text)
    return str(caught.value)


def edited(old: str, new: str) -> str:
    assert LEASES.count(old) == 1, f"{old!r} must be there once to be replaced"
    return LEASES.replace(old, new)
