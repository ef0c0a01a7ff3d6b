"""HTTP to the Enverus API: one token, bounded waiting, and errors that say what to do."""

import io
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx

from enverus_elt.errors import SettingError, SourceError, TransientError
from enverus_elt.sources.tokens import OwnToken, TokenKeeper

TIMEOUT = httpx.Timeout(connect=10, read=120, write=30, pool=10)
DEADLINE = 600.0  # seconds for a whole answer: a server that sends a byte now and then never times out by itself
ATTEMPTS = 6
LONGEST_PAUSE = 120.0
TOKEN_PAUSE = 60.0
TOKEN_ATTEMPTS = 3
BUSY = (429, 500, 502, 503, 504)

Outcome = httpx.Response | httpx.TransportError | httpx.DecodingError


class EnverusSession:
    """Sends requests with a valid token; retries what waiting can heal, a bounded number of times.

    A 401 is answered with one new token and one more try. A 403 at ``/tokens`` means throttled *or* a wrong
    key, so it is waited out :data:`TOKEN_ATTEMPTS` times before the key is blamed.
    """

    def __init__(
        self,
        base_url: str,
        secret_key: str,
        *,
        tokens: TokenKeeper | None = None,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = httpx.Client(
            base_url=base_url, timeout=TIMEOUT, transport=transport, headers={"Accept": "application/json"}
        )
        self._secret_key = secret_key
        self._pause = pause
        self._tokens: TokenKeeper = tokens or OwnToken()
        self._token: str | None = None
        self._refused: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, method: str, path: str, parameters: Mapping[str, Any] | None = None) -> httpx.Response:
        """Send one request, to a path below the base URL, and return its successful answer."""
        if httpx.URL(path).host:
            raise SourceError(f"the Enverus API leads away from itself, to {httpx.URL(path).host}: not followed")
        refreshed = False
        for attempt in range(1, ATTEMPTS + 1):
            response = self._attempt(method, path, parameters)
            if isinstance(response, httpx.Response):
                if response.status_code == 401 and not refreshed:
                    self._refused, self._token, refreshed = self._token, None, True
                    continue
                if response.status_code not in BUSY:
                    return self._accept(response, path)
            if attempt < ATTEMPTS:
                self._pause(_wait(response, attempt))
        raise TransientError(
            f"the Enverus API at {self._where} did not answer {method} {_bare(path)}: {_why(response)}"
        )

    @property
    def _where(self) -> str:
        return self._client.base_url.netloc.decode()

    def _attempt(self, method: str, path: str, parameters: Mapping[str, Any] | None) -> Outcome:
        headers = {"Authorization": f"bearer {self._valid_token()}"}
        return self._stream(method, path, params=parameters, headers=headers)

    def _stream(self, method: str, path: str, **request: Any) -> Outcome:
        try:
            with self._client.stream(method, path, **request) as response:
                return _read_in_time(response, DEADLINE)
        except (httpx.TransportError, httpx.DecodingError) as error:
            return error

    def _accept(self, response: httpx.Response, path: str) -> httpx.Response:
        status = response.status_code
        if status == 200:
            return response
        if status == 401:
            raise SettingError("the Enverus API refuses a fresh token: check the secret key of connection 'enverus'")
        if status == 404:
            raise SourceError(f"the Enverus API knows no dataset {_bare(path)!r}: check source.path in the catalog")
        raise SourceError(f"the Enverus API answered {status} for {_bare(path)}: {self._excerpt(response)}")

    def _excerpt(self, response: httpx.Response) -> str:
        """The beginning of an explanation, without what the server may have repeated of the request."""
        text = response.text[:200]
        for secret in filter(None, (self._token, self._secret_key)):
            text = text.replace(secret, "***")
        return " ".join(text.split()) or "no explanation"

    def _valid_token(self) -> str:
        if self._token is None:
            self._token = self._tokens.token(self._new_token, self._refused)
        return self._token

    def _new_token(self) -> str:
        outcome: Outcome
        for attempt in range(1, ATTEMPTS + 1):
            outcome = self._stream("POST", "tokens", json={"secretKey": self._secret_key})
            if isinstance(outcome, httpx.Response):
                if outcome.status_code == 403 and attempt >= TOKEN_ATTEMPTS:
                    raise SettingError("the Enverus API throttles or refuses the secret key of connection 'enverus'")
                if outcome.status_code not in (*BUSY, 403):
                    return _read_token(outcome)
            if attempt < ATTEMPTS:
                self._pause(_wait(outcome, attempt))
        raise TransientError(f"the Enverus API at {self._where} gave no token: {_why(outcome)}")


def _read_token(response: httpx.Response) -> str:
    status = response.status_code
    if status in (400, 401):
        raise SettingError("the Enverus API refuses the secret key of connection 'enverus': put a valid one there")
    if status != 200:
        raise SourceError(f"the Enverus API answered {status} without a token at /tokens")
    try:
        token = response.json()["token"]
    except (ValueError, KeyError, TypeError):
        token = None
    if not isinstance(token, str):
        # A proxy's page in the API's place, as a rule: it passes.
        raise TransientError("the Enverus API answered 200 without a token at /tokens")
    return token


def _read_in_time(response: httpx.Response, seconds: float) -> httpx.Response:
    """Read the body, or raise ReadTimeout when all of it takes longer than that."""
    end, body = time.monotonic() + seconds, io.BytesIO()  # grows in place: a list of chunks is copied to be joined
    for chunk in response.iter_bytes():
        if time.monotonic() > end:
            raise httpx.ReadTimeout(f"the answer took longer than {seconds:.0f} s", request=response.request)
        body.write(chunk)
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
    return httpx.Response(response.status_code, headers=headers, content=body.getvalue(), request=response.request)


def _wait(outcome: Outcome, attempt: int) -> float:
    """Seconds until the next try: what the server asks for, else doubling with jitter; never over the cap."""
    if isinstance(outcome, httpx.Response):
        if (asked := _retry_after(outcome.headers.get("Retry-After"))) is not None:
            return min(asked, LONGEST_PAUSE)
        if outcome.status_code == 403:
            return TOKEN_PAUSE
    return min(2.0 ** (attempt - 1), LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _retry_after(value: str | None) -> float | None:
    """``Retry-After`` in both of its forms, as seconds from now."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _bare(path: str) -> str:
    return path.partition("?")[0]


def _why(outcome: Outcome) -> str:
    if isinstance(outcome, httpx.Response):
        return f"status {outcome.status_code} after {ATTEMPTS} tries"
    return f"{type(outcome).__name__} after {ATTEMPTS} tries"
