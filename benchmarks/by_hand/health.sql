-- The grade of every customer on 30 June 2023, as one would write it for these files and these rules alone.
-- Every file holds only what was known on that day: rows and events dated later are left out in each part.
WITH day AS (SELECT DATE '2023-06-30' AS today),
customers AS (
  SELECT customer_id, contracted_on, seats, coalesce(usage_rhythm, 'weekly') AS rhythm
  FROM read_parquet('{folder}/customers.parquet'), day
  WHERE coalesce(contracted_on <= today, true)
    AND NOT coalesce(regexp_matches(lower(tags), '(^|[;；、,])\s*(test|internal)\s*([;；、,]|$)'), false)
    AND NOT coalesce(churned_on <= today, false)
    AND customer_id NOT IN (
      SELECT customer_id FROM read_parquet('{folder}/churns.parquet')
      WHERE coalesce(notified_on <= today, true) AND effective_on <= today
    )
),
seats AS (
  SELECT customer_id, arg_max(seats, from_on) AS seats
  FROM read_parquet('{folder}/customer_history.parquet'), day
  WHERE from_on <= today AND seats IS NOT NULL
  GROUP BY customer_id
),
who AS (
  SELECT customer_id, contracted_on, nullif(coalesce(seats.seats, customers.seats), 0) AS seats, rhythm,
    CASE rhythm WHEN 'daily' THEN 1.0 WHEN 'weekly' THEN 1.5 ELSE 3.0 END::DOUBLE AS factor
  FROM customers LEFT JOIN seats USING (customer_id)
),
steps AS (
  SELECT onboarding_id, count(*) FILTER (WHERE done_on <= today) AS finished, count(*) AS listed
  FROM read_parquet('{folder}/onboarding_steps.parquet'), day
  WHERE coalesce(started_on <= today, true)
  GROUP BY onboarding_id
),
onboardings AS (
  SELECT customer_id, onboarding_id, started_on, coalesce(flow_version, '') AS flow,
    coalesce(completed_on <= today, false) AS completed, finished, listed
  FROM read_parquet('{folder}/onboardings.parquet') LEFT JOIN steps USING (onboarding_id), day
  WHERE started_on <= today
),
usual AS (SELECT flow, median(listed) AS usual FROM onboardings WHERE completed GROUP BY flow),
newest AS (SELECT customer_id, arg_max(onboarding_id, started_on) AS onboarding_id FROM onboardings GROUP BY customer_id),
setup AS (
  SELECT customer_id,
    CASE WHEN completed THEN 1 ELSE finished / greatest(listed::DOUBLE, coalesce(usual, 0)) END AS setup_done
  FROM onboardings JOIN newest USING (customer_id, onboarding_id) LEFT JOIN usual USING (flow)
),
used AS (
  SELECT customer_id, max(active_users) FILTER (WHERE feature IS NULL) AS most,
    sum(events) FILTER (WHERE feature IS NULL) AS events, count(DISTINCT feature) FILTER (WHERE events > 0) AS features
  FROM read_parquet('{folder}/usage.parquet') JOIN who USING (customer_id), day
  WHERE "on" > DATE '2023-04-07' AND "on" <= today AND "on" > today - CAST(28 * factor AS INTEGER)
  GROUP BY customer_id
),
begun AS (
  SELECT customer_id, count(*) FILTER (WHERE feature IS NULL) > 0 AS totals,
    count(feature) > 0 AS parts
  FROM read_parquet('{folder}/usage.parquet'), day
  WHERE "on" <= today
  GROUP BY customer_id
),
contact AS (
  SELECT customer_id, max("on") AS last
  FROM read_parquet('{folder}/touchpoints.parquet'), day
  WHERE "on" <= today AND NOT coalesce(mass, false)
  GROUP BY customer_id
),
relationship AS (
  SELECT customer_id, avg(value) AS relationship
  FROM (
    SELECT customer_id, item, arg_max(value, "on") AS value
    FROM read_parquet('{folder}/assessments.parquet'), day
    WHERE item IN ('accepts_meetings', 'grants_favours') AND "on" > today - 365 AND "on" <= today
    GROUP BY customer_id, item
  )
  GROUP BY customer_id
),
goals AS (
  SELECT customer_id,
    avg((coalesce(achieved_on <= today, false) OR due_on IS NULL OR due_on >= today)::INTEGER) AS goals_on_way
  FROM read_parquet('{folder}/goals.parquet'), day
  WHERE coalesce(agreed_on <= today, true)
  GROUP BY customer_id
),
nps AS (
  SELECT customer_id, arg_max(mean, last) AS account_nps
  FROM (
    SELECT customer_id, wave, avg(score) AS mean, max(coalesce(answers."on", waves.closed_on)) AS last
    FROM read_parquet('{folder}/nps_responses.parquet') AS answers
      LEFT JOIN read_parquet('{folder}/nps_waves.parquet') AS waves USING (wave), day
    WHERE score IS NOT NULL AND coalesce(answers."on" <= today, true)
      AND coalesce(answers."on", waves.closed_on) > today - 365
    GROUP BY customer_id, wave
  )
  GROUP BY customer_id
),
contacts AS (
  SELECT customer_id,
    bool_or(coalesce(role IN ('admin', 'decision_maker') AND to_on > today - 92 AND to_on <= today, false))::INTEGER
      AS contact_changed
  FROM read_parquet('{folder}/contacts.parquet'), day
  WHERE coalesce(from_on <= today, true)
  GROUP BY customer_id
),
tickets AS (
  SELECT customer_id, count(*) AS open
  FROM read_parquet('{folder}/tickets.parquet'), day
  WHERE CAST(opened_at AS DATE) <= today AND severity IN ('high', 'critical')
    AND (NOT coalesce(CAST(resolved_at AS DATE) <= today, false)
      OR coalesce(reopened_at >= resolved_at AND CAST(reopened_at AS DATE) <= today, false))
  GROUP BY customer_id
),
terms AS (
  SELECT customer_id,
    sum(mrr) FILTER (WHERE coalesce(ends_on >= today, true)) AS now,
    sum(mrr) FILTER (WHERE starts_on <= DATE '2022-06-30' AND coalesce(ends_on >= DATE '2022-06-30', true)) AS before
  FROM read_parquet('{folder}/contracts.parquet'), day
  WHERE coalesce(kind, 'paid') = 'paid' AND starts_on <= today
  GROUP BY customer_id
),
items AS (
  SELECT who.customer_id, setup_done,
    CASE WHEN begun.totals THEN coalesce(most, 0) END / who.seats AS licence_use,
    (today - coalesce(contact.last, contracted_on)) / factor AS days_since_contact,
    relationship,
    CASE WHEN begun.parts THEN coalesce(features, 0) END AS feature_breadth,
    CASE WHEN begun.totals THEN coalesce(used.events, 0) END / who.seats / factor AS usage_depth,
    goals_on_way, account_nps, contact_changed, coalesce(open, 0) AS open_severe_tickets,
    CASE WHEN before > 0 THEN coalesce(now, 0) / before END AS arr_change,
    customer_id IN (
      SELECT customer_id FROM read_parquet('{folder}/churns.parquet') WHERE coalesce(notified_on <= today, true)
    ) AS notice_given
  FROM who LEFT JOIN setup USING (customer_id) LEFT JOIN used USING (customer_id) LEFT JOIN begun USING (customer_id)
    LEFT JOIN contact USING (customer_id) LEFT JOIN relationship USING (customer_id)
    LEFT JOIN goals USING (customer_id) LEFT JOIN nps USING (customer_id) LEFT JOIN contacts USING (customer_id)
    LEFT JOIN tickets USING (customer_id) LEFT JOIN terms USING (customer_id), day
),
points AS (
  SELECT customer_id, days_since_contact, notice_given,
    [0.1, 0.1, 0.18, 0.12, 0.125, 0.125, 0.12, 0.08, 0.02, 0.02, 0.01] AS weights,
    [
      CASE WHEN setup_done >= 1 - 1e-9 THEN 100 WHEN setup_done >= 0.8 - 1e-9 THEN 75
        WHEN setup_done >= 0.4 - 1e-9 THEN 40 WHEN setup_done IS NOT NULL THEN 10 END,
      CASE WHEN licence_use >= 0.7 - 1e-9 THEN 100 WHEN licence_use >= 0.5 - 1e-9 THEN 75
        WHEN licence_use >= 0.3 - 1e-9 THEN 50 WHEN licence_use >= 0.1 - 1e-9 THEN 25
        WHEN licence_use IS NOT NULL THEN 0 END,
      CASE WHEN days_since_contact >= 183 - 1e-9 THEN 0 WHEN days_since_contact >= 92 - 1e-9 THEN 35
        WHEN days_since_contact >= 61 - 1e-9 THEN 60 WHEN days_since_contact >= 31 - 1e-9 THEN 80
        WHEN days_since_contact IS NOT NULL THEN 100 END,
      CASE WHEN relationship >= 4.5 - 1e-9 THEN 100 WHEN relationship >= 4 - 1e-9 THEN 90
        WHEN relationship >= 3 - 1e-9 THEN 60 WHEN relationship >= 2 - 1e-9 THEN 30
        WHEN relationship IS NOT NULL THEN 0 END,
      CASE WHEN feature_breadth >= 4 THEN 100 WHEN feature_breadth >= 3 THEN 80 WHEN feature_breadth >= 2 THEN 60
        WHEN feature_breadth >= 1 THEN 40 WHEN feature_breadth IS NOT NULL THEN 0 END,
      CASE WHEN usage_depth >= 16 - 1e-9 THEN 100 WHEN usage_depth >= 8 - 1e-9 THEN 80
        WHEN usage_depth >= 4 - 1e-9 THEN 60 WHEN usage_depth >= 1 - 1e-9 THEN 30
        WHEN usage_depth IS NOT NULL THEN 0 END,
      CASE WHEN goals_on_way >= 1 - 1e-9 THEN 100 WHEN goals_on_way >= 0.67 - 1e-9 THEN 75
        WHEN goals_on_way >= 0.34 - 1e-9 THEN 45 WHEN goals_on_way IS NOT NULL THEN 10 END,
      CASE WHEN account_nps >= 9 - 1e-9 THEN 100 WHEN account_nps >= 7 - 1e-9 THEN 65
        WHEN account_nps >= 5 - 1e-9 THEN 35 WHEN account_nps IS NOT NULL THEN 0 END,
      CASE contact_changed WHEN 1 THEN 30 WHEN 0 THEN 100 END,
      CASE WHEN open_severe_tickets >= 2 THEN 0 WHEN open_severe_tickets >= 1 THEN 40 ELSE 100 END,
      CASE WHEN arr_change >= 1 - 1e-9 THEN 100 WHEN arr_change >= 0.8 - 1e-9 THEN 50
        WHEN arr_change IS NOT NULL THEN 0 END
    ]::DOUBLE[] AS given
  FROM items
),
sums AS (
  SELECT customer_id,
    list_dot_product(list_transform(given, lambda x: (x IS NOT NULL)::INTEGER::DOUBLE), weights::DOUBLE[]) AS coverage,
    list_dot_product(list_transform(given, lambda x: coalesce(x, 0)), weights::DOUBLE[]) AS low,
    least(
      100,
      CASE WHEN notice_given THEN 34.9 ELSE 100 END,
      CASE WHEN days_since_contact >= 183 - 1e-9 THEN 54.9 ELSE 100 END
    ) AS top
  FROM points
),
scores AS (
  SELECT customer_id, coverage, least(top, low / nullif(coverage, 0)) AS score, least(top, low) AS low,
    least(top, low + 100 * (1 - coverage)) AS high
  FROM sums
)
SELECT customer_id, score, low, high, coverage,
  CASE WHEN score >= 75 - 1e-9 THEN 'good' WHEN score >= 55 - 1e-9 THEN 'sound' WHEN score >= 35 - 1e-9 THEN 'caution'
    WHEN score IS NOT NULL THEN 'action' END AS grade
FROM scores
ORDER BY customer_id
