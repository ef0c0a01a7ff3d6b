"""Tasks of the landing zone and of one delivery, as TaskFlow functions over ``enverus_elt.lake``."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from enverus_elt.errors import DeliveryError, TerminalError
from enverus_elt.operators.assets import DELIVERIES, LAKE, lake_asset

if TYPE_CHECKING:
    from enverus_elt.lake.attendance import Due
    from enverus_elt.lake.process import LakePlace

log = logging.getLogger(__name__)

DELIVERY = "delivery"
# After so long a delivery that was announced and that no run took up is announced again: its event was lost.
AGAIN_AFTER = timedelta(minutes=5)
MOST_AT_A_TIME = 500  # events of one task; the next look at the landing zone announces the others
ALIVE = ["queued", "running"]


@task(outlets=[DELIVERIES])
def register() -> list[str]:
    """Take manifests that were found into the ledger, and announce the deliveries whose turn it is.

    Skipped where nothing is to be announced.
    """
    from enverus_elt.lake.landing import strays, take_in  # noqa: PLC0415 - not at parse time
    from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415

    context = get_current_context()
    with lake_place("register") as place:
        for key in strays(place.landing):
            log.warning("%s is no manifest: those are manifests/<batch_id>.json", key)
        take_in(place.conn, place.landing)
        return _announce(place, context)


@task
def check() -> int:
    """Claim the delivery for this run, and see that it can be processed; returns its number.

    Skipped where another run works on it, or an earlier delivery of its dataset has not ended.
    """
    from enverus_elt.lake.attendance import claim  # noqa: PLC0415 - not at parse time
    from enverus_elt.lake.ledger import find, turn_of  # noqa: PLC0415
    from enverus_elt.lake.process import check as see  # noqa: PLC0415
    from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415

    context = get_current_context()
    delivery_id, run_id = delivery_of(context), context["run_id"]
    with lake_place("check") as place:
        delivery = find(place.conn, delivery_id)
        if delivery.settled_at is not None:
            raise AirflowSkipException(f"{delivery} is {delivery.state} and settled already")
        if not delivery.finished and not turn_of(place.conn, delivery_id):
            raise AirflowSkipException(f"{delivery} waits for an earlier one of {delivery.dataset}, whose end tells it")
        if _is_alive(context, delivery.airflow_run_id) or not claim(place.conn, delivery, run_id):
            raise AirflowSkipException(f"another run works on {delivery}")
        see(place, delivery_id, run_id)
    return delivery_id


@task
def process(delivery_id: int) -> dict[str, Any]:
    """Make a version of the delivery; returns which, and whether the newest held the same already."""
    from enverus_elt.lake.process import process as make  # noqa: PLC0415 - not at parse time
    from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415

    with lake_place("process") as place:
        done = make(place, delivery_id, get_current_context()["run_id"])
    return {"dataset": done.dataset, "version": done.version, "unchanged": done.unchanged}


@task(trigger_rule="all_done")
def settle() -> str:
    """Move the delivery's manifest to ``archive/`` or ``failed/``, with a report; returns how it ended.

    Fails where the delivery did, so that the run does. Skipped where it is another run's.
    """
    from enverus_elt.lake.ledger import find  # noqa: PLC0415 - not at parse time
    from enverus_elt.lake.process import close  # noqa: PLC0415
    from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415
    from enverus_elt.operators.links import run_url  # noqa: PLC0415

    context = get_current_context()
    delivery_id, run_id = delivery_of(context), context["run_id"]
    with lake_place("settle") as place:
        delivery = find(place.conn, delivery_id)
        if delivery.airflow_run_id != run_id:
            raise AirflowSkipException(f"{delivery} is not this run's: {delivery.airflow_run_id or 'no run'} has it")
        delivery = close(place, delivery_id, run_id, run_url(DELIVERY, run_id))
    if delivery.state == "failed":
        raise DeliveryError(f"{delivery} has failed, {delivery.report_key} says why: {delivery.error}")
    return delivery.state


@task(trigger_rule="all_done", outlets=[DELIVERIES])
def announce_next() -> list[str]:
    """Announce the delivery of the same dataset whose turn has come with the end of this one; skipped without one."""
    from enverus_elt.lake.ledger import find  # noqa: PLC0415 - not at parse time
    from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415

    context = get_current_context()
    with lake_place("announce_next") as place:
        dataset = find(place.conn, delivery_of(context)).dataset
        if dataset is None:
            raise AirflowSkipException("its manifest names no dataset, so none waits for it")
        return _announce(place, context, dataset)


@task(outlets=[LAKE])
def tell() -> str:
    """Tell whoever loads from a dataset of the lake that it has a new version; returns the version's name.

    In a run of its own, for an event of a run with a partition starts only DAGs that work in partitions too.
    """
    context = get_current_context()
    facts = context["dag_run"].conf or {}
    try:
        dataset, version = str(facts["dataset"]), int(facts["version"])
    except (KeyError, TypeError, ValueError) as error:
        raise TerminalError(
            f"the run's conf must say which version: {{'dataset': …, 'version': …}}, not {facts}"
        ) from error
    context["outlet_events"][LAKE].add(lake_asset(dataset), extra={"version": version})
    return f"{dataset}/v{version}"


@task
def tidy() -> dict[str, list[str]]:
    """Drop the schemas, folders and halves of versions that crashes left behind; returns their names."""
    from enverus_elt.lake.discarding import drop_abandoned  # noqa: PLC0415 - not at parse time
    from enverus_elt.lake.folders import drop_left_folders  # noqa: PLC0415
    from enverus_elt.lake.scratch import drop_stale  # noqa: PLC0415
    from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415

    with lake_place("tidy") as place:
        return {
            "schemas": drop_stale(place.conn),
            "versions": drop_abandoned(place.conn, place.lake),
            "folders": drop_left_folders(),
        }


def delivery_of(context: Context) -> int:
    """The number at the end of the run's partition key; raises TerminalError where there is none."""
    key = context["dag_run"].partition_key or ""
    try:
        return int(key.rpartition("/")[2])
    except ValueError:
        raise TerminalError(
            f"a run works on one delivery, which its partition key names as <dataset>/<number>, not {key!r};"
            " 'enverus manifest status' shows the numbers"
        ) from None


def _announce(place: "LakePlace", context: Context, dataset: str | None = None) -> list[str]:
    from enverus_elt.lake.attendance import announced, due  # noqa: PLC0415 - not at parse time

    run_id = context["run_id"]
    unattended = _unattended(due(place.conn, run_id, dataset), context)
    found = [item.delivery for item in islice(unattended, MOST_AT_A_TIME)]
    if not found:
        raise AirflowSkipException("no delivery is to be announced")
    announced(place.conn, found, run_id)
    keys = [delivery.partition for delivery in found]
    context["outlet_events"][DELIVERIES].add_partitions(keys)
    return keys


def _unattended(found: "Iterable[Due]", context: Context) -> "Iterable[Due]":
    """Those that no run works on, and that none was told of, or so long ago that the word must have been lost."""
    waiting = None
    for item in found:
        run_id = item.delivery.airflow_run_id
        if run_id == context["run_id"] or _is_alive(context, run_id):
            continue
        if item.announced_at is not None:
            waiting = _count(context, ["queued"]) if waiting is None else waiting
            if waiting or item.now - item.announced_at < AGAIN_AFTER:
                continue  # its run may be among those that wait for a place
        yield item


def _is_alive(context: Context, run_id: str | None) -> bool:
    return run_id not in (None, context["run_id"]) and _count(context, ALIVE, run_id) > 0


def _count(context: Context, states: list[str], run_id: str | None = None) -> int:
    instance: Any = context["ti"]
    found: int = instance.get_dr_count(dag_id=DELIVERY, states=states, run_ids=[run_id] if run_id else None)
    return found
