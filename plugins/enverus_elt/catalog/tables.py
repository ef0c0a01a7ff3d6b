"""Tables of core that are not a dataset's: migrations make them by hand."""

REFERENCES = ("ref_facility_types", "ref_states", "ref_statuses")

# What files feed: the natural key by the id that marts name the table by, as if it were a dataset's.
FILE_FED = {"facility-sites": "facility_id", "pipelines": "pipeline_id"}
