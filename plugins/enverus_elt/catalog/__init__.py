"""The catalog: one strict YAML file a dataset, and nothing else decides what the pipeline does with it."""

from enverus_elt.catalog.loader import dataset_ids, load_catalog, load_dataset, load_errors
from enverus_elt.catalog.loads import Drift, History, LoadMode
from enverus_elt.catalog.models import (
    ApiSource,
    Column,
    Dataset,
    FileSource,
    Geometry,
    GeometryType,
    Relationship,
    Repair,
    dag_id,
    table_name,
)
from enverus_elt.catalog.onboarding import Onboarding
from enverus_elt.catalog.partitioning import Partition, PartitionBy
from enverus_elt.catalog.signoff import NextBatch, SignOff, SignOffPolicy

__all__ = [
    "ApiSource",
    "Column",
    "Dataset",
    "Drift",
    "FileSource",
    "Geometry",
    "GeometryType",
    "History",
    "LoadMode",
    "NextBatch",
    "Onboarding",
    "Partition",
    "PartitionBy",
    "Relationship",
    "Repair",
    "SignOff",
    "SignOffPolicy",
    "dag_id",
    "dataset_ids",
    "load_catalog",
    "load_dataset",
    "load_errors",
    "table_name",
]
