"""Notices to people, through the Slack provider; a load never waits for one or fails with it."""

import logging

from enverus_elt.errors import SettingError

log = logging.getLogger(__name__)

SLACK = "slack"
LONGEST_WAIT = 10  # seconds


def notify(text: str, conn_id: str = SLACK) -> bool:
    """Send a text to the webhook of the Airflow connection ``slack``; returns whether Slack took it.

    Where there is no such connection nothing is sent: the question is in Airflow's UI all the same.
    """
    from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook  # noqa: PLC0415 - not at parse time

    from enverus_elt.hooks.connections import connection  # noqa: PLC0415

    try:
        connection(conn_id, "password")
    except SettingError:
        log.info("no notice was sent: there is no Airflow connection %r", conn_id)
        return False
    try:
        SlackWebhookHook(slack_webhook_conn_id=conn_id, timeout=LONGEST_WAIT).send(text=text)
    except Exception as error:  # noqa: BLE001 - whatever it is, the load matters more; the message may hold the address
        log.warning("Slack did not take a notice: %s", type(error).__name__)
        return False
    return True
