SELECT ops.analyze_once(t.core_table) FROM unnest(%(tables)s::text[]) AS t (core_table)
