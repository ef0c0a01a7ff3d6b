INSERT INTO ops.datasets (dataset, dag_id, core_table, title, owner, sla_hours, signoff_policy)
VALUES (
    %(dataset)s, %(dag_id)s, %(core_table)s, %(title)s, %(owner)s, %(sla_hours)s, %(signoff_policy)s
)
ON CONFLICT (dataset) DO UPDATE
    SET
        dag_id = excluded.dag_id,
        core_table = excluded.core_table,
        title = excluded.title,
        owner = excluded.owner,
        sla_hours = excluded.sla_hours,
        signoff_policy = excluded.signoff_policy,
        registered_at = now()
