"""The steps as Airflow tasks: TaskFlow functions and PostGIS operators over the same plain functions."""
