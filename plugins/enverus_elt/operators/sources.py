"""Opens where a dataset's rows come from; imported when a task or a command runs, never when a DAG is parsed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from enverus_elt.catalog import Dataset, FileSource
from enverus_elt.hooks.connections import DATA_LAKE
from enverus_elt.hooks.enverus import enverus_session
from enverus_elt.hooks.object_store import object_store
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sources.base import Source
from enverus_elt.sources.enverus import EnverusSource


@contextmanager
def open_source(conn: Warehouse, dataset: Dataset) -> Iterator[Source]:
    """The API, or the newest version in the data lake, which lies on disk as long as the block lasts."""
    if not isinstance(dataset.source, FileSource):
        with enverus_session(conn) as session:
            yield EnverusSource(session, dataset)
        return
    from enverus_elt.lake.promotion import newest_version  # noqa: PLC0415 - Arrow, which the API's rows do not need

    with TemporaryDirectory(prefix="enverus-version-") as folder:
        yield newest_version(conn, object_store(DATA_LAKE), dataset, dataset.source, Path(folder))
