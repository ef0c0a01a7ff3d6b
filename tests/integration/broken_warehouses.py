"""What a person may do to a warehouse, by hand or by a wrong migration, and the lines by which the audit tells it."""

CAST = ", or not as it is; cast it or leave it out"
DELIVERY = """
INSERT INTO ops.deliveries (
    delivery_id, batch_id, manifest_key, manifest_etag, manifest_modified_at, manifest, state, attempt, error
) OVERRIDING SYSTEM VALUE
VALUES (7, 'b', 'manifests/b.json', 'e', now(), '{}', %s, 2, 'none');
CREATE SCHEMA proc_7_1;
CREATE SCHEMA proc_7_2
"""

# The statement that breaks it and what is then found, by the question that finds it.
BROKEN: dict[str, list[tuple[str, list[str]]]] = {
    "find_unkeyed_targets": [
        (
            "ALTER TABLE core.wells DROP CONSTRAINT wells_key",
            ["core.wells: no unique index on (completion_id, well_id)"],
        ),
        (
            """
            DROP INDEX core.production_key;
            CREATE UNIQUE INDEX ON core.production (production_id, producing_month) WHERE NOT is_current
            """,
            ["core.production: no unique index on (production_id, producing_month)"],
        ),
        (
            "ALTER TABLE core.well_headers DROP CONSTRAINT well_headers_objectid",
            ["core.well_headers: no unique index on (objectid)"],
        ),
        (
            """
            ALTER TABLE ops.schema_drift DROP CONSTRAINT schema_drift_pkey;
            CREATE UNIQUE INDEX ON ops.schema_drift (dataset, field)
            """,
            ["ops.schema_drift: no unique index on (dataset, field, kind)"],
        ),
        (
            "ALTER TABLE core.pipelines DROP CONSTRAINT pipelines_key",
            ["core.pipelines: no unique index on (pipeline_id)"],
        ),
    ],
    "find_unrefreshable_marts": [
        (
            """
            DROP INDEX marts.wells_per_lease_key;
            CREATE UNIQUE INDEX ON marts.wells_per_lease (lease_id) WHERE lease_id > 0
            """,
            ["marts.wells_per_lease: no unique index on all rows of (lease_id)"],
        ),
        ("REFRESH MATERIALIZED VIEW marts.wells_per_lease WITH NO DATA", ["marts.wells_per_lease: not populated"]),
    ],
    "find_loose_geometries": [
        ("DROP INDEX core.wells_geom_line", ["core.wells.geom_line: no GiST index"]),
        (
            "ALTER TABLE core.landtrac_leases DROP CONSTRAINT landtrac_leases_geom_poly_valid",
            ["core.landtrac_leases.geom_poly: no CHECK of its validity"],
        ),
        (
            "ALTER TABLE core.wells DROP CONSTRAINT wells_geom_point_srid",
            ["core.wells.geom_point: no CHECK of its SRID"],
        ),
        (
            "CREATE VIEW marts.any_shape AS SELECT objectid, st_centroid(geom_poly) AS geom FROM core.landtrac_leases",
            ["marts.any_shape.geom: geometry says neither type nor SRID; declare both, geometry(Point, 4326) say"],
        ),
        ("DROP INDEX marts.wells_per_lease_geom_poly", ["marts.wells_per_lease.geom_poly: no GiST index"]),
    ],
    "find_odd_roles": [
        ("ALTER ROLE enverus_loader INHERIT", ["enverus_loader: is INHERIT, and should not be"]),
        ("ALTER ROLE enverus_marts LOGIN", ["enverus_marts: is LOGIN, and should not be"]),
        ("ALTER ROLE enverus_reader NOLOGIN", ["enverus_reader: is not LOGIN, and should be"]),
        ("ALTER ROLE enverus_transformer BYPASSRLS", ["enverus_transformer: is BYPASSRLS, and should not be"]),
        (
            "ALTER ROLE enverus_reader RESET default_transaction_read_only",
            ["enverus_reader: is set to nothing, and should be to default_transaction_read_only=on"],
        ),
        ("ALTER ROLE enverus_reader RENAME TO somebody", ["enverus_reader: there is no such role"]),
    ],
    "find_odd_memberships": [
        ("REVOKE enverus_marts FROM enverus_loader", ["enverus_loader: is no member of enverus_marts"]),
        (
            "GRANT enverus_loader TO enverus_reader",
            ["enverus_reader: is a member of enverus_loader, and should not be"],
        ),
        (
            "GRANT pg_read_all_data TO enverus_reader",
            ["enverus_reader: is a member of pg_read_all_data, and should not be"],
        ),
        (
            "GRANT enverus_marts TO enverus_loader WITH ADMIN OPTION",
            ["enverus_loader: may make others members of enverus_marts"],
        ),
    ],
    "find_odd_grants": [
        (
            "GRANT SELECT ON core.landtrac_leases TO enverus_reader",
            ["core.landtrac_leases: enverus_reader has SELECT"],
        ),
        (
            "GRANT SELECT (grantor_name, grantor_address) ON core.landtrac_leases TO enverus_transformer",
            ["core.landtrac_leases: enverus_transformer has SELECT (grantor_address, grantor_name)"],
        ),
        (
            "REVOKE SELECT (acres) ON core.landtrac_leases FROM enverus_marts",
            ["core.landtrac_leases: enverus_marts lacks SELECT (acres)"],
        ),
        ("GRANT DELETE ON core.wells TO enverus_loader", ["core.wells: enverus_loader has DELETE"]),
        ("REVOKE UPDATE ON core.wells FROM enverus_loader", ["core.wells: enverus_loader lacks UPDATE"]),
        ("GRANT SELECT (raw) ON ops.quarantine TO enverus_reader", ["ops.quarantine: enverus_reader has SELECT (raw)"]),
        ("GRANT SELECT ON ops.api_tokens TO enverus_reader", ["ops.api_tokens: enverus_reader has SELECT"]),
        ("GRANT SELECT ON staging.wells TO enverus_reader", ["staging.wells: enverus_reader has SELECT"]),
        ("REVOKE SELECT ON marts.wells_layer FROM enverus_reader", ["marts.wells_layer: enverus_reader lacks SELECT"]),
        ("GRANT DELETE ON ops.activity TO enverus_loader", ["ops.activity: enverus_loader has DELETE"]),
        ("REVOKE SELECT ON ops.v_lineage FROM enverus_reader", ["ops.v_lineage: enverus_reader lacks SELECT"]),
        ("GRANT UPDATE ON core.ref_states TO PUBLIC", ["core.ref_states: PUBLIC has UPDATE"]),
        ("GRANT USAGE ON core.wells_objectid_seq TO PUBLIC", ["core.wells_objectid_seq: PUBLIC has USAGE"]),
    ],
    "find_odd_schema_grants": [
        ("GRANT CREATE ON SCHEMA core TO enverus_loader", ["schema core: enverus_loader has CREATE"]),
        ("GRANT USAGE ON SCHEMA staging TO enverus_reader", ["schema staging: enverus_reader has USAGE"]),
        ("REVOKE USAGE ON SCHEMA marts FROM enverus_reader", ["schema marts: enverus_reader lacks USAGE"]),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", ["schema public: PUBLIC has CREATE"]),
        (
            "GRANT CONNECT ON DATABASE warehouse TO PUBLIC",
            ["the database: PUBLIC has CONNECT"],
        ),
        (
            "REVOKE TEMPORARY ON DATABASE warehouse FROM enverus_marts",
            ["the database: enverus_marts lacks TEMPORARY"],
        ),
    ],
    "find_odd_function_grants": [
        (
            "GRANT EXECUTE ON FUNCTION ops.is_castable TO PUBLIC",
            ["ops.is_castable: PUBLIC has EXECUTE"],
        ),
        (
            "REVOKE EXECUTE ON FUNCTION ops.is_castable FROM enverus_loader",
            ["ops.is_castable: enverus_loader lacks EXECUTE"],
        ),
    ],
    "find_odd_default_privileges": [
        (
            """
            ALTER DEFAULT PRIVILEGES FOR ROLE enverus_marts IN SCHEMA marts
            REVOKE SELECT ON TABLES FROM enverus_reader
            """,
            ["enverus_marts: default privileges on tables in marts do not give SELECT to enverus_reader"],
        ),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE enverus_owner IN SCHEMA core GRANT SELECT ON TABLES TO enverus_reader",
            ["enverus_owner: default privileges on tables in core give SELECT to enverus_reader"],
        ),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE enverus_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
            ["enverus_owner: default privileges give EXECUTE on functions to PUBLIC"],
        ),
    ],
    "find_odd_owners": [
        (
            "ALTER MATERIALIZED VIEW marts.wells_per_lease OWNER TO enverus_owner",
            ["marts.wells_per_lease: belongs to enverus_owner, and should to enverus_marts"],
        ),
        (
            "ALTER TABLE core.wells OWNER TO enverus_loader",
            [
                "core.wells: belongs to enverus_loader, and should to enverus_owner",
                "core.wells_objectid_seq: belongs to enverus_loader, and should to enverus_owner",
            ],
        ),
        (
            "ALTER FUNCTION ops.is_castable OWNER TO postgres",
            ["ops.is_castable: belongs to postgres, and should to enverus_owner"],
        ),
    ],
    "find_missing_standard_columns": [
        ("ALTER TABLE core.wells DROP COLUMN row_hash CASCADE", ["core.wells.row_hash: the column is missing"]),
        (
            """
            DROP VIEW marts.facility_sites_public;
            ALTER TABLE core.facility_sites ALTER COLUMN objectid TYPE bigint
            """,
            ["core.facility_sites.objectid: is bigint, and should be integer"],
        ),
        ("ALTER TABLE core.wells ALTER COLUMN load_batch_id DROP NOT NULL", ["core.wells.load_batch_id: may be empty"]),
        (
            "ALTER TABLE core.production ALTER COLUMN created_at DROP DEFAULT",
            ["core.production.created_at: is not filled by now()"],
        ),
        (
            "ALTER TABLE core.wells ALTER COLUMN objectid DROP IDENTITY",
            ["core.wells.objectid: is not filled by identity"],
        ),
        (
            "DROP TRIGGER landtrac_leases_updated_at ON core.landtrac_leases",
            ["core.landtrac_leases: no trigger keeps updated_at when somebody changes a row by hand"],
        ),
    ],
    "find_missing_comments": [
        ("COMMENT ON TABLE core.wells IS NULL", ["core.wells: no comment"]),
        ("COMMENT ON COLUMN core.wells.md_ft IS NULL", ["core.wells.md_ft: no comment"]),
        ("COMMENT ON COLUMN ops.run_log.absent IS NULL", ["ops.run_log.absent: no comment"]),
        ("COMMENT ON COLUMN staging.wells.md_ft IS NULL", ["staging.wells.md_ft: no comment"]),
        ("COMMENT ON SCHEMA marts IS NULL", ["schema marts: no comment"]),
        ("COMMENT ON COLUMN marts.wells_layer.geom_point IS NULL", ["marts.wells_layer.geom_point: no comment"]),
        ("COMMENT ON FUNCTION ops.is_castable IS NULL", ["ops.is_castable: no comment"]),
    ],
    "find_odd_tables": [
        ("ALTER TABLE core.wells DROP COLUMN biocide_lbs", ["core.wells.biocide_lbs: the column is missing"]),
        (
            "ALTER TABLE core.wells ALTER COLUMN biocide_lbs TYPE integer",
            ["core.wells.biocide_lbs: is integer, in the catalog real"],
        ),
        (
            "ALTER TABLE core.wells ALTER COLUMN updated_date DROP NOT NULL",
            ["core.wells.updated_date: may be empty, in the catalog it is otherwise"],
        ),
        ("ALTER TABLE core.wells ADD COLUMN mine integer", ["core.wells.mine: the catalog has no such column"]),
        (
            "ALTER TABLE staging.wells_raw ADD COLUMN mine integer",
            ["staging.wells_raw.mine: the catalog has no such column"],
        ),
        (
            "DROP VIEW staging.wells",
            ["staging.wells: the dataset wells has no such table; run 'enverus migrate'"],
        ),
    ],
    "find_unfit_layers": [
        (
            "CREATE VIEW marts.bad AS SELECT objectid::bigint AS objectid, geom_point, geom_line FROM core.wells",
            ["marts.bad: 2 geometries, and a layer has one", "marts.bad: no objectid of type integer"],
        ),
        (
            """
            CREATE VIEW marts.bad AS SELECT
                objectid, geom_point, well_name AS "WellName", well_name::text AS name, id, updated_at, 1 > 0 AS yes,
                '{}'::jsonb AS more, ARRAY[1] AS many, 1.5 AS ratio, well_name::varchar AS title
            FROM core.well_headers
            """,
            [
                "marts.bad.WellName: a name is of lower-case letters, digits and _",
                f"marts.bad.id: ArcGIS does not show uuid{CAST}",
                f"marts.bad.many: ArcGIS does not show integer[]{CAST}",
                f"marts.bad.more: ArcGIS does not show jsonb{CAST}",
                "marts.bad.name: text has no length; cast it to varchar(n)",
                "marts.bad.ratio: numeric has no precision; cast it to double precision",
                "marts.bad.title: character varying has no length; cast it to varchar(n)",
                f"marts.bad.updated_at: ArcGIS does not show timestamp with time zone{CAST}",
                f"marts.bad.yes: ArcGIS does not show boolean{CAST}",
            ],
        ),
    ],
    "find_stale_schemas": [
        ("CREATE SCHEMA proc_1_2", ["schema proc_1_2: there is no delivery 1; drop it"]),
        (DELIVERY % "'running'", ["schema proc_7_1: delivery 7 is at attempt 2; drop it"]),
        (
            DELIVERY % "'failed'",
            ["schema proc_7_1: delivery 7 is failed; drop it", "schema proc_7_2: delivery 7 is failed; drop it"],
        ),
        ("CREATE SCHEMA proc_of_somebody", []),
    ],
    "find_undeclared": [
        ("CREATE TABLE core.mine (id integer)", ["core.mine: nothing declares it"]),
        ("CREATE SEQUENCE marts.mine", ["marts.mine: nothing declares it"]),
        (
            "CREATE FUNCTION marts.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            ["marts.mine(): nothing declares it"],
        ),
        ("DROP VIEW marts.wells_layer", ["marts.wells_layer: is not there; run 'enverus migrate'"]),
        (
            "DROP TABLE core.ref_facility_types CASCADE",
            [
                "core.ref_facility_types: is not there; run 'enverus migrate'",
                "marts.facility_sites_public: is not there; run 'enverus migrate'",
            ],
        ),
        (
            "UPDATE ops.marts SET definition_sha256 = 'other' WHERE mart = 'wells_layer'",
            ["marts.wells_layer: is not what its file says; run 'enverus migrate'"],
        ),
    ],
    "find_odd_inputs": [
        (
            """
            DROP VIEW marts.laterals_layer;
            CREATE VIEW marts.laterals_layer AS SELECT w.objectid, w.geom_line FROM core.wells AS w, core.production
            """,
            ["marts.laterals_layer: reads core.production, which its file does not name"],
        ),
        (
            "DROP VIEW marts.laterals_layer; CREATE VIEW marts.laterals_layer AS SELECT 1 AS objectid",
            ["marts.laterals_layer: does not read core.wells, which its file names"],
        ),
    ],
    "find_invalid": [
        (
            "ALTER TABLE core.wells ADD CONSTRAINT deep CHECK (md_ft < 1) NOT VALID",
            ["core.wells: the constraint deep is not validated"],
        ),
        (
            "ALTER TABLE core.wells DISABLE TRIGGER wells_updated_at",
            ["core.wells: the trigger wells_updated_at is switched off"],
        ),
        (
            "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'core.wells_well_id'::regclass",
            ["core.wells: the index wells_well_id is not valid; drop it or reindex it"],
        ),
    ],
}
