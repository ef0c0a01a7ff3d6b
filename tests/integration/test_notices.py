"""Notices and reminders reach Slack once each, and a Slack that is away harms nothing."""

import json
import logging
from collections.abc import Iterator

import pytest

from enverus_elt.hooks.warehouse import connect
from enverus_elt.operators.notices import notify
from enverus_elt.operators.tasks import remind_reviewers
from enverus_elt.steps.reminders import due
from tests.services.signing import Desk, signed_by
from tests.services.site import Site
from tests.services.slack import TOKEN, Slack, slack_server


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    with slack_server() as (server, connection):
        monkeypatch.setenv("AIRFLOW_CONN_SLACK", connection)
        yield server


def test_a_notice_reaches_slack(slack: Slack) -> None:
    assert notify("batch 7 waits for a signature")
    assert slack.texts == ["batch 7 waits for a signature"]


def test_without_a_connection_nothing_is_sent_and_nothing_fails() -> None:
    assert not notify("to nobody")


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_slack_that_refuses_fails_nothing_and_its_address_stays_secret(
    slack: Slack, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    slack.status = status
    with caplog.at_level(logging.DEBUG, logger="enverus_elt"):
        assert not notify("lost")
    assert "Slack did not take a notice" in caplog.text
    assert TOKEN not in caplog.text
    assert slack.texts == []


def test_a_slack_that_is_away_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"conn_type": "slackwebhook", "host": "http://127.0.0.1:9/services", "password": TOKEN}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK", json.dumps(nowhere))
    assert not notify("lost")


def test_reviewers_are_reminded_once_an_interval_until_there_is_an_answer(site: Site, slack: Slack) -> None:
    desk = Desk(site, signed_by("qa", "lead", remind_after_hours=2))
    desk.judge()
    desk.ask()
    assert remind_reviewers.function() == 0
    _hours_pass(site, 3)
    slack.status = 500
    assert remind_reviewers.function() == 0  # Slack is away: it is told at the next time
    slack.status = 200
    assert remind_reviewers.function() == 1
    assert remind_reviewers.function() == 0
    (text,) = slack.texts
    assert f"batch {desk.batch_id} still waits for a signature of qa or lead, because every batch" in text
    assert f"/warehouse/datasets/landtrac-leases/batches/{desk.batch_id}" in text
    _hours_pass(site, 3)
    desk.approve()
    with connect() as conn:
        assert due(conn) == []


def _hours_pass(site: Site, hours: int) -> None:
    site.rows("UPDATE ops.signoff_requests SET noticed_at = noticed_at - make_interval(hours => %s) RETURNING 1", hours)
