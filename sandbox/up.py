"""`make up`: the stack in the foreground."""

from __future__ import annotations

import argparse
import time

from sandbox.airflow_settings import ui_url
from sandbox.errors import SandboxError
from sandbox.foreground import Stopped, stop_on_signal
from sandbox.health import last_line
from sandbox.ports import HOST
from sandbox.stack import Stack
from sandbox.supervisor import log_path


def up(options: argparse.Namespace) -> int:
    try:
        with stop_on_signal():
            return _hold(options)
    except Stopped:
        print("the stack is stopped")
        return 0


def _hold(options: argparse.Namespace) -> int:
    """Start the stack and wait; only a signal ends this well."""
    print("starting PostGIS, object store, Enverus API and Airflow …", flush=True)
    started = time.monotonic()
    with Stack(options.state_dir) as stack:
        print(f"ready after {time.monotonic() - started:.0f} s\n\n{describe(stack)}\n", flush=True)
        while stack.is_running():
            time.sleep(0.5)
        log = log_path("supervisord", stack.state)
        raise SandboxError(f"the process manager ended: {last_line(log)}")


def describe(stack: Stack) -> str:
    """Addresses and logins of a running stack, for a person."""
    ports, secrets = stack.settings.ports, stack.settings.secrets
    reader = f"postgresql://enverus_reader:{secrets['postgres_reader']}@{HOST}:{ports['postgres']}/warehouse"
    lines = (
        ("Airflow", f"{ui_url(stack.settings)}   login admin, password {secrets['ui_admin']}"),
        ("Enverus API", f"http://{HOST}:{ports['api']}/v3/direct-access/"),
        (
            "objects (S3)",
            f"http://{HOST}:{ports['objects']}   bucket enverus, files below {stack.state.objects}",
        ),
        ("warehouse", f"psql {reader}"),
        ("environment", f"set -a; . {stack.state.env_file}; set +a"),
        ("logs", str(stack.state.logs)),
        ("stop", "Ctrl-C"),
    )
    return "\n".join(f"  {name:<13} {text}" for name, text in lines)
