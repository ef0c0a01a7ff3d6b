-- May every role do with tables, views and columns what the migrations grant it, and nothing else?
WITH relation AS (
    SELECT
        c.oid,
        n.nspname AS schema,
        c.relname AS name,
        c.relowner,
        c.relacl
    FROM pg_class AS c
    INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
    WHERE n.nspname IN ('core', 'staging', 'ops', 'marts') AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
),

reading (grantee) AS (
    VALUES ('enverus_reader'), ('enverus_transformer'), ('enverus_marts')
),

of_ops (name, grantee, privileges, columns) AS (
    VALUES
    ('load_batches', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('run_log', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('extract_watermarks', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('quarantine', 'enverus_loader', 'SELECT INSERT UPDATE DELETE', NULL),
    ('marts', 'enverus_loader', 'SELECT', NULL),
    ('mart_refreshes', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('schema_drift', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('api_tokens', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('datasets', 'enverus_loader', 'SELECT', NULL),
    ('deferred_indexes', 'enverus_loader', 'SELECT', NULL),
    ('migration_checksums', 'enverus_loader', 'SELECT', NULL),
    ('signoff_requests', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('qa_signoffs', 'enverus_loader', 'SELECT INSERT', NULL),
    ('v_signed_batches', 'enverus_loader', 'SELECT', NULL),
    ('deliveries', 'enverus_loader', 'SELECT INSERT UPDATE', NULL),
    ('lake_versions', 'enverus_loader', 'SELECT INSERT UPDATE DELETE', NULL),
    ('lake_assets', 'enverus_loader', 'SELECT INSERT UPDATE DELETE', NULL),
    ('lake_lineage', 'enverus_loader', 'SELECT INSERT UPDATE DELETE', NULL),
    ('activity', 'enverus_loader', 'SELECT INSERT', NULL),
    ('v_lineage', 'enverus_loader', 'SELECT', NULL),
    ('load_batches', 'enverus_reader', 'SELECT', NULL),
    ('run_log', 'enverus_reader', 'SELECT', NULL),
    ('extract_watermarks', 'enverus_reader', 'SELECT', NULL),
    ('marts', 'enverus_reader', 'SELECT', NULL),
    ('mart_refreshes', 'enverus_reader', 'SELECT', NULL),
    ('schema_drift', 'enverus_reader', 'SELECT', NULL),
    ('datasets', 'enverus_reader', 'SELECT', NULL),
    ('deferred_indexes', 'enverus_reader', 'SELECT', NULL),
    ('migration_checksums', 'enverus_reader', 'SELECT', NULL),
    ('signoff_requests', 'enverus_reader', 'SELECT', NULL),
    ('qa_signoffs', 'enverus_reader', 'SELECT', NULL),
    ('v_signed_batches', 'enverus_reader', 'SELECT', NULL),
    ('deliveries', 'enverus_reader', 'SELECT', NULL),
    ('lake_versions', 'enverus_reader', 'SELECT', NULL),
    ('lake_assets', 'enverus_reader', 'SELECT', NULL),
    ('lake_lineage', 'enverus_reader', 'SELECT', NULL),
    ('activity', 'enverus_reader', 'SELECT', NULL),
    ('v_lineage', 'enverus_reader', 'SELECT', NULL),
    (
        'quarantine', 'enverus_reader', 'SELECT',
        'quarantine_id batch_id dataset row_no object_key line_no column_name reason created_at version holds'
        || ' released_at released_by released_reason'
    )
),

declared AS (
    SELECT
        'core' AS schema,
        d.name,
        g.grantee,
        'SELECT' AS privilege,
        c.column_name
    FROM jsonb_to_recordset(%(datasets)s::jsonb) AS d (name text, readable text[], hides boolean)
    CROSS JOIN reading AS g
    CROSS JOIN LATERAL unnest(CASE WHEN d.hides THEN d.readable ELSE ARRAY[NULL::text] END) AS c (column_name)
    UNION ALL
    SELECT
        'core' AS schema,
        s.name,
        'enverus_loader' AS grantee,
        p.privilege,
        NULL AS column_name
    FROM jsonb_to_recordset(%(standard)s::jsonb) AS s (name text)
    CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE')) AS p (privilege)
    UNION ALL
    SELECT
        'core' AS schema,
        f.name,
        g.grantee,
        'SELECT' AS privilege,
        NULL AS column_name
    FROM jsonb_to_recordset(%(file_fed)s::jsonb) AS f (name text)
    CROSS JOIN reading AS g
    UNION ALL
    SELECT
        'core' AS schema,
        r.name,
        g.grantee,
        'SELECT' AS privilege,
        NULL AS column_name
    FROM jsonb_array_elements_text(%(references)s::jsonb) AS r (name)
    CROSS JOIN
        (VALUES ('enverus_loader'), ('enverus_reader'), ('enverus_transformer'), ('enverus_marts')) AS g (grantee)
    UNION ALL
    SELECT
        'marts' AS schema,
        m.name,
        g.grantee,
        'SELECT' AS privilege,
        NULL AS column_name
    FROM relation AS m
    CROSS JOIN (VALUES ('enverus_reader'), ('enverus_transformer'), ('enverus_loader')) AS g (grantee)
    WHERE m.schema = 'marts'
    UNION ALL
    SELECT
        'ops' AS schema,
        o.name,
        o.grantee,
        p.privilege,
        c.column_name
    FROM of_ops AS o
    CROSS JOIN LATERAL regexp_split_to_table(o.privileges, ' ') AS p (privilege)
    CROSS JOIN LATERAL unnest(string_to_array(coalesce(o.columns, ''), ' ') || ARRAY[NULL::text]) AS c (column_name)
    WHERE (o.columns IS NULL) = (c.column_name IS NULL)
),

found AS (
    SELECT
        r.schema,
        r.name,
        coalesce(g.rolname, 'PUBLIC') AS grantee,
        a.privilege_type AS privilege,
        NULL AS column_name
    FROM relation AS r
    CROSS JOIN LATERAL aclexplode(r.relacl) AS a -- without an entry a table is its owner's alone
    LEFT JOIN pg_roles AS g ON a.grantee = g.oid
    WHERE a.grantee <> r.relowner
    UNION ALL
    SELECT
        r.schema,
        r.name,
        coalesce(g.rolname, 'PUBLIC') AS grantee,
        a.privilege_type AS privilege,
        t.attname AS column_name
    FROM relation AS r
    INNER JOIN pg_attribute AS t ON r.oid = t.attrelid AND NOT t.attisdropped
    CROSS JOIN LATERAL aclexplode(t.attacl) AS a
    LEFT JOIN pg_roles AS g ON a.grantee = g.oid
    WHERE a.grantee <> r.relowner
),

odd AS (
    SELECT
        'has' AS verb,
        surplus.*
    FROM (
        SELECT * FROM found
        EXCEPT
        SELECT * FROM declared
    ) AS surplus
    UNION ALL
    SELECT
        'lacks' AS verb,
        missing.*
    FROM (
        SELECT * FROM declared
        EXCEPT
        SELECT * FROM found
    ) AS missing
)

SELECT
    o.schema || '.' || o.name || ': ' || o.grantee || ' ' || o.verb || ' ' || o.privilege
    || coalesce(' (' || string_agg(o.column_name, ', ' ORDER BY o.column_name) || ')', '') AS finding
FROM odd AS o
WHERE to_regclass(quote_ident(o.schema) || '.' || quote_ident(o.name)) IS NOT NULL
GROUP BY o.schema, o.name, o.grantee, o.verb, o.privilege, o.column_name IS NULL
ORDER BY finding
