"""A server in the shape of Slack's incoming webhooks: it refuses what Slack would refuse."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "T000/B000/not-a-secret-of-anybody"


class Slack:
    """What it was sent; ``status`` is what it answers with."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.status = 200


@contextmanager
def slack_server() -> Iterator[tuple[Slack, str]]:
    """The server and its Airflow connection, as JSON."""
    slack = Slack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = self.path == f"/services/{TOKEN}"
            good = known and body.get("text") and self.headers["Content-Type"].startswith("application/json")
            status = slack.status if good else 400
            if status == 200:
                slack.texts.append(body["text"])
            answer = b"ok" if status == 200 else b"invalid_payload"
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/services"
    try:
        yield slack, json.dumps({"conn_type": "slackwebhook", "host": address, "password": TOKEN})
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
