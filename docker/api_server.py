"""Starts Airflow's API server after writing its users' passwords to the file that the simple auth manager reads.

Left to itself the auth manager makes passwords up and prints them to the log. Here they come from the environment, as
UI_<USER>_PASSWORD, and leave it before the server starts; the file belongs on a tmpfs.
"""

import json
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

USERS = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"
PASSWORDS_FILE = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"


def take_passwords(env: MutableMapping[str, str]) -> dict[str, str]:
    """Each user's password, taken out of the environment."""
    names = {user: f"UI_{user.upper()}_PASSWORD" for user in _users(env)}
    if missing := [name for name in names.values() if not env.get(name)]:
        sys.exit(f"api_server: not set: {', '.join(missing)}")
    return {user: env.pop(name) for user, name in names.items()}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, also where it was there before."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8")


def _users(env: MutableMapping[str, str]) -> list[str]:
    return [entry.partition(":")[0].strip() for entry in env[USERS].split(",")]


def main() -> None:
    """Write the file, then become the server."""
    passwords = take_passwords(os.environ)
    write_private(Path(os.environ[PASSWORDS_FILE]), json.dumps(passwords) + "\n")
    os.execvp("airflow", ["airflow", "api-server"])  # noqa: S606, S607 - the image's own program


if __name__ == "__main__":
    main()
