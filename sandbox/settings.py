"""What a stack keeps between two starts: its ports and its generated secrets."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sandbox.paths import write_private


def _password() -> str:
    return secrets.token_urlsafe(24)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


GENERATORS: Mapping[str, Callable[[], str]] = {
    "postgres_superuser": _password,
    "postgres_airflow": _password,
    "postgres_owner": _password,
    "postgres_loader": _password,
    "postgres_reader": _password,
    "s3_access_key": lambda: secrets.token_hex(10).upper(),
    "s3_secret_key": _password,
    "enverus_secret_key": _password,
    "airflow_fernet": _fernet_key,
    "airflow_api": _password,
    "airflow_jwt": lambda: secrets.token_urlsafe(48),
    "ui_admin": lambda: secrets.token_hex(6),
    "ui_viewer": lambda: secrets.token_hex(6),
    "ui_qa": lambda: secrets.token_hex(6),
}


@dataclass
class Settings:
    """Ports by component, secrets by use, and the Airflow version whose schema the metadata database has."""

    ports: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    airflow_schema: str = ""

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read the settings, and generate each secret that is not there yet."""
        settings = cls(**json.loads(path.read_text())) if path.exists() else cls()
        for name, generate in GENERATORS.items():
            settings.secrets.setdefault(name, generate())
        return settings

    def save(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self), indent=2) + "\n")
