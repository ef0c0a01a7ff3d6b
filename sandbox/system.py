"""What the machine itself must have: PostgreSQL with PostGIS, Python's venv. Standard library only."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from sandbox.errors import SandboxError

OLDEST_POSTGRES = 15
POSTGRES_ROOT = Path("/usr/lib/postgresql")
EXTENSION_ROOT = Path("/usr/share/postgresql")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
NO_CLUSTER = "create_main_cluster = false\n"
NEEDED_PROGRAMS = {"setpriv": "util-linux"}
# What only tests and the docs' pictures need, by program: a browser that sees the pages, and what a desktop GIS reads
# the warehouse through.
TEST_TOOLS = {"chromium": "chromium", "ogrinfo": "gdal-bin", "ogr2ogr": "gdal-bin"}


def find_postgres(root: Path = POSTGRES_ROOT, extensions: Path = EXTENSION_ROOT) -> Path | None:
    """Folder of the newest PostgreSQL's programs that PostGIS is installed for, or None."""
    versions = sorted((int(path.name) for path in root.glob("[0-9]*") if path.name.isdigit()), reverse=True)
    for version in versions:
        binaries = root / str(version) / "bin"
        control = extensions / str(version) / "extension" / "postgis.control"
        if version >= OLDEST_POSTGRES and (binaries / "initdb").exists() and control.exists():
            return binaries
    return None


def require_postgres() -> Path:
    binaries = find_postgres()
    if binaries is None:
        raise SandboxError(f"PostgreSQL {OLDEST_POSTGRES} or newer with PostGIS is not installed; run `make install`")
    return binaries


def install_system() -> None:
    """Install what is missing through apt; do nothing when nothing is."""
    packages = missing_packages()
    if not packages:
        return
    _prepare_apt("PostgreSQL with PostGIS and what else is missing", packages)
    if "postgis" in packages:
        packages = [*(name for name in packages if name != "postgis"), *postgres_packages(_apt_names())]
        _keep_cluster_from_being_created()
    _run_apt(["install", "-y", "--no-install-recommends", *packages])


def install_test_tools() -> None:
    """Install what only the tests need through apt, as far as it is missing."""
    packages = missing_test_tools()
    if packages:
        _prepare_apt(f"{' and '.join(packages)}, for the tests", packages)
        _run_apt(["install", "-y", "--no-install-recommends", *packages])


def missing_test_tools() -> list[str]:
    """Packages that only the tests need and that are not there."""
    return sorted({package for program, package in TEST_TOOLS.items() if shutil.which(program) is None})


def missing_packages() -> list[str]:
    """Packages to install; `postgis` stands for PostgreSQL and PostGIS, whose names carry the version."""
    missing = [package for program, package in NEEDED_PROGRAMS.items() if shutil.which(program) is None]
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing.append("python3-venv")
    if find_postgres() is None:
        missing.append("postgis")
    return missing


def postgres_packages(available: Iterable[str]) -> list[str]:
    """The newest server that the machine's package sources have PostGIS for."""
    found = [match for name in available if (match := re.fullmatch(r"postgresql-(\d+)-postgis-3", name))]
    versions = [int(match[1]) for match in found]
    if not versions or max(versions) < OLDEST_POSTGRES:
        raise SandboxError(
            f"apt has no PostgreSQL {OLDEST_POSTGRES} or newer with PostGIS for this release; "
            "add the source described at https://wiki.postgresql.org/wiki/Apt and run `make install` again"
        )
    return [f"postgresql-{max(versions)}", f"postgresql-{max(versions)}-postgis-3"]


def _prepare_apt(what: str, packages: list[str]) -> None:
    if shutil.which("apt-get") is None:
        raise SandboxError(f"these are missing and there is no apt-get to install them: {' '.join(packages)}")
    _require_root()
    print(f"installing {what}, through apt …", flush=True)
    _run_apt(["update"])


def _apt_names() -> list[str]:
    listed = subprocess.run(["apt-cache", "pkgnames", "postgresql-"], check=True, capture_output=True, text=True).stdout
    return listed.split()


def _keep_cluster_from_being_created() -> None:
    """Installing the package makes a cluster and starts it on 5432; the sandbox has its own and wants no other.

    Where the machine's settings say something about it already, that is somebody's decision and stays.
    """
    if not decides_about_cluster(CLUSTER_SETTINGS):
        _run_as_root(["mkdir", "-p", str(CLUSTER_SETTINGS.parent)])
        _run_as_root(["tee", "-a", str(CLUSTER_SETTINGS)], text=NO_CLUSTER)


def decides_about_cluster(settings: Path) -> bool:
    """True when the file sets the option; the one that the package brings only mentions it in a comment."""
    return settings.exists() and re.search(r"^\s*create_main_cluster", settings.read_text(), re.MULTILINE) is not None


def _run_apt(arguments: list[str]) -> None:
    _run_as_root(["env", "DEBIAN_FRONTEND=noninteractive", "UCF_FORCE_CONFFOLD=1", "apt-get", "-q", *arguments])


def _require_root() -> None:
    if os.geteuid() == 0:
        return
    if (
        shutil.which("sudo") is None
        or subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode
    ):
        raise SandboxError(
            "packages are missing and root is needed; run:"
            f" sudo {sys.executable} -m sandbox install-system, and install-test-tools for the tests"
        )


def _run_as_root(command: list[str], text: str | None = None) -> None:
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    done = subprocess.run(
        [*sudo, *command], check=False, input=text, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines() or ["no reason given"]
        raise SandboxError(f"`{' '.join(command)}` failed: {reason[-1]}")
