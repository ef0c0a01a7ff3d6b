"""What a reviewer reads of a staged batch before it may reach core: its profile and, if it has geometry, its map.

Every page is one file that loads nothing from elsewhere, and the same batch over the same core gives the same bytes.
"""

import logging
from collections.abc import Sequence

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.steps.batch import Batch
from enverus_elt.steps.review.batch_map import read_features
from enverus_elt.steps.review.map_page import render_map
from enverus_elt.steps.review.profile import as_if_merged, profile_batch
from enverus_elt.steps.review.profile_history import read_earlier
from enverus_elt.steps.review.profile_page import render_profile

log = logging.getLogger(__name__)

PROFILE = "profile.json"
PROFILE_PAGE = "profile.html"
MAP_PAGE = "map.html"


def evidence_pages(
    conn: Warehouse, store: ObjectStore, dataset: Dataset, batch: Batch, previous: Sequence[str]
) -> dict[str, bytes]:
    """The evidence by file name: ``profile.json``, ``profile.html`` and, for a dataset with geometry, ``map.html``.

    ``previous`` are keys of ``profile.json`` of earlier committed batches, the newest first; those that are missing
    or unreadable are passed over, and the page says so. Core and staging are read in one transaction that leaves
    nothing behind, so ``conn`` must not be in one.
    """
    earlier = read_earlier(store, dataset, previous)
    with as_if_merged(conn, dataset, batch) as fates:
        profile = profile_batch(conn, dataset, batch, earlier, fates)
        features = read_features(conn, dataset, batch) if dataset.geometry else None
    pages = {PROFILE: profile.to_json(), PROFILE_PAGE: render_profile(dataset, profile)}
    if dataset.geometry:
        pages[MAP_PAGE] = render_map(dataset, batch.batch_id, features)
    log.info("%s: batch %s has %s as evidence", dataset.id, batch.batch_id, ", ".join(pages))
    return pages
