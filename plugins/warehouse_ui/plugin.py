"""Registers the pages with Airflow; what serves them is imported by the API server alone."""

from typing import Any

from airflow.plugins_manager import AirflowPlugin


class WarehousePlugin(AirflowPlugin):
    """Mounts ``/warehouse`` behind Airflow's own login, in the navigation and as a tab of DAGs, runs and tasks."""

    name = "warehouse"
    external_views: list[Any] = [  # noqa: RUF012 - as Airflow declares it
        {
            "name": "Warehouse",
            "href": "/warehouse/",
            "destination": "nav",
            "category": "browse",
            "url_route": "warehouse",
        },
        {
            "name": "Warehouse",
            "href": "/warehouse/dags/{DAG_ID}",
            "destination": "dag",
            "url_route": "warehouse-dataset",
        },
        *(
            {
                "name": "Warehouse",
                "href": "/warehouse/dags/{DAG_ID}/runs/{RUN_ID}",
                "destination": destination,
                "url_route": f"warehouse-batch-of-{destination.replace('_', '-')}",
            }
            for destination in ("dag_run", "task_instance")
        ),
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]  # lazily, on purpose
        """The application; asked for by the API server only, so other components never import it."""
        from warehouse_ui.app import app  # noqa: PLC0415

        return [{"app": app, "url_prefix": "/warehouse", "name": "Warehouse"}]
