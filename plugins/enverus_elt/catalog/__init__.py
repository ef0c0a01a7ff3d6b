"""The catalog: one strict YAML file a dataset, and nothing else decides what the pipeline does with it."""

from enverus_elt.catalog.loader import dataset_ids, load_catalog, load_dataset
from enverus_elt.catalog.models import ApiSource, Column, Dataset, Geometry, History, LoadMode

__all__ = [
    "ApiSource",
    "Column",
    "Dataset",
    "Geometry",
    "History",
    "LoadMode",
    "dataset_ids",
    "load_catalog",
    "load_dataset",
]
