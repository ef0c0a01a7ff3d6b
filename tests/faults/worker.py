"""Steps in processes of their own, so that they can be killed: ``python -m tests.faults.worker`` is their parent.

The parent imports what the steps need once and then forks a child for each job, which saves seconds a kill. A child
does what the task of the same name does. It finds its Airflow connections in the job, runs one step, and leaves its
outcome in a file, written whole or not at all.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox import prctl, processes
from sandbox.paths import REPOSITORY

DEADLINE = 60.0
# Of a store that is never asked: a first client reads what all later ones, in all children, find read.
BUCKET = {"service_config": {"s3": {"bucket_name": "none"}}, "region_name": "us-east-1"}
NOWHERE = {
    "AIRFLOW_CONN_OBJECT_STORE": json.dumps({"conn_type": "aws", "login": "-", "password": "-", "extra": BUCKET})
}


@dataclass(frozen=True)
class Job:
    """A step of a dataset; ``batch_id`` for all but the extract, which has a ``run_id``.

    The step ``deliver`` is of a delivery, whose number is the ``batch_id``: all that its run does.
    Of a delivery ``publish`` has all three: ``batch_id`` is the delivery's, the files are in ``folder``.
    """

    step: str
    dataset: str
    env: Mapping[str, str]
    outcome: str
    run_id: str = ""
    batch_id: int = 0
    folder: str = ""
    page_size: int = 0  # rows a page, where the catalog's is too large to be in the middle of the pages

    def run(self) -> Any:
        """Do what the task of that name does."""
        steps = {
            "extract": self._extract,
            "stage": self._stage,
            "merge": self._merge,
            "publish": self._publish,
            "deliver": self._deliver,
        }
        return steps[self.step]()

    def _extract(self) -> Any:
        from enverus_elt.hooks.enverus import enverus_session  # noqa: PLC0415 - the parent imports, the test does not
        from enverus_elt.operators.resources import resources  # noqa: PLC0415
        from enverus_elt.sources.enverus import EnverusSource  # noqa: PLC0415
        from enverus_elt.steps.extract import extract  # noqa: PLC0415

        with resources("extract", self.dataset) as (conn, store, dataset), enverus_session(conn) as session:
            paged = dataset.source.model_copy(update={"page_size": self.page_size or dataset.source.page_size})
            facts = dataset.model_copy(update={"source": paged})
            return extract(conn, store, EnverusSource(session, facts), facts, self.run_id).batch_id

    def _stage(self) -> Any:
        from enverus_elt.operators.postgis import PostgisStageOperator  # noqa: PLC0415

        return PostgisStageOperator(task_id="stage", dataset_id=self.dataset, batch_id=self.batch_id).execute({})

    def _merge(self) -> Any:
        from enverus_elt.operators.postgis import PostgisMergeOperator  # noqa: PLC0415

        return PostgisMergeOperator(task_id="merge", dataset_id=self.dataset, batch_id=self.batch_id).execute({})

    def _deliver(self) -> Any:
        from enverus_elt.lake.process import check, close, process  # noqa: PLC0415
        from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415

        with lake_place("deliver") as place:
            check(place, self.batch_id, self.run_id)
            process(place, self.batch_id, self.run_id)
            return close(place, self.batch_id, self.run_id, "http://ui.test/run").state

    def _publish(self) -> Any:
        from enverus_elt.hooks.connections import DATA_LAKE  # noqa: PLC0415
        from enverus_elt.hooks.failures import translated  # noqa: PLC0415
        from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415
        from enverus_elt.hooks.warehouse import connect  # noqa: PLC0415
        from tests.services.lake import run_delivery  # noqa: PLC0415

        with translated("publish"), connect() as conn:
            lake = object_store(DATA_LAKE)
            return run_delivery(conn, lake, self.batch_id, self.run_id, Path(self.folder)).version


@dataclass(frozen=True)
class Outcome:
    """What became of a step: its result, or the name and words of its error."""

    result: Any = None
    error: str = ""
    message: str = ""


class Worker:
    """A child that works on a job."""

    def __init__(self, pid: int, path: Path) -> None:
        self.pid = pid
        self._path = path

    def kill(self) -> None:
        """Kill it as nothing can be caught, and wait until it is gone."""
        assert self.is_running(), f"the worker ended by itself: {self.outcome()}"
        os.kill(self.pid, signal.SIGKILL)
        self._wait()
        assert not self._path.exists(), f"the worker ended by itself: {self.outcome()}"

    def is_running(self) -> bool:
        """Whether it still works."""
        return processes.is_running(self.pid)

    def outcome(self) -> Outcome:
        """Wait for its end; returns what became of the step."""
        self._wait()
        assert self._path.exists(), "the worker ended without an outcome"
        return Outcome(**json.loads(self._path.read_text()))

    def _wait(self) -> None:
        deadline = time.monotonic() + DEADLINE
        while self.is_running():
            assert time.monotonic() < deadline, "the worker does not end"
            time.sleep(0.01)


class Workers:
    """The parent of all workers; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def __enter__(self) -> Self:
        names = ("AIRFLOW_HOME", "AIRFLOW__CORE__LOAD_EXAMPLES", "PATH", "HOME", "TMPDIR", "LANG")
        env = {name: os.environ[name] for name in names if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            cwd=REPOSITORY,
            env={**env, "PYTHONPATH": f"{REPOSITORY / 'plugins'}:{REPOSITORY}", "TZ": "UTC", **NOWHERE},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self._folder / "workers.log").open("w"),
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def start(self, step: str, dataset: str, env: Mapping[str, str], **facts: Any) -> Worker:
        """Start a step."""
        self._count += 1
        path = self._folder / f"outcome-{self._count}.json"
        job = Job(step, dataset, env, str(path), **facts)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        return Worker(int(self._process.stdout.readline()), path)


def main() -> None:
    """Read jobs, a line each, and answer each with the pid of the child that works on it."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an import or a step prints is no answer
    import enverus_elt.lake.vector  # noqa: PLC0415
    import enverus_elt.operators.lake_resources  # noqa: PLC0415
    import enverus_elt.operators.postgis  # noqa: PLC0415
    import enverus_elt.operators.resources  # noqa: PLC0415
    import enverus_elt.steps.extract  # noqa: PLC0415
    import enverus_elt.steps.merge  # noqa: F401, PLC0415
    import tests.services.lake  # noqa: F401, PLC0415
    from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415

    object_store()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children: the kernel collects them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _work(Job(**json.loads(line)))
        print(pid, file=answers, flush=True)


def _work(job: Job) -> None:
    """Run the job and end the process, whatever happens."""
    prctl.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(job.env)
    try:
        outcome = Outcome(result=job.run())
    except BaseException as error:  # noqa: BLE001 - reported to the test
        outcome = Outcome(error=type(error).__name__, message=str(error))
    partial = Path(f"{job.outcome}.partial")
    partial.write_text(json.dumps(asdict(outcome)))
    partial.rename(job.outcome)
    os._exit(0)


if __name__ == "__main__":
    main()
