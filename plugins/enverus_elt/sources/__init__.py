"""Rows out of a source: no Airflow, no warehouse."""
