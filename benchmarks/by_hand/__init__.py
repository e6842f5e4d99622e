"""The same figures as one would write them for these files alone: in SQL for DuckDB, and in pandas."""
