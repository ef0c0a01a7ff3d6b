"""The end of `make demo SIGNOFF=1`: one batch waits for a person, whose signature completes the load."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from rich.console import Console

from sandbox import warehouse
from sandbox.airflow_client import FINISHED, AirflowClient
from sandbox.airflow_settings import ui_url
from sandbox.errors import SandboxError
from sandbox.stack import Stack

DAG, DATASET, USER = "enverus_landtrac_leases", "landtrac-leases", "qa"
ASKING_TAKES = 300.0


def wait_for_signature(stack: Stack, console: Console) -> None:
    """Ask for a signature and wait for the answer, however long that takes; a no is an answer, too."""
    run_id = f"to_be_signed_{datetime.now(UTC):%Y%m%dT%H%M%S}"
    url = stack.env["AIRFLOW_UI_URL"]
    with AirflowClient(url, "admin", stack.settings.secrets["ui_admin"]) as client:
        client.trigger(DAG, run_id, sign="ask")
        _wait_until_asked(client, run_id)
        batch_id = warehouse.batch_of_run(stack.env, run_id)
        page = f"{ui_url(stack.settings)}/warehouse/datasets/{DATASET}/batches/{batch_id}"
        console.print(f"\nbatch {batch_id} of {DATASET} waits for a signature; sign or reject it here:")
        console.print(page, soft_wrap=True, highlight=False)
        password = stack.settings.secrets[f"ui_{USER}"]
        console.print(f"login {USER}, password {password}; Ctrl-C ends the demo without an answer", highlight=False)
        while (state := client.run_state(DAG, run_id)) not in FINISHED:
            time.sleep(1)
        signed = state == "success"
        console.print(f"batch {batch_id} was signed and is in core" if signed else client.failure(DAG, run_id))


def _wait_until_asked(client: AirflowClient, run_id: str) -> None:
    deadline = time.monotonic() + ASKING_TAKES
    while time.monotonic() < deadline:
        states = {task["task_id"]: task["state"] for task in client.tasks(DAG, run_id)}
        if states.get("sign_off") == "awaiting_input":
            return
        if client.run_state(DAG, run_id) in FINISHED:
            raise SandboxError(f"{DAG} did not come to ask, {client.failure(DAG, run_id)}")
        time.sleep(0.5)
    raise SandboxError(f"{DAG} did not ask for a signature within {ASKING_TAKES:.0f} s")
