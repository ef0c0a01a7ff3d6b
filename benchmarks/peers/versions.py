"""What was measured."""

import subprocess
from importlib.metadata import version

PACKAGES = ("adbc-driver-postgresql", "dlt", "duckdb", "geopandas", "pandas", "psycopg", "pyarrow", "sqlalchemy")


def versions() -> dict[str, str]:
    """Of the packages, and of GDAL's programs."""
    gdal = subprocess.run(["ogr2ogr", "--version"], check=True, capture_output=True, text=True).stdout
    return {name: version(name) for name in PACKAGES} | {"GDAL": gdal.split(",")[0].removeprefix("GDAL ")}
