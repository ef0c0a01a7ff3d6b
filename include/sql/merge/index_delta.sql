CREATE INDEX ON delta (core_objectid)
