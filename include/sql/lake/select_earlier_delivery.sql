SELECT min(e.delivery_id) AS delivery_id
FROM ops.deliveries AS d
INNER JOIN ops.deliveries AS e ON d.dataset = e.dataset AND d.delivery_id > e.delivery_id
WHERE d.delivery_id = %(delivery_id)s AND e.state IN ('registered', 'running')
