-- Hours of April to June 2023: what was booked; and where a person booked nothing in a month, contacts with standard
-- minutes for what was not noted. First the work itself, then what is asked of it, a statement each.
CREATE OR REPLACE TEMPORARY TABLE work AS
WITH left_out AS (
  SELECT customer_id FROM read_parquet('{folder}/customers.parquet')
  WHERE regexp_matches(lower(tags), '(^|[;；、,])\s*(test|internal)\s*([;；、,]|$)')
),
logs AS (
  SELECT csm_id, "on", customer_id, coalesce(task, '') AS task, minutes
  FROM read_parquet('{folder}/time_logs.parquet')
  WHERE "on" BETWEEN DATE '2023-04-01' AND DATE '2023-06-30'
    AND (customer_id IS NULL OR customer_id NOT IN (FROM left_out))
),
booked AS (SELECT DISTINCT csm_id, date_trunc('month', "on") AS month FROM logs),
standard (kind, minutes, prep, followup) AS (
  VALUES ('regular', 45, 40, 40), ('review', 90, 60, 60), ('onboarding', 60, 30, 30), ('project', 60, 30, 60),
    ('check_in', 15, 5, 5)
),
contacts AS (
  SELECT coalesce(csm_id, '') AS csm_id, "on", customer_id, coalesce(touch.kind, '') AS task,
    coalesce(touch.minutes, own.minutes, 15) + 20 * coalesce(reschedules, 0) + coalesce(prep_minutes, own.prep, 5)
      + coalesce(followup_minutes, own.followup, 5) + coalesce(travel_minutes, 0) AS minutes
  FROM read_parquet('{folder}/touchpoints.parquet') AS touch LEFT JOIN standard AS own ON touch.kind = own.kind
  WHERE "on" BETWEEN DATE '2023-04-01' AND DATE '2023-06-30' AND NOT coalesce(mass, false)
    AND (customer_id IS NULL OR customer_id NOT IN (FROM left_out))
    AND (coalesce(csm_id, ''), date_trunc('month', "on")) NOT IN (
      FROM booked UNION SELECT '', month FROM booked
    )
),
work AS (
  SELECT csm_id, "on", customer_id, task, minutes, 'booked' AS source FROM logs
  UNION ALL
  SELECT csm_id, "on", customer_id, task, minutes, 'estimated' FROM contacts
),
customers AS (
  SELECT customer_id, name, went_live_on,
    coalesce(churns.effective_on, CASE WHEN churned_on <= DATE '2023-06-30' THEN churned_on END) AS left_on
  FROM read_parquet('{folder}/customers.parquet') LEFT JOIN (
    SELECT customer_id, effective_on FROM read_parquet('{folder}/churns.parquet')
    WHERE coalesce(notified_on <= DATE '2023-06-30', true) AND effective_on <= DATE '2023-06-30'
  ) AS churns USING (customer_id)
  WHERE coalesce(contracted_on <= DATE '2023-06-30', true)
)
SELECT csm_id, customer_id, name, task, source, minutes,
  CASE WHEN work.customer_id IS NULL THEN 'indirect' WHEN "on" > left_on THEN 'ended'
    WHEN customers.customer_id IS NULL THEN 'unknown'
    WHEN went_live_on IS NULL OR went_live_on > DATE '2023-06-30' OR "on" < went_live_on THEN 'onboarding'
    ELSE 'live' END AS phase
FROM work LEFT JOIN customers USING (customer_id);

SELECT csm_id, task, phase, source, sum(minutes) / 60 AS hours FROM work GROUP BY ALL ORDER BY ALL;

SELECT customer_id, name, sum(minutes) / 60 AS hours FROM work WHERE customer_id IS NOT NULL
GROUP BY ALL
ORDER BY hours DESC, customer_id
