"""Assets of the landing zone and the data lake: what its DAGs tell each other, and whoever loads from the lake.

The buckets in their addresses are ids of Airflow connections: they stand for whatever bucket those lead to.
"""

from airflow.sdk import Asset, AssetAlias

# Every version of any dataset is told through it, so that a dataset needs no declaration before its first version.
LAKE = AssetAlias(name="lake")

LANDING_ZONE_URI = "s3://landing_zone/manifests"
# A partition is a delivery: `<dataset>/<delivery>`.
DELIVERIES = Asset(name="deliveries", uri="postgres://warehouse/warehouse/ops/deliveries")


def lake_asset(dataset: str) -> Asset:
    """The asset of a dataset in the data lake: changes with each version that is published."""
    return Asset(name=f"lake.{dataset}", uri=f"s3://data_lake/{dataset}")
