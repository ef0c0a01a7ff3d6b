"""A new .env: `.env.example` with a random value for every secret, printed. Standard library only.

Run it as `(umask 077; set -C; python3 docker/make_env.py > .env)`: readable by you alone, and no file is overwritten.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / ".env.example"


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _access_key() -> str:
    return secrets.token_hex(10).upper()


def _password() -> str:
    return secrets.token_urlsafe(32)


SPECIAL = {"AIRFLOW_FERNET_KEY": _fernet_key, "S3_ACCESS_KEY": _access_key}


def filled(line: str) -> str:
    """The line; where it is a name without a value, with one."""
    name, found, value = line.partition("=")
    if line.startswith("#") or not found or value:
        return line
    return f"{name}={SPECIAL.get(name, _password)()}"


if __name__ == "__main__":
    sys.stdout.write("".join(f"{filled(line)}\n" for line in EXAMPLE.read_text(encoding="utf-8").splitlines()))
