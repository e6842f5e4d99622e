-- Onboardings started in each month, by route.
WITH left_out AS (
  SELECT customer_id FROM read_parquet('{folder}/customers.parquet')
  WHERE regexp_matches(lower(tags), '(^|[;；、,])\s*(test|internal)\s*([;；、,]|$)')
)
SELECT date_trunc('month', started_on) AS month, count(*) FILTER (WHERE route = 'high_touch') AS high_touch,
  count(*) FILTER (WHERE route = 'hybrid') AS hybrid, count(*) FILTER (WHERE route = 'self') AS self
FROM read_parquet('{folder}/onboardings.parquet')
WHERE started_on <= DATE '2023-06-30' AND (customer_id IS NULL OR customer_id NOT IN (FROM left_out))
GROUP BY month
ORDER BY month
