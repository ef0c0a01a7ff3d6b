-- The ledger of deliveries and of the data lake: no record, no data. And schemas to compute in, for one delivery each.
-- depends: 023_defer_indexes_in_merge

CREATE TABLE ops.deliveries (
    delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id text NOT NULL,
    manifest_key text NOT NULL,
    manifest_etag text NOT NULL,
    manifest_modified_at timestamptz NOT NULL,
    manifest bytea NOT NULL,
    uploader text,
    intent text,
    dataset text,
    state text NOT NULL DEFAULT 'registered',
    attempt integer NOT NULL DEFAULT 0,
    run_token uuid,
    airflow_run_id text,
    recipe text,
    version integer,
    error text,
    report_key text,
    registered_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    CONSTRAINT deliveries_manifest UNIQUE (manifest_key, manifest_etag, manifest_modified_at),
    CONSTRAINT deliveries_state CHECK (state IN ('registered', 'running', 'published', 'unchanged', 'failed')),
    CONSTRAINT deliveries_version CHECK (state NOT IN ('published', 'unchanged') OR version IS NOT NULL),
    CONSTRAINT deliveries_error CHECK (state <> 'failed' OR error IS NOT NULL)
);
CREATE INDEX deliveries_dataset_idx ON ops.deliveries (dataset, delivery_id) WHERE state IN ('registered', 'running');
COMMENT ON TABLE ops.deliveries IS
'One row per manifest that was found in the landing zone; the same one uploaded again is another row.';
COMMENT ON COLUMN ops.deliveries.delivery_id IS
'Number of the delivery: the order in which manifests were found, in which versions of a dataset are made.';
COMMENT ON COLUMN ops.deliveries.batch_id IS 'What its manifest is called: <batch_id>.json.';
COMMENT ON COLUMN ops.deliveries.manifest_key IS 'Key of the manifest in the landing zone when it was found.';
COMMENT ON COLUMN ops.deliveries.manifest_etag IS 'The object store''s tag of the manifest.';
COMMENT ON COLUMN ops.deliveries.manifest_modified_at IS 'When the manifest was uploaded.';
COMMENT ON COLUMN ops.deliveries.manifest IS 'The manifest, byte for byte.';
COMMENT ON COLUMN ops.deliveries.uploader IS 'Who handed it in, by the manifest; empty where that cannot be read.';
COMMENT ON COLUMN ops.deliveries.intent IS 'What is to be done, by the manifest.';
COMMENT ON COLUMN ops.deliveries.dataset IS 'Id of the dataset in the lake; empty where the manifest cannot be read.';
COMMENT ON COLUMN ops.deliveries.state IS 'Where it stands; unchanged means that the newest version holds the same.';
COMMENT ON COLUMN ops.deliveries.attempt IS 'How often it was begun.';
COMMENT ON COLUMN ops.deliveries.run_token IS
'Taken anew by each attempt: whoever no longer holds it must not write.';
COMMENT ON COLUMN ops.deliveries.airflow_run_id IS 'The Airflow run that processes it.';
COMMENT ON COLUMN ops.deliveries.recipe IS 'The recipe that was used.';
COMMENT ON COLUMN ops.deliveries.version IS 'The version that it made, or that holds the same.';
COMMENT ON COLUMN ops.deliveries.error IS 'Why it failed, a line for each mistake.';
COMMENT ON COLUMN ops.deliveries.report_key IS 'Key of the error report in the landing zone.';
COMMENT ON COLUMN ops.deliveries.registered_at IS 'When it was found.';
COMMENT ON COLUMN ops.deliveries.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN ops.deliveries.settled_at IS 'When its manifest was moved to archive/ or failed/.';

CREATE TABLE ops.lake_versions (
    dataset text NOT NULL,
    version integer NOT NULL,
    delivery_id bigint NOT NULL REFERENCES ops.deliveries (delivery_id),
    state text NOT NULL DEFAULT 'writing',
    type text NOT NULL,
    content_sha256 text NOT NULL,
    metadata jsonb NOT NULL,
    recipe jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    PRIMARY KEY (dataset, version),
    CONSTRAINT lake_versions_delivery UNIQUE (delivery_id),
    CONSTRAINT lake_versions_version CHECK (version > 0),
    CONSTRAINT lake_versions_state CHECK (state IN ('writing', 'published')),
    CONSTRAINT lake_versions_type CHECK (type IN ('vector', 'raster', 'tabular')),
    CONSTRAINT lake_versions_published CHECK ((state = 'published') = (published_at IS NOT NULL))
);
-- Versions of one dataset are made one after the other, so their numbers have no gaps and are in the order of time.
CREATE UNIQUE INDEX lake_versions_writing ON ops.lake_versions (dataset) WHERE state = 'writing';
COMMENT ON TABLE ops.lake_versions IS
'One row per version of a dataset in the data lake, written before the first of its objects.';
COMMENT ON COLUMN ops.lake_versions.dataset IS 'Id of the dataset: the first folder of its keys.';
COMMENT ON COLUMN ops.lake_versions.version IS 'Number of the version, from 1: the second folder is v<number>.';
COMMENT ON COLUMN ops.lake_versions.delivery_id IS 'The delivery that made it.';
COMMENT ON COLUMN ops.lake_versions.state IS 'Only a published version counts: its objects are complete.';
COMMENT ON COLUMN ops.lake_versions.type IS 'What its assets are: vector, raster or tabular.';
COMMENT ON COLUMN ops.lake_versions.content_sha256 IS 'Digest of what it holds: the same makes no new version.';
COMMENT ON COLUMN ops.lake_versions.metadata IS 'What the delivery''s manifest says of the data.';
COMMENT ON COLUMN ops.lake_versions.recipe IS 'The recipe as it was when the version was made.';
COMMENT ON COLUMN ops.lake_versions.created_at IS 'When it was begun.';
COMMENT ON COLUMN ops.lake_versions.published_at IS 'When its last object was verified.';

CREATE TABLE ops.lake_assets (
    dataset text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    key text NOT NULL,
    role text NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    content_sha256 text,
    feature_count bigint,
    crs text,
    bbox double precision[],
    footprint geometry (MultiPolygon, 4326),
    columns jsonb NOT NULL DEFAULT '[]',
    facts jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (dataset, version, name),
    CONSTRAINT lake_assets_version FOREIGN KEY (dataset, version) REFERENCES ops.lake_versions (dataset, version),
    CONSTRAINT lake_assets_key UNIQUE (key),
    CONSTRAINT lake_assets_role CHECK (role IN ('data', 'metadata')),
    CONSTRAINT lake_assets_bytes CHECK (bytes >= 0),
    CONSTRAINT lake_assets_bbox CHECK (cardinality(bbox) = 4)
);
CREATE INDEX lake_assets_footprint ON ops.lake_assets USING gist (footprint);
COMMENT ON TABLE ops.lake_assets IS 'One row per object of the data lake.';
COMMENT ON COLUMN ops.lake_assets.dataset IS 'Id of the dataset.';
COMMENT ON COLUMN ops.lake_assets.version IS 'Number of the version.';
COMMENT ON COLUMN ops.lake_assets.name IS 'Name of the file.';
COMMENT ON COLUMN ops.lake_assets.key IS 'Key of the object in the data lake''s bucket.';
COMMENT ON COLUMN ops.lake_assets.role IS 'Whether it holds data or tells of it.';
COMMENT ON COLUMN ops.lake_assets.media_type IS 'What kind of file it is.';
COMMENT ON COLUMN ops.lake_assets.bytes IS 'Size of the object.';
COMMENT ON COLUMN ops.lake_assets.sha256 IS 'Digest of the object''s bytes.';
COMMENT ON COLUMN ops.lake_assets.content_sha256 IS 'Digest of what the object holds, whatever its bytes.';
COMMENT ON COLUMN ops.lake_assets.feature_count IS 'Rows of a vector or tabular file.';
COMMENT ON COLUMN ops.lake_assets.crs IS 'Reference system of its coordinates, as EPSG:4326.';
COMMENT ON COLUMN ops.lake_assets.bbox IS 'West, south, east, north in degrees of WGS 84.';
COMMENT ON COLUMN ops.lake_assets.footprint IS 'What it covers.';
COMMENT ON COLUMN ops.lake_assets.columns IS 'Its columns: name, type, what the file called them.';
COMMENT ON COLUMN ops.lake_assets.facts IS 'What the recipe''s steps did and counted, and statistics.';

CREATE TABLE ops.lake_lineage (
    dataset text NOT NULL,
    version integer NOT NULL,
    number integer NOT NULL,
    parent_dataset text,
    parent_version integer,
    parent_file text,
    parent_sha256 text,
    PRIMARY KEY (dataset, version, number),
    CONSTRAINT lake_lineage_version FOREIGN KEY (dataset, version) REFERENCES ops.lake_versions (dataset, version),
    CONSTRAINT lake_lineage_parent FOREIGN KEY (parent_dataset, parent_version)
    REFERENCES ops.lake_versions (dataset, version),
    CONSTRAINT lake_lineage_one CHECK (
        num_nonnulls(parent_dataset, parent_version) IN (0, 2)
        AND num_nonnulls(parent_file, parent_sha256) IN (0, 2)
        AND num_nonnulls(parent_dataset, parent_file) = 1
    )
);
COMMENT ON TABLE ops.lake_lineage IS
'What a version was made from: delivered files, or other versions of the lake.';
COMMENT ON COLUMN ops.lake_lineage.dataset IS 'Id of the dataset.';
COMMENT ON COLUMN ops.lake_lineage.version IS 'Number of the version.';
COMMENT ON COLUMN ops.lake_lineage.number IS 'Number of the parent.';
COMMENT ON COLUMN ops.lake_lineage.parent_dataset IS 'Dataset of a version that it was made from.';
COMMENT ON COLUMN ops.lake_lineage.parent_version IS 'Number of that version.';
COMMENT ON COLUMN ops.lake_lineage.parent_file IS 'Key of a delivered file in the landing zone.';
COMMENT ON COLUMN ops.lake_lineage.parent_sha256 IS 'Digest of that file.';

CREATE TABLE ops.activity (
    activity_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    delivery_id bigint REFERENCES ops.deliveries (delivery_id),
    actor text NOT NULL,
    action text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX activity_delivery_id_idx ON ops.activity (delivery_id);
COMMENT ON TABLE ops.activity IS 'What was done with deliveries and versions, when and by whom; rows are only added.';
COMMENT ON COLUMN ops.activity.activity_id IS 'Number of the entry.';
COMMENT ON COLUMN ops.activity.at IS 'When it was done.';
COMMENT ON COLUMN ops.activity.delivery_id IS 'The delivery that it is about.';
COMMENT ON COLUMN ops.activity.actor IS 'The Airflow run or the person.';
COMMENT ON COLUMN ops.activity.action IS 'What was done.';
COMMENT ON COLUMN ops.activity.detail IS 'What else is to be known of it.';

ALTER TABLE ops.load_batches
ADD COLUMN lake_dataset text,
ADD COLUMN lake_version integer,
ADD CONSTRAINT load_batches_lake_version FOREIGN KEY (lake_dataset, lake_version)
REFERENCES ops.lake_versions (dataset, version),
ADD CONSTRAINT load_batches_lake_both CHECK (num_nonnulls(lake_dataset, lake_version) IN (0, 2));
COMMENT ON COLUMN ops.load_batches.lake_dataset IS
'Dataset of the version of the data lake that was read, if it was one.';
COMMENT ON COLUMN ops.load_batches.lake_version IS 'Number of that version.';

CREATE VIEW ops.v_lineage AS
SELECT
    'version'::text AS kind,
    l.dataset || '/v' || l.version AS name,
    CASE WHEN l.parent_file IS NULL THEN 'version' ELSE 'file' END AS parent_kind,
    coalesce(l.parent_file, l.parent_dataset || '/v' || l.parent_version) AS parent,
    v.published_at AS made_at
FROM ops.lake_lineage AS l
INNER JOIN ops.lake_versions AS v ON l.dataset = v.dataset AND l.version = v.version
WHERE v.state = 'published'
UNION ALL
SELECT
    'version'::text AS kind,
    v.dataset || '/v' || v.version AS name,
    'delivery'::text AS parent_kind,
    d.batch_id || ' #' || d.delivery_id AS parent,
    v.published_at AS made_at
FROM ops.lake_versions AS v
INNER JOIN ops.deliveries AS d ON v.delivery_id = d.delivery_id
WHERE v.state = 'published'
UNION ALL
SELECT
    'batch'::text AS kind,
    b.dataset || ' #' || b.batch_id AS name,
    p.kind AS parent_kind,
    p.name AS parent,
    b.updated_at AS made_at
FROM ops.load_batches AS b
LEFT JOIN LATERAL (
    VALUES
    ('object', b.manifest_key),
    ('version', b.lake_dataset || '/v' || b.lake_version),
    ('batch', b.dataset || ' #' || b.replay_of)
) AS p (kind, name) ON TRUE
WHERE b.state IN ('merged', 'archived') AND p.name IS NOT NULL
UNION ALL
SELECT
    'table'::text AS kind,
    'core.' || t.core_table AS name,
    'batch'::text AS parent_kind,
    b.dataset || ' #' || b.batch_id AS parent,
    b.updated_at AS made_at
FROM ops.load_batches AS b
INNER JOIN ops.datasets AS t ON b.dataset = t.dataset
WHERE b.state IN ('merged', 'archived')
UNION ALL
SELECT
    'mart'::text AS kind,
    'marts.' || m.mart AS name,
    CASE WHEN o.mart IS NULL THEN 'table' ELSE 'mart' END AS parent_kind,
    coalesce('marts.' || o.mart, 'core.' || t.core_table, 'core.' || replace(i.input, '-', '_')) AS parent,
    r.refreshed_at AS made_at
FROM ops.marts AS m
CROSS JOIN LATERAL unnest(m.inputs) AS i (input)
LEFT JOIN ops.marts AS o ON i.input = o.mart
LEFT JOIN ops.datasets AS t ON i.input = t.dataset
LEFT JOIN ops.mart_refreshes AS r ON m.mart = r.mart;
COMMENT ON VIEW ops.v_lineage IS
'What each thing was made from, one step back: marts from tables, tables from batches, batches from objects or versions
of the data lake, versions from delivered files and from other versions.';
COMMENT ON COLUMN ops.v_lineage.kind IS 'What it is: version, batch, table or mart.';
COMMENT ON COLUMN ops.v_lineage.name IS 'Its name: dataset/v1, dataset #12, core.wells or marts.wells_layer.';
COMMENT ON COLUMN ops.v_lineage.parent_kind IS
'What it was made from: file, delivery, version, object, batch, table or mart.';
COMMENT ON COLUMN ops.v_lineage.parent IS 'The name of that.';
COMMENT ON COLUMN ops.v_lineage.made_at IS 'When it was made from it; empty for a view.';

GRANT SELECT ON ops.deliveries, ops.lake_versions, ops.lake_assets, ops.lake_lineage, ops.activity, ops.v_lineage
TO enverus_loader, enverus_reader;
GRANT INSERT, UPDATE ON ops.deliveries TO enverus_loader;
GRANT INSERT, UPDATE, DELETE ON ops.lake_versions, ops.lake_assets, ops.lake_lineage TO enverus_loader;
GRANT INSERT ON ops.activity TO enverus_loader;

-- The loader may not make schemas; of these it owns what it is given, and can drop it.
CREATE FUNCTION ops.create_scratch(for_delivery bigint, for_attempt integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    scratch text := format('proc_%s_%s', for_delivery, for_attempt);
BEGIN
    PERFORM FROM ops.deliveries AS d WHERE d.delivery_id = for_delivery;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no delivery %', for_delivery;
    END IF;
    EXECUTE format('CREATE SCHEMA %I', scratch);
    EXECUTE format(
        'COMMENT ON SCHEMA %I IS %L', scratch,
        format('Scratch of attempt %s at delivery %s; dropped when it ends.', for_attempt, for_delivery)
    );
    -- Last of all: what is the loader's, this function's owner can no longer comment on.
    EXECUTE format('ALTER SCHEMA %I OWNER TO enverus_loader', scratch);
    RETURN scratch;
END;
$$;
COMMENT ON FUNCTION ops.create_scratch(bigint, integer) IS
'Makes the schema proc_<delivery>_<attempt> for the loader to compute in, and returns its name.';
REVOKE ALL ON FUNCTION ops.create_scratch(bigint, integer) FROM public;
GRANT EXECUTE ON FUNCTION ops.create_scratch(bigint, integer) TO enverus_loader;
