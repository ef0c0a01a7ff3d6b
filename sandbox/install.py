"""`make install`: what the machine and the virtual environment need. Standard library only."""

from __future__ import annotations

import argparse

from sandbox import python_packages
from sandbox import system as machine


def system(_options: argparse.Namespace) -> int:
    machine.install_system()
    return 0


def tools_of_tests(_options: argparse.Namespace) -> int:
    machine.install_test_tools()
    return 0


def everything(_options: argparse.Namespace) -> int:
    machine.install_system()
    python_packages.install()
    return 0
