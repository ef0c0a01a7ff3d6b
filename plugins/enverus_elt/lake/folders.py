"""Folders on the local disk to work in, which a killed process does not leave behind for ever.

Each is locked by the process that made it. The kernel gives the lock back however the process ends, so a folder whose
lock is free is nobody's.
"""

import contextlib
import fcntl
import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

PREFIX = "enverus-delivery-"
LOCK = ".lock"
YOUNG = 3_600.0  # seconds for which a folder without a lock file may still be in the making


@contextmanager
def working_folder(delivery_id: int) -> Iterator[Path]:
    """An empty folder that goes at the end, or when somebody drops what is left."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{delivery_id}-"))
    try:
        with (folder / LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (folder / "work").mkdir()
            yield folder / "work"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def drop_left_folders() -> list[str]:
    """Remove the folders of this machine whose processes are gone; returns their names."""
    dropped = []
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or gone meanwhile
            if _is_left(folder):
                shutil.rmtree(folder)
                dropped.append(folder.name)
    if dropped:
        log.info("removed folders that killed processes left: %s", ", ".join(dropped))
    return dropped


def _is_left(folder: Path) -> bool:
    try:
        lock = (folder / LOCK).open("rb")
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > YOUNG
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
