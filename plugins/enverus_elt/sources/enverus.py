"""Enverus DirectAccess v3: a dataset's rows by keyset paging, with its count, clock and DDL."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from enverus_elt.catalog import Dataset
from enverus_elt.errors import SourceError, TransientError
from enverus_elt.sources.background import begin
from enverus_elt.sources.base import NaturalKey, Page, Window
from enverus_elt.sources.http import EnverusSession
from enverus_elt.sources.json_rows import decode_slices

# A URL may have 2,048 characters; commas and what has to be quoted take three each.
MOST_KEY_CHARACTERS = 600

Parameters = Mapping[str, str | int]


class EnverusSource:
    """One dataset of the API, as :class:`~enverus_elt.sources.base.Source`.

    A window becomes two queries, for the API joins filters by AND while a delete may leave the update time
    alone: rows updated in the window, and rows deleted in it. ``deleteddate=null`` is never asked, because
    it would hide deletions for ever. Keys that a window names are further queries.
    """

    origin = None  # the API's rows are not in the data lake

    def __init__(self, session: EnverusSession, dataset: Dataset) -> None:
        self._session = session
        self._dataset = dataset
        self._api = dataset.api

    def now(self) -> datetime:
        """The ``Date`` of a response; the window's upper bound is taken from it."""
        response = self._session.send("HEAD", self._api.path, {"pagesize": 1})
        try:
            return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
        except (KeyError, ValueError, OverflowError) as error:
            raise SourceError(f"{self._dataset.id}: the API's answer carries no usable Date header") from error

    def count(self, window: Window) -> int:
        """The API's own count of the rows that :meth:`pages` is to deliver."""
        return sum(self._count(query) for query in self._queries(window))

    def pages(self, window: Window) -> Iterator[Page]:
        """Every page of both queries, a large one in slices; ends a query at its empty page.

        The next page is asked for while the last one is worked on.
        """
        for query in self._queries(window):
            yield from self._follow(query)

    def ddl(self) -> str:
        """The vendor's live DDL of the dataset, PostgreSQL flavour."""
        return vendor_ddl(self._session, self._api.path)

    def _queries(self, window: Window) -> Iterator[dict[str, str | int]]:
        yield from self._window_queries(window)
        yield from self._key_queries(window)

    def _window_queries(self, window: Window) -> Iterator[dict[str, str | int]]:
        load, high = self._dataset.load, f"{window.high:%Y-%m-%d}"
        cursor = self._dataset.source_of(load.cursor).lower()
        if window.low is None:
            # Everything: a filter would hide rows whose time is missing or yet to come, and a snapshot delete them.
            yield {}
            return
        between = f"btw({window.low:%Y-%m-%d},{high})"
        yield {cursor: between}
        if load.deleted is not None:
            yield {self._dataset.source_of(load.deleted).lower(): between}

    def _key_queries(self, window: Window) -> Iterator[dict[str, str | int]]:
        """The window's keys in queries that fit into a URL; of a key of several columns each is asked for."""
        names = [self._dataset.source_of(name).lower() for name in self._dataset.load.key]
        chunk, length = list[NaturalKey](), 0
        for key in window.keys:
            chunk.append(key)
            length += sum(len(_escaped(value)) + 1 for value in key)
            if length > MOST_KEY_CHARACTERS:
                yield _in(names, chunk)
                chunk, length = [], 0
        if chunk:
            yield _in(names, chunk)

    def _count(self, query: Parameters) -> int:
        response = self._session.send("HEAD", self._api.path, query)
        count = response.headers.get("X-Query-Record-Count")
        if count is None:
            raise TransientError(
                f"{self._dataset.id}: an answer without the API's count: something stands in its place"
            )
        if not count.isdecimal():
            raise SourceError(f"{self._dataset.id}: the API's count is {count!r}, not a number")
        return int(count)

    def _follow(self, query: Parameters) -> Iterator[Page]:
        parameters: dict[str, Any] | None = {**query, "pagesize": self._api.page_size}
        if self._api.fields == "catalog":
            parameters = {**parameters, "fields": ",".join(self._dataset.fields)} if parameters else None
        links, firsts = set[str](), set[NaturalKey]()
        answer = begin(self._session.send, "GET", self._api.path, parameters)
        while True:
            link, pages = self._open(answer.result())
            first = next(pages)
            if not first.rows:
                return
            # One page too many and another one missing would make the count agree. A page may have changed before it
            # is repeated, but it begins with the same key.
            if key := self._first_key(first):
                if key in firsts:
                    raise TransientError(f"{self._dataset.id}: the API delivered a page twice")
                firsts.add(key)
            if link in links:
                raise TransientError(f"{self._dataset.id}: the API's next link leads in a circle")
            if link is not None:
                links.add(link)
                answer = begin(self._session.send, "GET", link)  # one page ahead, never more
            yield first
            del first
            yield from pages
            if link is None:
                return

    def _open(self, response: httpx.Response) -> tuple[str | None, Iterator[Page]]:
        """The link to the next page, and this one's rows in slices."""
        kind = response.headers.get("Content-Type", "")
        return _next_link(response), decode_slices(response.content, kind, self._dataset.id)

    def _first_key(self, page: Page) -> NaturalKey | None:
        row = page.rows[0] if isinstance(page.rows[0], dict) else {}
        values = [row.get(self._dataset.source_of(name)) for name in self._dataset.load.key]
        return None if None in values else tuple(map(str, values))


def vendor_ddl(session: EnverusSession, path: str) -> str:
    """The vendor's live DDL of what it serves at ``path``, also where the catalog does not know it yet."""
    return session.send("GET", path, {"ddl": "pg"}).text


def _in(names: list[str], keys: list[NaturalKey]) -> dict[str, str | int]:
    columns = zip(*keys, strict=True)
    return {
        name: f"in({','.join(dict.fromkeys(_escaped(value) for value in values))})"
        for name, values in zip(names, columns, strict=True)
    }


def _escaped(value: str) -> str:
    """A value of a list: a comma within it is escaped."""
    return value.replace(",", "\\,")


def _next_link(response: httpx.Response) -> str | None:
    link = response.links.get("next", {}).get("url")
    return link.lstrip("/") if link else None
