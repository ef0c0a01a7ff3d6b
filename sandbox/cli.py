"""The commands of `python -m sandbox`.

A command's module is imported when it is asked for: `install` and `clean` must work before anything is
installed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.paths import DEFAULT_STATE_DIR

COMMANDS = {
    "install-system": ("install", "system", "install PostgreSQL with PostGIS through apt, if missing"),
    "install-test-tools": ("install", "tools_of_tests", "install Chromium and GDAL through apt, for the tests"),
    "install": (
        "install",
        "everything",
        "install-system, then the locked Python packages into .venv, if they changed",
    ),
    "up": ("up", "up", "start the stack and stay in the foreground; Ctrl-C stops it"),
    "run": ("run", "run", "start the stack or parts of it, run a command with its environment, stop it"),
    "demo": (
        "demo",
        "demo",
        "load two vintages of real data and check every number against the source files",
    ),
    "demo-files": (
        "demo_files",
        "demo_files",
        "hand real files in, and see what becomes of them: versions, lineage, pictures, rows in core",
    ),
    "clean": ("clean", "clean", "stop this clone's stack and remove what it and the installation made"),
}


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    module, function, _ = COMMANDS[options.name]
    try:
        return int(getattr(importlib.import_module(f"sandbox.{module}"), function)(options))
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m sandbox", description="The embedded stack.")
    names = top.add_subparsers(required=True, metavar="COMMAND", dest="name")
    parsers = {name: names.add_parser(name, help=text, description=text) for name, (_, _, text) in COMMANDS.items()}
    for name in ("up", "run", "demo", "demo-files"):
        folder = parsers[name].add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR)
        folder.help = "folder of the stack (default: .sandbox of this clone)"
    signing = parsers["demo"].add_argument("--signoff", action="store_true")
    signing.help = "end with one batch that waits for a signature, and stay until it has one"
    parsers["run"].add_argument("--only", metavar="PARTS", help="comma-separated: postgres, objects, api, airflow")
    parsers["run"].add_argument("argv", nargs="+", metavar="-- COMMAND")
    return top
