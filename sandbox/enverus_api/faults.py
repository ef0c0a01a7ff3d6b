"""Faults on demand: rules say which requests fail, how, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sandbox.enverus_api.errors import ApiError

_RULE_KEYS = {"match", "times", "fault", "status", "headers", "seconds"}
_MATCH_KEYS = {"path", "method", "after"}


class Fault(Enum):
    """What goes wrong."""

    STATUS = "status"  # answered with `status` and `headers`
    TRUNCATE = "truncate"  # the connection closes in the middle of the body
    HTML = "html"  # 200 with a page that is no JSON, as from a proxy
    SLOW = "slow"  # answered after `seconds`
    TRICKLE = "trickle"  # answered a few bytes every `seconds`
    RESET = "reset"  # the connection is reset before any answer
    REPEAT_PAGE = "repeat_page"  # the next link leads to the same page again
    SKIP_PAGE = "skip_page"  # one page is passed over
    EMPTY_PAGE = "empty_page"  # the rows end early
    EXPIRE_TOKENS = "expire_tokens"  # every token is revoked before the request is looked at


@dataclass
class FaultRule:
    """Applies to requests of `method` to the dataset (or `tokens`) `path`; None matches any.

    The first `after` matching requests pass, the next `times` fail; without `times` all do.
    """

    fault: Fault
    path: str | None = None
    method: str | None = None
    after: int = 0
    times: int | None = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    seen: int = 0
    struck: int = 0

    def takes(self, method: str, path: str) -> bool:
        if self.path not in {None, path} or self.method not in {None, method}:
            return False
        self.seen += 1
        strikes = self.after < self.seen and (self.times is None or self.seen <= self.after + self.times)
        self.struck += strikes
        return strikes


class FaultBook:
    """The rules in force; the first that takes a request decides."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []

    def take(self, method: str, path: str) -> FaultRule | None:
        return next((rule for rule in self.rules if rule.takes(method, path)), None)


def parse_rules(body: Any) -> list[FaultRule]:
    """Rules from JSON; raises ApiError 400 where one cannot be understood."""
    if not isinstance(body, list):
        raise ApiError(400, "faults are a list of rules")
    return [_parse_rule(rule) for rule in body]


def _parse_rule(rule: Any) -> FaultRule:
    if not isinstance(rule, dict) or not rule.keys() <= _RULE_KEYS:
        raise ApiError(400, f"a rule has {sorted(_RULE_KEYS)}, not {rule!r}")
    match = rule.get("match", {})
    if not isinstance(match, dict) or not match.keys() <= _MATCH_KEYS:
        raise ApiError(400, f"a match has {sorted(_MATCH_KEYS)}, not {match!r}")
    try:
        return FaultRule(
            fault=Fault(rule["fault"]),
            path=match.get("path"),
            method=match.get("method"),
            after=int(match.get("after", 0)),
            times=None if rule.get("times", 1) is None else int(rule.get("times", 1)),
            status=int(rule.get("status", 503)),
            headers={str(name): str(value) for name, value in rule.get("headers", {}).items()},
            seconds=float(rule.get("seconds", 0)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ApiError(400, f"bad rule {rule!r}: {error}") from error
