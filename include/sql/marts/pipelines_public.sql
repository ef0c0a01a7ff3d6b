-- kind: view
-- inputs: pipelines
-- column name: Name of the pipeline
-- column status: What state of its life it is in
-- Active pipelines as lines, with the name of their status.
SELECT
    l.objectid,
    l.pipeline_id,
    l.name,
    l.operator,
    l.commodity,
    l.diameter_in,
    l.length_km,
    u.name AS status,
    st_force2d(l.geom_line)::geometry (MultiLineString, 4326) AS geom_line
FROM core.pipelines AS l
INNER JOIN core.ref_statuses AS u ON l.status = u.code
WHERE l.deleted_at IS NULL;
