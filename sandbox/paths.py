"""Where things are: the repository, and the one folder that holds all a stack writes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
VENV = REPOSITORY / ".venv"
DEFAULT_STATE_DIR = REPOSITORY / ".sandbox"


@dataclass(frozen=True)
class StateDir:
    """Names of the files below a stack's own folder, which only its user can read."""

    root: Path

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def env_file(self) -> Path:
        return self.root / "stack.env"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def programs(self) -> Path:
        return self.root / "programs"

    @property
    def supervisor_config(self) -> Path:
        return self.root / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        return self.root / "supervisord.pid"

    @property
    def ready(self) -> Path:
        """Exists once the databases are set up: what Airflow's programs wait for."""
        return self.root / "databases.ready"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def objects(self) -> Path:
        return self.root / "objects"

    @property
    def api(self) -> Path:
        return self.root / "enverus_api"

    @property
    def airflow(self) -> Path:
        return self.root / "airflow"

    @property
    def home(self) -> Path:
        """HOME of the stack's programs, so that none reads or writes the user's own settings."""
        return self.root / "home"

    def create(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.logs, self.programs, self.objects, self.api, self.airflow, self.home):
            folder.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.touch(mode=0o600)
    partial.write_text(text)
    partial.replace(path)
