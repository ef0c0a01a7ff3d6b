"""One dataset of the Enverus API: which queries a window makes, and where its pages end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from enverus_elt.catalog import Dataset
from enverus_elt.errors import SourceError, TransientError
from enverus_elt.sources.base import Window
from enverus_elt.sources.enverus import EnverusSource
from tests.unit.api_double import BASE, Answer, Api, ok

DAY = datetime(2024, 5, 2, 13, 30, tzinfo=UTC)
OPEN = Window(None, DAY)
CLOSED = Window(DAY - timedelta(days=2), DAY)


def source(api: Api, dataset: Dataset) -> EnverusSource:
    return EnverusSource(api.session, dataset)


def queries(api: Api) -> list[dict[str, str]]:
    return [dict(request.url.params) for request in api.requests]


def test_an_open_window_is_one_query_for_everything(leases: Dataset) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    assert source(api, leases).count(OPEN) == 3
    assert [request.method for request in api.requests] == ["HEAD"]
    assert queries(api) == [{}]


def test_a_closed_window_is_two_queries_one_for_updates_and_one_for_deletions(leases: Dataset) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    assert source(api, leases).count(CLOSED) == 6
    between = "btw(2024-04-30,2024-05-02)"
    assert queries(api) == [{"updateddate": between}, {"deleteddate": between}]


def test_a_dataset_without_deletions_is_one_query(leases: Dataset) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    kept = leases.model_copy(update={"load": leases.load.model_copy(update={"deleted": None})})
    assert source(api, kept).count(CLOSED) == 3


@pytest.mark.parametrize("window", [OPEN, CLOSED])
def test_rows_that_are_deleted_are_never_filtered_out(leases: Dataset, window: Window) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    source(api, leases).count(window)
    list(source(api, leases).pages(window))
    assert all("null" not in str(request.url).lower() for request in api.requests)


def test_an_answer_without_a_count_passes(leases: Dataset) -> None:
    with pytest.raises(TransientError, match=r"^test-leases: an answer without the API's count"):
        source(Api(ok("<html>")), leases).count(OPEN)


@pytest.mark.parametrize("count", ["", "many", "-1", "1.5"])
def test_a_count_that_is_no_number_is_the_sources_fault(leases: Dataset, count: str) -> None:
    api = Api(ok(**{"X-Query-Record-Count": count}))
    with pytest.raises(SourceError, match=r"^test-leases: the API's count is .*, not a number"):
        source(api, leases).count(OPEN)


def paged(*pages: str, next_of: Callable[[int], str | None]) -> Iterator[Answer]:
    for number, body in enumerate(pages, start=1):
        link = next_of(number)
        yield ok(body, **({"Link": f'<{link}>; rel="next"'} if link else {}))


def test_pages_follow_the_relative_link_until_the_empty_page(leases: Dataset) -> None:
    pages = paged('[{"LeaseID":1},{"LeaseID":2}]', '[{"LeaseID":3}]', "[]", next_of=lambda n: f"/leases?page={n + 1}")
    api = Api(*pages)
    found = [[row["LeaseID"] for row in page.rows] for page in source(api, leases).pages(OPEN)]
    assert found == [[1, 2], [3]]
    assert [str(request.url) for request in api.requests] == [
        f"{BASE}leases?pagesize=2",
        f"{BASE}leases?page=2",
        f"{BASE}leases?page=3",
    ]


def test_a_page_without_a_link_is_the_last(leases: Dataset) -> None:
    api = Api(ok('[{"LeaseID":1}]'))
    assert len(list(source(api, leases).pages(OPEN))) == 1
    assert len(api.requests) == 1


def test_a_closed_window_reads_both_queries_to_their_end(leases: Dataset) -> None:
    api = Api(ok('[{"LeaseID":1}]'), ok("[]"))
    assert len(list(source(api, leases).pages(CLOSED))) == 1
    assert [set(query) for query in queries(api)] == [{"updateddate", "pagesize"}, {"deleteddate", "pagesize"}]


@pytest.mark.parametrize("circle", [1, 2])
def test_a_next_link_that_leads_in_a_circle_is_transient(leases: Dataset, circle: int) -> None:
    pages = paged(*(f'[{{"LeaseID":{n}}}]' for n in range(6)), next_of=lambda n: f"/leases?page={n % circle}")
    with pytest.raises(TransientError, match=r"^test-leases: the API's next link leads in a circle"):
        list(source(Api(*pages), leases).pages(OPEN))


def test_a_page_that_comes_twice_is_transient(leases: Dataset) -> None:
    pages = paged(*['[{"LeaseID":1}]'] * 3, next_of=lambda n: f"/leases?page={n}")
    with pytest.raises(TransientError, match=r"^test-leases: the API delivered a page twice"):
        list(source(Api(*pages), leases).pages(OPEN))


def test_keys_are_asked_for_beside_the_window_in_urls_that_are_short_enough(leases: Dataset) -> None:
    keys = tuple((str(10**14 + n),) for n in range(100))
    api = Api(ok("[]"))
    list(source(api, leases).pages(replace(CLOSED, keys=keys)))
    asked = [query["leaseid"] for query in queries(api) if "leaseid" in query]
    assert ",".join(part.removeprefix("in(").removesuffix(")") for part in asked) == ",".join(key for (key,) in keys)
    assert max(len(str(request.url)) for request in api.requests) < 1_500


def test_a_page_that_is_no_json_is_transient_and_names_the_dataset(leases: Dataset) -> None:
    api = Api(ok("<html>", **{"Content-Type": "text/html"}))
    with pytest.raises(TransientError, match=r"^test-leases: a page of 6 bytes \(text/html\) is not JSON"):
        list(source(api, leases).pages(OPEN))


def test_only_the_catalogs_fields_are_asked_for_where_it_says_so(leases: Dataset) -> None:
    chosen = leases.model_copy(update={"source": leases.source.model_copy(update={"fields": "catalog"})})
    api = Api(ok())
    list(source(api, chosen).pages(OPEN))
    assert queries(api)[0]["fields"] == ",".join(leases.fields)


def test_the_clock_is_the_servers(leases: Dataset) -> None:
    api = Api(ok(Date="Thu, 02 May 2024 13:30:00 GMT"))
    assert source(api, leases).now() == DAY
    assert api.requests[0].method == "HEAD"


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": ""}], ids=["none", "no date", "empty"])
def test_an_answer_without_a_clock_is_the_sources_fault(leases: Dataset, headers: dict[str, str]) -> None:
    with pytest.raises(SourceError, match=r"^test-leases: the API's answer carries no usable Date header"):
        source(Api(ok(**headers)), leases).now()


def test_the_vendors_ddl_is_asked_for_in_postgresqls_flavour(leases: Dataset) -> None:
    api = Api(ok("CREATE TABLE"))
    assert source(api, leases).ddl() == "CREATE TABLE"
    assert queries(api) == [{"ddl": "pg"}]
