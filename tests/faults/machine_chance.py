"""Draws what happens next: changes, an action, and what goes wrong with it. The same seed draws the same."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.faults.machine_actions import CHANGES, MEANWHILE, Actions, Change
from tests.faults.machine_world import STEPS, Ending

BUSY = (429, 500, 502, 503, 504)
CHANGE_WEIGHTS = {"insert": 4, "update": 6, "delete": 3, "restore": 2, "mend": 4}  # others weigh 2
OF_TOKENS = ("status", "truncate", "reset", "html", "slow")  # what can happen to a token's issue
EXPIRED = {"fault": "expire_tokens", "times": 1}
FAULTS = ("status", "truncate", "reset", "html", "slow", "repeat_page", "skip_page", "empty_page", "expire_tokens")


class Chance:
    """One story's draws."""

    def __init__(self, random: Random, actions: Actions) -> None:
        self._random = random
        self._actions = actions

    def begin(self) -> None:
        """A source with a few rows, loaded once."""
        self._actions.change(*(Change("insert", hours=9) for _ in range(self._random.randint(3, 12))))
        self._actions.load()

    def go_on(self, kind: str = "") -> str:
        """A few changes and one run of that kind, or of any, and of any fate; returns which."""
        self._actions.change(*self._changes())
        kind = kind or self._random.choices(list(RUNS), [weight for weight, _ in RUNS.values()])[0]
        RUNS[kind][1](self)
        return kind

    def faults(self) -> list[dict[str, Any]]:
        """Rules by which the API misbehaves: at some of the answers to a load, or at a token's issue."""
        random = self._random
        fault = random.choice(FAULTS)
        rule: dict[str, Any] = {"fault": fault, "times": random.randint(1, 3), "match": {"after": random.randint(0, 7)}}
        if fault == "status":
            rule |= {"status": random.choice(BUSY), "headers": {"Retry-After": "0"}}
        elif fault == "slow":
            rule["seconds"] = 0.2
        elif fault == "expire_tokens":
            rule["times"] = 1  # a fresh token that is refused is a wrong key, not a passing fault
        if fault not in OF_TOKENS or random.random() < 0.8:
            return [rule]
        return [EXPIRED, {**rule, "match": {"path": "tokens"}}]

    def ending(self) -> Ending:
        """Where an attempt is cut short."""
        where = self._random.choice(("warehouse", "warehouse", "store"))
        how = "raise" if where == "store" else self._random.choice(("raise", "terminate", "terminate"))
        return Ending(self._pick(), how, self._flip(), where)

    def _changes(self) -> list[Change]:
        weights = [CHANGE_WEIGHTS.get(name, 2) for name in CHANGES]
        return [
            self._change(name) for name in self._random.choices(list(CHANGES), weights, k=self._random.randint(0, 5))
        ]

    def _change(self, name: str) -> Change:
        random = self._random
        fault = random.randrange(3) if random.random() < 0.2 else None
        return Change(name, self._pick(), random.choice((0, 1, 5, 13, 26, 50)), self._flip(), fault)

    def _pick(self) -> int:
        return self._random.randrange(1000)

    def _flip(self) -> bool:
        return self._random.random() < 0.5

    def _load(self) -> None:
        self._actions.load()

    def _endure(self) -> None:
        self._actions.endure(self.faults())

    def _kill(self) -> None:
        self._actions.kill(self._random.uniform(0.0, 1.2), goes_on=self._flip())

    def _crash(self) -> None:
        self._actions.crash(self._random.choice(STEPS), self.ending(), goes_on=self._flip())

    def _overtake(self) -> None:
        self._actions.overtake(self._random.choice(("extract", "stage", "merge")), self._random.randint(1, 7))

    def _overlap(self) -> None:
        self._actions.overlap(self._pick(), self._pick(), self._pick(), self._changes(), again=self._flip())

    def _leave(self) -> None:
        self._actions.leave(self._pick(), self._pick(), self._pick())

    def _finish(self) -> None:
        self._actions.finish(self._pick())

    def _retry(self) -> None:
        self._actions.retry(self._pick(), self._pick())

    def _run_again(self) -> None:
        self._actions.run_again(self._pick())

    def _replay(self) -> None:
        self._actions.replay(self._pick())

    def _backfill(self) -> None:
        self._actions.backfill(self._pick())

    def _reseed(self) -> None:
        self._actions.load("reseed")

    def _outlive(self) -> None:
        change = Change("update", self._pick(), self._random.choice((0, 5, 26)), fault=self._random.randrange(3))
        self._actions.outlive(change, self._random.choice(MEANWHILE))


RUNS: Mapping[str, tuple[int, Callable[[Chance], None]]] = {
    "load": (2, Chance._load),
    "load, API misbehaves": (6, Chance._endure),
    "load, killed": (6, Chance._kill),
    "load, cut short": (6, Chance._crash),
    "load, overtaken": (3, Chance._overtake),
    "older load after younger": (4, Chance._overlap),
    "load, left": (3, Chance._leave),
    "load, finished later": (3, Chance._finish),
    "load, begun again": (3, Chance._retry),
    "run again": (2, Chance._run_again),
    "replay": (3, Chance._replay),
    "backfill": (3, Chance._backfill),
    "reseed": (2, Chance._reseed),
    "faulty row outlives its window": (2, Chance._outlive),
}
