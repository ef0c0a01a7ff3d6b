"""What PostgreSQL itself does at most: COPY of a CSV file, with psycopg passing on its bytes."""

from collections.abc import Sequence
from pathlib import Path

import psycopg

BLOCK = 2**20


def copy(conninfo: str, table: str, path: str, after: Sequence[str] = ()) -> None:
    """COPY the file into a table that is there, then run the statements; all in one transaction."""
    statement = f"COPY {table} FROM STDIN (FORMAT csv, HEADER)".encode()
    with psycopg.connect(conninfo) as conn:
        with conn.cursor().copy(statement) as target, Path(path).open("rb") as file:
            while block := file.read(BLOCK):
                target.write(block)
        for more in after:
            conn.execute(more.encode())
