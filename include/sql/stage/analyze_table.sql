-- Statistics of geometries take longer than all others, and no statement asks for them.
ANALYZE staging.{{ table | ident }} (row_no, {{ dataset.by_name | idents }})
