"""Customer-success analytics: notebooks, the figures behind them, and the reports they make.

Begin with a run, and ask an analysis for its study; each result shows itself as the last line of a cell, part by part::

    from cskit import health
    from cskit.run import start

    run = start("2023Q2")
    health.study(run)

- ``cskit.onboarding``, ``health``, ``nps``, ``workload``, ``support``, ``growth``, ``plays``, ``review``: the analyses.
  Each has ``study(run)``, ``words`` (sentences and tables), ``charts``, ``behind`` (the rows), five ``explore``.
- ``run.data.table("customers")``: a table as known on the day of the run, an Ibis table; ``cskit.facts``: what all
  analyses share, such as the ARR of each customer.
- ``cskit.stats``: the methods alone, on arrays: NPS with intervals, survival, logistic regression and others.
"""
