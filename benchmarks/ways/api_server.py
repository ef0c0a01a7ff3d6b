"""The Enverus API as far as a client's speed goes: pages that are on disk as JSON, sent as they are.

A process of its own, so that it takes no time from who is measured; a page costs it a read from the page cache and a
write to the socket. It serves any number of datasets, ``/<name>`` from the folder of that name.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token"


class Handler(BaseHTTPRequestHandler):
    """Token, count, pages and the link to the next; the last page is empty."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, root: Path, most: dict[str, int], *args: object) -> None:
        self._root = root
        self._most = most
        super().__init__(*args)  # type: ignore[arg-type]

    def do_POST(self) -> None:
        """Any key is good for a token."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(200, json.dumps({"token": TOKEN}).encode())

    def do_HEAD(self) -> None:
        """The count."""
        self._serve(body=False)

    def do_GET(self) -> None:
        """A page."""
        self._serve(body=True)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _serve(self, *, body: bool) -> None:
        url = urlsplit(self.path)
        name, number = url.path.strip("/"), int(parse_qs(url.query).get("next_page", ["0"])[0])
        if self.headers.get("Authorization", "").lower() != f"bearer {TOKEN}":
            self._answer(401, b"[]")
            return
        page = self._root / name / f"{number:04}.json"
        headers = {"X-Query-Record-Count": str(self._most[name])}
        if not page.exists():
            self._answer(200, b"[]" if body else b"", headers)
            return
        headers["Link"] = f'</{name}?action=next&next_page={number + 1}>; rel="next"'
        self._answer(200, page.read_bytes() if body else b"", headers)

    def _answer(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def main() -> None:
    """Print the port, then serve until terminated."""
    root, most = Path(sys.argv[1]), json.loads(sys.argv[2])
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, root, most)) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


@contextmanager
def serving(root: Path, rows: dict[str, int]) -> Iterator[str]:
    """Serve the folders below ``root``, with the number of each one's rows; yields the base URL."""
    command = [sys.executable, "-m", "benchmarks.ways.api_server", str(root), json.dumps(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/"
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
