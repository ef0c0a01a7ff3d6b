"""Tables of core that are not a dataset's: migrations make them by hand."""

REFERENCES = ("ref_facility_types", "ref_states", "ref_statuses")

# What files feed, by the id that marts name it by.
FILE_FED = {"facility-sites": "facility_sites", "pipelines": "pipelines"}
