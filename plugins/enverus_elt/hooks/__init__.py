"""Connections: what the Airflow connections ``warehouse``, ``object_store`` and ``enverus`` lead to."""
