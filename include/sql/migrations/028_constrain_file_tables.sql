-- What the catalog has no words for: references, what values can be, a length that is computed, and the rows of before.
-- depends: 027_create_pipelines

ALTER TABLE core.facility_sites
ALTER COLUMN status SET DEFAULT 'unknown',
ALTER COLUMN lake_version SET DEFAULT 0, -- a row that is put there by hand is of no version
ALTER COLUMN published_at SET DEFAULT now(),
ADD CONSTRAINT facility_sites_facility_type FOREIGN KEY (facility_type) REFERENCES core.ref_facility_types (code),
ADD CONSTRAINT facility_sites_status FOREIGN KEY (status) REFERENCES core.ref_statuses (code),
ADD CONSTRAINT facility_sites_state_province FOREIGN KEY (state_province) REFERENCES core.ref_states (code),
ADD CONSTRAINT facility_sites_name CHECK (name <> ''),
ADD CONSTRAINT facility_sites_capacity CHECK (
    least(capacity_mmcf_per_day, capacity_bbl_per_day) >= 0
    AND greatest(capacity_mmcf_per_day, capacity_bbl_per_day) < 'infinity'
),
ADD CONSTRAINT facility_sites_dates CHECK (
    installed_date <= decommissioned_date AND isfinite(installed_date) AND isfinite(decommissioned_date)
),
ADD CONSTRAINT facility_sites_geom_point_valid CHECK (st_isvalid(geom_point) AND NOT st_isempty(geom_point));
-- What marts.facility_sites_public shows: a map asks that for what lies within its window.
CREATE INDEX facility_sites_geom_point_2d ON core.facility_sites
USING gist ((st_force2d(geom_point)::geometry (Point, 4326)));
CREATE INDEX facility_sites_facility_type_idx ON core.facility_sites (facility_type);
CREATE INDEX facility_sites_status_idx ON core.facility_sites (status);
CREATE INDEX facility_sites_state_province_idx ON core.facility_sites (state_province);

-- Before an update nothing can be said of a computed column, so the trigger names the others.
DROP TRIGGER pipelines_updated_at ON core.pipelines;
ALTER TABLE core.pipelines
ALTER COLUMN status SET DEFAULT 'unknown',
ALTER COLUMN lake_version SET DEFAULT 0, -- a row that is put there by hand is of no version
ALTER COLUMN published_at SET DEFAULT now(),
ADD CONSTRAINT pipelines_status FOREIGN KEY (status) REFERENCES core.ref_statuses (code),
ADD CONSTRAINT pipelines_name CHECK (name <> ''),
ADD CONSTRAINT pipelines_commodity CHECK (
    commodity IN ('crude_oil', 'natural_gas', 'ngl', 'refined_products', 'co2', 'hydrogen', 'water', 'other')
),
ADD CONSTRAINT pipelines_diameter_in CHECK (diameter_in > 0 AND diameter_in <= 100),
ADD CONSTRAINT pipelines_geom_line_filled CHECK (NOT st_isempty(geom_line)),
ADD COLUMN length_km double precision GENERATED ALWAYS AS (st_length(geom_line::geography) / 1000) STORED;
-- What marts.pipelines_public shows.
CREATE INDEX pipelines_geom_line_2d ON core.pipelines
USING gist ((st_force2d(geom_line)::geometry (MultiLineString, 4326)));
CREATE INDEX pipelines_status_idx ON core.pipelines (status);
CREATE TRIGGER pipelines_updated_at BEFORE UPDATE ON core.pipelines
FOR EACH ROW WHEN (
    old.updated_at = new.updated_at
    AND (
        old.id, old.objectid, old.source_id, old.commodity, old.diameter_in, old.lake_version, old.name, old.operator,
        old.pipeline_id, old.published_at, old.status, old.geom_line, old.row_hash, old.created_at, old.deleted_at,
        old.load_batch_id
    ) IS DISTINCT FROM (
        new.id, new.objectid, new.source_id, new.commodity, new.diameter_in, new.lake_version, new.name, new.operator,
        new.pipeline_id, new.published_at, new.status, new.geom_line, new.row_hash, new.created_at, new.deleted_at,
        new.load_batch_id
    )
)
EXECUTE FUNCTION core.touch_updated_at();
COMMENT ON COLUMN core.pipelines.length_km IS 'Length on the ellipsoid, computed from its line [KM]';

-- No version of the data lake has brought what was there: it is as if a version before the first had.
INSERT INTO core.facility_sites (
    id, objectid, source_id, capacity_bbl_per_day, capacity_mmcf_per_day, decommissioned_date, facility_id,
    facility_type, installed_date,
    name, operator, state_province, status, geom_point,
    row_hash, created_at, updated_at, deleted_at, load_batch_id,
    lake_version, published_at
)
SELECT
    id,
    objectid,
    source_id,
    capacity_bbl_per_day,
    capacity_mmcf_per_day,
    decommissioned_date,
    facility_id,
    facility_type,
    installed_date,
    name,
    operator,
    state_province,
    status,
    geom_point,
    row_hash,
    created_at,
    updated_at,
    deleted_at,
    load_batch_id,
    0 AS lake_version,
    created_at AS published_at
FROM ops.facility_sites_before;
SELECT setval(pg_get_serial_sequence('core.facility_sites', 'objectid'), max(objectid)) FROM core.facility_sites;
DROP TABLE ops.facility_sites_before;
INSERT INTO core.pipelines (
    id, objectid, source_id, commodity, diameter_in, name, operator, pipeline_id, status, geom_line,
    row_hash, created_at, updated_at, deleted_at, load_batch_id,
    lake_version, published_at
)
SELECT
    id,
    objectid,
    source_id,
    commodity,
    diameter_in,
    name,
    operator,
    pipeline_id,
    status,
    geom_line,
    row_hash,
    created_at,
    updated_at,
    deleted_at,
    load_batch_id,
    0 AS lake_version,
    created_at AS published_at
FROM ops.pipelines_before;
SELECT setval(pg_get_serial_sequence('core.pipelines', 'objectid'), max(objectid)) FROM core.pipelines;
DROP TABLE ops.pipelines_before;
