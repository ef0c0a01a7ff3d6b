"""Registers the pages with Airflow; what serves them is imported by the API server alone."""

from typing import Any

from airflow.plugins_manager import AirflowPlugin


class WarehousePlugin(AirflowPlugin):
    """Mounts ``/warehouse`` behind Airflow's own login."""

    name = "warehouse"

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]  # lazily, on purpose
        """The application; asked for by the API server only, so other components never import it."""
        from warehouse_ui.pages import app  # noqa: PLC0415

        return [{"app": app, "url_prefix": "/warehouse", "name": "Warehouse"}]
