"""Drivers' errors, mapped once to the project's own: transient or terminal, in one line without data."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as BotoConnectionError

from enverus_elt.errors import EltError, SettingError, TerminalError, TransientError

# Connection, idle in transaction, deadlock and serialization, resources, locks, operator intervention, system.
TRANSIENT_CLASSES = ("08", "25P03", "40", "53", "55", "57", "58")
REFUSED = ("28", "3D")
REFUSALS = ("password authentication failed", "does not exist", "no password supplied", "no pg_hba.conf entry")
THROTTLED = (429, 500, 502, 503, 504)
UNREACHABLE = (BotoConnectionError, HTTPClientError, IncompleteReadError)
SLOW = ("RequestTimeout", "SlowDown")
DEPENDED_ON = "2BP01"  # its detail names the objects, not rows


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise the project's errors for a driver's; ``what`` names the step and the dataset."""
    try:
        yield
    except EltError:
        raise
    except psycopg.Error as error:
        raise _from_postgres(what, error) from error
    except ClientError as error:
        raise _from_store(what, error) from error
    except UNREACHABLE as error:
        raise TransientError(f"{what}: cannot reach the object store: {error}") from error
    except BotoCoreError as error:
        raise SettingError(f"{what}: the object store's connection is not usable: {error}") from error
    except (ValueError, OSError) as error:
        # smart_open wraps what went wrong when it opens or completes an object.
        if isinstance(error.__cause__, ClientError):
            raise _from_store(what, error.__cause__) from error
        if type(error) is not OSError:
            raise
        raise TransientError(f"{what}: reading or writing broke off: {error}") from error


def _from_postgres(what: str, error: psycopg.Error) -> EltError:
    # The primary message only, for the detail and the context quote rows; of refused values not even that.
    state = error.sqlstate or ""
    message = error.diag.message_primary or (str(error).splitlines() or [type(error).__name__])[0]
    if state.startswith("22"):
        message = type(error).__name__
    if state == DEPENDED_ON:
        message = "; ".join([message, *(error.diag.message_detail or "").splitlines()])
    if state.startswith(REFUSED) or (not state and any(refusal in str(error) for refusal in REFUSALS)):
        return SettingError(f"{what}: the warehouse refuses the login of its connection: {message}")
    if state.startswith(TRANSIENT_CLASSES) or (isinstance(error, psycopg.OperationalError) and not state):
        return TransientError(f"{what}: the warehouse is not available: {message}")
    return TerminalError(f"{what}: the warehouse refused it ({state or 'no code'}): {message}")


def _from_store(what: str, error: ClientError) -> EltError:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code, message = error.response["Error"].get("Code", "?"), error.response["Error"].get("Message", "")
    if status in THROTTLED or code in SLOW:
        return TransientError(f"{what}: the object store is not available: {code} {message}")
    if status in (401, 403):
        return SettingError(f"{what}: the object store refuses the keys of its connection: {code} {message}")
    return TerminalError(f"{what}: the object store refused it: {code} {message}")
