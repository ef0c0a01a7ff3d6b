"""Names: of datasets in the data lake, of columns, and of the objects that landing zone and lake are made of."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from enverus_elt.catalog import sources
from enverus_elt.errors import DeliveryError

LAKE_ID = sources.LAKE_ID
MOST_COLUMN_LETTERS = 63  # what PostgreSQL keeps of a name

MANIFESTS = "manifests/"
ARCHIVE = "archive/"
FAILED = "failed/"


def dataset_id(project: str | None, title: str) -> str:
    """Id of a dataset in the lake: ``Crude Oil (EIA)`` of project ``Midstream`` is ``midstream-crude-oil-eia``.

    Raises DeliveryError where nothing is left to make an id of.
    """
    plain = _plain(" ".join(filter(None, (project, title)))).replace("_", "-")
    found = plain[:63].strip("-")
    if not re.fullmatch(LAKE_ID, found):
        raise DeliveryError(
            f"metadata.title: no id can be made of {title!r}: use letters a to z, the first one a letter"
        )
    return found


def column_names(headers: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Column names made of a file's headers, in their order: lower case, ASCII, words joined by ``_``, each once.

    ``Lease Number`` is ``lease_number``; what begins with a digit gets a ``c_``, what has no letter a number, and of
    two that come out the same the later one gets ``_2``.
    """
    used, names = set(taken), []
    for number, header in enumerate(headers, start=1):
        plain = _plain(header) or f"column_{number}"
        base = f"c_{plain}" if plain[0].isdigit() else plain
        name, again = base[:MOST_COLUMN_LETTERS], 1
        while name in used:
            again += 1
            end = f"_{again}"
            name = base[: MOST_COLUMN_LETTERS - len(end)] + end
        used.add(name)
        names.append(name)
    return names


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
