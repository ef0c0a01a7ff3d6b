"""Whether a part of the stack works: `healthy.py URL [PART]` ends with 0 when it does. Standard library only.

Without PART any answer counts that is a success or a refusal: a server that turns a stranger away is up. With PART
the answer is Airflow's health report, and that part of it must be healthy.
"""

import json
import sys
import urllib.error
import urllib.request

REFUSALS = (400, 401, 403)  # 400: how rclone answers a request without a signature
SECONDS = 4


def ask(url: str) -> bytes:
    """The answer's body; raises OSError (a URLError or HTTPError, too) where there is none."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=SECONDS) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        if error.code in REFUSALS:
            return b""
        raise


def complaint(url: str, part: str = "") -> str:
    """What is wrong, or nothing."""
    try:
        body = ask(url)
    except OSError as error:
        return f"{url}: {error}"
    if not part:
        return ""
    try:
        status = json.loads(body)[part]["status"]
    except (ValueError, LookupError, TypeError):
        return f"{url}: no status of {part}"
    return "" if status == "healthy" else f"{part} is {status}"


def verdict(arguments: list[str]) -> str | int:
    """What `sys.exit` takes: 0, or words for standard error and an exit code of 1."""
    return complaint(*arguments) or 0


if __name__ == "__main__":
    sys.exit(verdict(sys.argv[1:3]))
