"""Tables of core that are not a dataset's: migrations make them by hand."""

REFERENCES = ("ref_facility_types", "ref_states", "ref_statuses")

# Tables that are there whether the catalog has a dataset for them or not, for marts show them: the natural key by the
# dataset's id.
FILE_FED = {"facility-sites": "facility_id", "pipelines": "pipeline_id"}

# Columns that the server computes of a dataset's own.
COMPUTED = {"pipelines": ("length_km",)}
