"""Drivers' errors become the project's: can waiting heal it, and nothing of the rows in the words."""

import psycopg
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from psycopg.errors import lookup

from enverus_elt.errors import (
    CatalogError,
    ConservationError,
    EltError,
    SettingError,
    StaleWorkerError,
    TerminalError,
    TransientError,
)
from enverus_elt.hooks.failures import translated

STEP = "stage of wells"


def raised(error: Exception) -> EltError:
    with pytest.raises(EltError) as caught, translated(STEP):
        raise error
    return caught.value


def store_error(status: int, code: str) -> ClientError:
    response = {"Error": {"Code": code, "Message": "why"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "PutObject")


SERVER_ERRORS = {
    "08006": TransientError,  # connection failure
    "40001": TransientError,  # serialization failure
    "40P01": TransientError,  # deadlock
    "53100": TransientError,  # disk full
    "53300": TransientError,  # too many connections
    "55P03": TransientError,  # lock not available
    "57014": TransientError,  # statement timeout
    "57P01": TransientError,  # administrator shut it down
    "57P03": TransientError,  # starting up
    "58030": TransientError,  # I/O error
    "28P01": SettingError,  # wrong password
    "28000": SettingError,  # no such login
    "3D000": SettingError,  # no such database
    "22P02": TerminalError,  # text that is no number
    "23505": TerminalError,  # unique violation
    "42501": TerminalError,  # privilege missing
    "42P01": TerminalError,  # table missing
    "0A000": TerminalError,  # not supported
    "XX000": TerminalError,  # internal error
}


@pytest.mark.parametrize(("state", "kind"), SERVER_ERRORS.items())
def test_a_servers_error_is_sorted_by_its_state(state: str, kind: type[EltError]) -> None:
    error = raised(lookup(state)("the server's words"))
    assert type(error) is kind
    assert str(error).startswith(f"{STEP}: ")
    # A refused value is quoted by the server; it must not travel on.
    assert str(error).endswith(lookup(state).__name__ if state.startswith("22") else "the server's words")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ('connection failed: FATAL:  password authentication failed for user "enverus_loader"', SettingError),
        ('connection failed: FATAL:  database "warehouse" does not exist', SettingError),
        ("connection failed: fe_sendauth: no password supplied", SettingError),
        ("connection failed: FATAL:  no pg_hba.conf entry for host", SettingError),
        ("connection failed: connection refused", TransientError),
        ("connection timeout expired", TransientError),
        ("the connection is closed", TransientError),
    ],
)
def test_a_connection_that_fails_is_told_from_one_that_is_refused(words: str, kind: type[EltError]) -> None:
    assert type(raised(psycopg.OperationalError(words))) is kind


def test_a_drivers_error_without_a_state_is_terminal() -> None:
    error = raised(psycopg.ProgrammingError("the query has 1 placeholder"))
    assert type(error) is TerminalError
    assert str(error) == f"{STEP}: the warehouse refused it (no code): the query has 1 placeholder"


def test_only_the_first_line_is_told_for_the_others_quote_rows() -> None:
    words = "duplicate key value\nDETAIL:  Key (well_name)=(Secret 1-H) already exists.\nCONTEXT:  COPY wells, line 7"
    error = raised(lookup("23505")(words))
    assert str(error) == f"{STEP}: the warehouse refused it (23505): duplicate key value"


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert str(raised(psycopg.OperationalError())).endswith(": OperationalError")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (store_error(503, "SlowDown"), TransientError),
        (store_error(429, "TooManyRequests"), TransientError),
        (store_error(500, "InternalError"), TransientError),
        (store_error(403, "AccessDenied"), SettingError),
        (store_error(401, "Unauthorized"), SettingError),
        (store_error(404, "NoSuchBucket"), TerminalError),
        (store_error(400, "InvalidRequest"), TerminalError),
        (EndpointConnectionError(endpoint_url="http://store"), TransientError),
        (ConnectTimeoutError(endpoint_url="http://store"), TransientError),
        (ReadTimeoutError(endpoint_url="http://store"), TransientError),
        (NoCredentialsError(), SettingError),
        (ParamValidationError(report="Invalid bucket name"), SettingError),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, Exception) else value.__name__,
)
def test_a_stores_error_is_sorted_by_what_it_is(error: Exception, kind: type[EltError]) -> None:
    found = raised(error)
    assert type(found) is kind
    assert str(found).startswith(f"{STEP}: ")


def test_a_stores_code_and_words_are_told() -> None:
    assert str(raised(store_error(404, "NoSuchBucket"))) == f"{STEP}: the object store refused it: NoSuchBucket why"


@pytest.mark.parametrize("kind", [TransientError, CatalogError, ConservationError, StaleWorkerError])
def test_the_projects_own_errors_pass_unchanged(kind: type[EltError]) -> None:
    error = kind("as it was")
    assert raised(error) is error


def test_an_error_of_the_code_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), translated(STEP):
        raise ZeroDivisionError


def test_the_drivers_error_stays_as_the_cause() -> None:
    cause = psycopg.OperationalError("gone")
    assert raised(cause).__cause__ is cause
