"""A suite's file becomes expectations that can be evaluated, or says what is wrong with it."""

from typing import Any

import pytest

from enverus_elt.catalog import Dataset, load_catalog
from enverus_elt.errors import CatalogError
from enverus_elt.expectations import build
from enverus_elt.suites import generated, read

FINE = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "acres"}, "meta": {}}


def mistakes(*items: Any) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        build({"name": "leases", "expectations": list(items)})
    return str(caught.value).splitlines()


@pytest.mark.parametrize("dataset", list(load_catalog()), ids=lambda dataset: dataset.id)
def test_a_shipped_suite_can_be_evaluated_as_a_whole(dataset: Dataset) -> None:
    suite = read(dataset)
    assert len(build(suite).expectations) == len(suite["expectations"]) > len(generated(dataset)) + 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "expect_nothing"}, "expect_nothing: there is no such expectation"),
        ({"kwargs": {}}, "column: field required"),
        ({"kwargs": {"column": "acres", "mosty": 0.9}}, "mosty: extra fields not permitted"),
        ({"kwargs": {"column": "acres", "mostly": 7}}, "mostly: "),
        ({"severity": "severe"}, "severity: value is not a valid enumeration member"),
        ({"serverity": "info"}, "an expectation has no serverity"),
        ({"kwargs": ["acres"]}, "an expectation has a type, a text, and kwargs, an object"),
        ({"type": None}, "an expectation has a type, a text, and kwargs, an object"),
    ],
)
def test_what_cannot_be_meant_is_told_with_file_and_expectation(change: dict[str, Any], reason: str) -> None:
    mistake, *_ = mistakes(FINE, {**FINE, **change})
    assert mistake.startswith("leases.json: expectation 2, ")
    assert reason in mistake


def test_every_mistake_is_told() -> None:
    assert len(mistakes({**FINE, "type": "expect_a"}, FINE, {**FINE, "type": "expect_b"})) == 2


def test_severity_and_reason_are_kept() -> None:
    (built,) = build(
        {"name": "leases", "expectations": [{**FINE, "severity": "info", "meta": {"why": "no map without"}}]}
    ).expectations
    assert (built.severity, built.meta) == ("info", {"why": "no map without"})
