-- Per geometry and fate: rows, those with a place, and what became of the places of updated rows.
SELECT
    shape,
    fate,
    count(*) AS rows,
    count(coalesce(new_place, CASE WHEN fate = 'deleted' THEN old_place END)) AS placed,
    count(*) FILTER (WHERE moved > 0) AS moved,
    count(*) FILTER (WHERE moved = 0) AS reshaped,
    count(*) FILTER (WHERE fate = 'updated' AND old_place IS NULL AND new_place IS NOT NULL) AS appeared,
    count(*) FILTER (WHERE fate = 'updated' AND old_place IS NOT NULL AND new_place IS NULL) AS vanished,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY moved) FILTER (WHERE moved > 0) AS median,
    max(moved) AS farthest
FROM feature
GROUP BY shape, fate
