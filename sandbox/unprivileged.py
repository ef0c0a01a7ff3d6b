"""PostgreSQL refuses to run as root: when the caller is root, it runs as the package's `postgres` user."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from sandbox.errors import SandboxError

USER = "postgres"
PASS_CLOSED_FOLDERS = ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]


def is_root() -> bool:
    return os.geteuid() == 0


def command_prefix(folder: Path) -> list[str]:
    """What to put before a command that works in `folder`, so that it does not run as root.

    A checkout may lie below a folder that is closed to other users (`/root`). The process then gets the one
    capability that passes closed folders; nothing about the folders is changed. Whether it is needed shows when
    the folder is read: `test -w` would not do, for the call behind it disregards capabilities.
    """
    if not is_root():
        return []
    switch = ["setpriv", "--reuid", USER, "--regid", USER, "--init-groups"]
    for prefix in (switch, [*switch, *PASS_CLOSED_FOLDERS]):
        if subprocess.run([*prefix, "ls", folder], check=False, capture_output=True, cwd="/").returncode == 0:
            return prefix
    raise SandboxError(f"the user {USER} cannot be given access to {folder}; use a checkout outside closed folders")


def make_own_folder(folder: Path) -> None:
    """Create a folder for the unprivileged user, and let its group pass through the parent (not read it)."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_root():
        return
    try:
        user = pwd.getpwnam(USER)
    except KeyError:
        raise SandboxError(f"there is no user {USER}; run `make install`") from None
    os.chown(folder.parent, 0, user.pw_gid)
    folder.parent.chmod(0o710)
    own(folder)


def own(path: Path) -> None:
    """Give a file to the user that PostgreSQL runs as."""
    if is_root():
        user = pwd.getpwnam(USER)
        os.chown(path, user.pw_uid, user.pw_gid)
