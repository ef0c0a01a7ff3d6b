-- The months of the batch that core has no partition for yet.
SELECT ops.make_month_partitions({{ dataset.table | literal }}, array_agg(DISTINCT {{ column | ident }}::date)) AS made
FROM staging.{{ partition | ident }}
