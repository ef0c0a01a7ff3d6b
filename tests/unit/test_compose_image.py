"""The image is pinned, is built from what it names and nothing else, and holds what the services start."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch

from sandbox import environment
from tests.unit.compose import DOCKERFILE, ROOT, SERVICES, script


def test_what_commands_name_is_in_the_repository_and_in_the_image() -> None:
    used = [
        word for body in SERVICES.values() for word in (*body["command"], *body.get("healthcheck", {}).get("test", []))
    ]
    for word in used:
        if word.startswith("docker/"):
            assert (ROOT / word).is_file()
            assert re.search(rf"^COPY .*{re.escape(word)}\b", DOCKERFILE, re.MULTILINE)
    assert SERVICES["migrate"]["command"][-1] == "airflow db migrate && exec enverus migrate"
    assert "enverus" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert re.search(
        r"^@app.command\(\)\ndef migrate\(", (ROOT / "plugins/enverus_elt/cli/warehouse.py").read_text(), re.MULTILINE
    )


def test_images_are_pinned() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {body["image"] for body in SERVICES.values()} == {f"enverus-elt:{version}", "postgis/postgis:17-3.5"}
    assert [name for name, body in SERVICES.items() if "build" in body] == ["migrate"]
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.\d+\.\d+-slim-bookworm$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_the_image_is_installed_from_the_lock_and_does_not_run_as_root() -> None:
    installs = re.findall(r"pip install[^&\n]*", DOCKERFILE)
    assert len(installs) == 2
    assert all("--no-deps" in line for line in installs)
    assert "--require-hashes" in installs[0]
    assert "runtime_lock.py /tmp/lock/requirements.txt > /tmp/lock/runtime.txt" in DOCKERFILE
    assert "-r /tmp/lock/runtime.txt" in installs[0]
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    project = {body["user"] for body in SERVICES.values() if body["image"].startswith("enverus-elt:")}
    assert set(users[-1:]) == project == {"10001:10001"}


def test_the_image_has_the_folders_that_volumes_are_mounted_on() -> None:
    made = next(line for line in DOCKERFILE.splitlines() if "install --directory" in line).split()
    assert {f"/var/lib/enverus/objects/{bucket}" for bucket in environment.BUCKETS} <= set(made)
    for body in SERVICES.values():
        if body["image"].startswith("enverus-elt:"):
            assert {mount.split(":")[1] for mount in body.get("volumes", [])} <= set(made)


def test_the_build_sees_what_it_copies_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copies = re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
    copied = {source for copy in copies for source in copy.split()[:-1]}
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)
    assert not [name for name in (".env", ".git", ".sandbox", ".venv") if any(fnmatch(name, line) for line in allowed)]


def test_the_lock_for_the_image_leaves_out_the_tools_and_nothing_else() -> None:
    runtime_lock = script("runtime_lock")
    lock = (ROOT / "requirements.txt").read_text()
    kept = {name for name, _ in runtime_lock.entries(runtime_lock.runtime(lock))}
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*groups["project"]["dependencies"], *groups["dependency-groups"]["sandbox"]]
    assert {re.split(r"[\[~<>=; ]", name)[0] for name in wanted} <= kept
    assert {"apache-airflow-core", "boto3", "shapely", "setuptools"} <= kept  # what others ask for
    assert not {"pytest", "ruff", "mypy", "playwright", "enverus-developer-api"} & kept
    assert runtime_lock.runtime(lock).count("--hash=sha256:") > len(kept)
