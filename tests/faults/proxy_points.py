"""A point on the wire: which frame it is, what happens there, and how a test steers it."""

import re
import threading
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

PATIENCE = 60.0  # seconds until a point that is not reached, or not let go of, is a failure


class Action(Enum):
    """What the proxy does at a point."""

    HOLD = "hold the frame before it is passed on"
    HALVE = "pass half of the frame on, then hold"
    HOLD_ANSWER = "pass the frame on and hold the answer: its effect took place, and nobody knows"
    HALVE_ANSWER = "pass half of the answer's first bytes on, then hold"
    RESET = "reset the connection instead of passing the frame on"
    REFUSE = "answer 503 instead of passing the request on (HTTP)"
    SLOW = "from here on, let the bytes of the connection trickle"


HOLDING = (Action.HOLD, Action.HALVE, Action.HOLD_ANSWER, Action.HALVE_ANSWER)


class Held(Protocol):
    """The connection that is held at a point."""

    def cut(self) -> None:
        """End the server's side, and let the client go on waiting."""


@dataclass
class Point:
    """The ``nth`` frame whose label matches ``pattern``, and others after it: ``every`` so many, ``times`` in all.

    With ``after``, frames count only once a frame that matches that was seen on the same connection.
    """

    pattern: str
    action: Action
    nth: int = 1
    after: str | None = None
    every: int = 1
    times: int | None = 1
    hits: int = 0
    _seen: int = 0
    _armed: set[int] = field(default_factory=set)
    _link: Held | None = None
    _reached: threading.Event = field(default_factory=threading.Event)
    _decided: threading.Event = field(default_factory=threading.Event)
    _passes: bool = False

    def takes(self, label: str, connection: int) -> bool:
        """Whether the frame is the point's."""
        if self.after is not None and connection not in self._armed:
            if re.search(self.after, label):
                self._armed.add(connection)
            return False
        if not re.search(self.pattern, label):
            return False
        self._seen += 1
        since = self._seen - self.nth
        is_due = since >= 0 and since % self.every == 0
        return is_due and (self.times is None or since < self.times * self.every)

    def hit(self, link: Held) -> bool:
        """Report that the point is reached, and wait for the test's decision: whether the bytes are passed on."""
        self.note(link)
        return self._decided.wait(PATIENCE) and self._passes

    def note(self, link: Held) -> None:
        """Report that the point is reached."""
        self.hits += 1
        self._link = link
        self._reached.set()

    def is_reached(self, seconds: float) -> bool:
        """Wait until the point is reached, at most so long."""
        return self._reached.wait(seconds)

    def release(self) -> None:
        """Let what is held go on."""
        self._passes = True
        self._decided.set()

    def drop(self) -> None:
        """Close both sides; what is held never arrives."""
        self._decided.set()

    def cut(self) -> None:
        """Close the server's side alone: the server gives the client up, which knows nothing of it."""
        assert self._link is not None, "nothing is held"
        self._link.cut()
