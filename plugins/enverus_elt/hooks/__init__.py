"""Connections: what the Airflow connections lead to: warehouse, object stores and Enverus."""
