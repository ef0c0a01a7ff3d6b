"""The warehouse's pages inside Airflow's UI."""
