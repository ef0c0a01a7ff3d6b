"""The local API as the truth's mirror: it is told what changed before it is read, and what time it is."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.faults.machine_subjects import Form, Subject
from tests.services.site import Site


class Mirror:
    """One dataset of the API, which begins without a row."""

    def __init__(self, site: Site, subject: Subject) -> None:
        key = json.loads(site.env["AIRFLOW_CONN_ENVERUS"])["password"]
        # One client for all it is told: the certificates that a new one reads take longer than a load.
        headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx.Client(base_url=f"{site.api}/sandbox/", headers=headers, timeout=60)
        self._subject = subject
        self._upserts: dict[int, dict[str, Any]] = {}
        self._gone: set[int] = set()
        self._ahead = 0
        self._last_second = 0
        self.is_misbehaving = False
        self._control("DELETE", "clock")
        self._control("DELETE", "faults")
        self._control("POST", f"rows/{subject.dataset.id}", {"clear": True})

    def changed(self, form: Form) -> None:
        """A row is another now."""
        self._upserts.pop(form.key, None)
        self._gone.discard(form.key)
        if form.gone:
            self._gone.add(form.key)
        else:
            self._upserts[form.key] = self._subject.wire(form)

    def catch_up(self) -> None:
        """Serve what has changed, at a time that no load has read at yet.

        The API tells its time in whole seconds, and a load knows how old another's knowledge is by that alone; two
        that read within one second, with a change in between, are what a schedule of hours does not do.
        """
        if self._upserts or self._gone:
            absent = [{self._subject.key: key} for key in self._gone]
            change = {"upsert": list(self._upserts.values()), "delete": absent}
            self._control("POST", f"rows/{self._subject.dataset.id}", change)
        self._upserts, self._gone = {}, set()
        now = int(time.time())
        if now + self._ahead <= self._last_second:
            self._ahead = self._last_second + 1 - now
            self._control("PUT", "clock", {"offset_seconds": self._ahead})
        self._last_second = now + self._ahead + 1  # the answer may come in the next one

    @contextmanager
    def misbehaving(self, rules: list[dict[str, Any]]) -> Iterator[None]:
        """Answers go wrong by those rules."""
        self._control("POST", "faults", rules)
        self.is_misbehaving = True
        try:
            yield
        finally:
            self.is_misbehaving = False
            self._control("DELETE", "faults")

    def close(self) -> None:
        """It is not told anything any more."""
        self._client.close()

    def _control(self, method: str, path: str, body: Any = None) -> None:
        self._client.request(method, path, json=body).raise_for_status()
