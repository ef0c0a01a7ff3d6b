"""Rows as Python objects or data frames, one after another or in statements of many."""

import csv
from pathlib import Path

import geopandas
import pandas as pd
import psycopg
from sqlalchemy import create_engine

MOST_PARAMETERS = 65_535  # of a statement, by the protocol


def psycopg_rows(conninfo: str, table: str, path: str) -> None:
    """COPY with ``write_row``, from dicts with the values of a CSV."""
    with psycopg.connect(conninfo) as conn, Path(path).open(newline="") as file:
        reader = csv.reader(file)
        columns = next(reader)
        with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for values in reader:
                row = {name: value or None for name, value in zip(columns, values, strict=True)}
                copy.write_row([row[name] for name in columns])


def geopandas_to_postgis(url: str, table: str, path: str) -> None:
    """From GeoParquet; it uses COPY by itself."""
    frame = geopandas.read_parquet(path)
    frame.to_postgis(table, create_engine(url), if_exists="replace", chunksize=50_000)


def pandas_to_sql(url: str, table: str, path: str, method: str | None) -> None:
    """From Parquet: ``None`` sends a row at a time as far as the driver lets it, ``multi`` many rows a statement."""
    frame = pd.read_parquet(path)
    size = min(1_000, MOST_PARAMETERS // len(frame.columns)) if method else None
    engine = create_engine(url)
    frame.to_sql(table, engine, if_exists="replace", index=False, method=method, chunksize=size)
