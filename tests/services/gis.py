"""A desktop GIS, as far as the warehouse can tell: GDAL's programs with their PostgreSQL driver, as a reader."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import Any

from tests.services.site import Site

FIELD = re.compile(r"^(\w+): (\w+)(?:\((\w+)\))? \((\d+)\.(\d+)\)$", re.MULTILINE)


@dataclass(frozen=True)
class Layer:
    """What GDAL says of a layer; ``widths`` are 0 where a field has none, ``features`` are GeoJSON by their id."""

    geometry: str
    srid: int
    geometry_column: str
    types: dict[str, str]
    widths: dict[str, int]
    features: dict[int, dict[str, Any]]


class DesktopGis:
    """Reads the marts of a site; ``objectid`` is the features' id, as a person tells ArcGIS when adding a view."""

    def __init__(self, site: Site) -> None:
        facts = json.loads(site.env["AIRFLOW_CONN_WAREHOUSE_READER"])
        names = {
            "PGHOST": "host",
            "PGPORT": "port",
            "PGDATABASE": "schema",
            "PGUSER": "login",
            "PGPASSWORD": "password",
        }
        self._env = {**os.environ, **{name: str(facts[fact]) for name, fact in names.items()}}

    def layers(self) -> list[str]:
        """Everything that can be put on a map."""
        return re.findall(r"^\d+: (\w+) \(.+\)$", self._run("ogrinfo", "-q", "PG:schemas=marts"), re.MULTILINE)

    def read(self, name: str) -> Layer:
        """The layer with all of its features."""
        told = self._run("ogrinfo", "-so", "PG:schemas=marts", name)
        fields = {match[1]: match for match in FIELD.finditer(told)}
        written = self._run("ogr2ogr", "-preserve_fid", "-f", "GeoJSON", "/vsistdout/", "PG:schemas=marts", name)
        features = json.loads(written)["features"]
        assert _said(r"FID Column = (\w+)", told) == "objectid"
        return Layer(
            geometry=_said(r"Geometry: (.+)", told),
            srid=int(re.findall(r'ID\["EPSG",(\d+)\]', told)[-1]),
            geometry_column=_said(r"Geometry Column = (\w+)", told),
            types={name: match[2] + (f"({match[3]})" if match[3] else "") for name, match in fields.items()},
            widths={name: int(match[4]) for name, match in fields.items()},
            features={feature["id"]: feature for feature in features},
        )

    def _run(self, program: str, *words: str) -> str:
        command = [program, "--config", "PGSQL_OGR_FID", "objectid", *words]
        done = subprocess.run(command, check=False, env=self._env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout


def _said(pattern: str, text: str) -> str:
    found = re.search(rf"^{pattern}$", text, re.MULTILINE)
    assert found is not None, text
    return found[1]
