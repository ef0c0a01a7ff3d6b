"""Entry of `python -m sandbox`."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - `make install` runs this with whatever python3 the machine has
    sys.exit(
        f"error: Python 3.11 or newer is needed, {sys.executable} is {sys.version.split()[0]}; "
        "name another one with `make install PYTHON=python3.12`"
    )

from sandbox.cli import main

sys.exit(main(sys.argv[1:]))
