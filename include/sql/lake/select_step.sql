SELECT count(*) > 0 AS found
FROM ops.v_lineage AS l
WHERE l.name = %(name)s OR l.parent = %(name)s
