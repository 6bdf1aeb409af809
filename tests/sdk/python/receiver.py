"""A receiver of webhooks that keeps what came and answers by a script: a real server, no network beyond this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Serves until it is closed. It answers with the statuses in their order, then with 200."""

    def __init__(self, *statuses: int):
        self.received: list[dict] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.receiver = self
        self.statuses = list(statuses)
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def take(self, headers: dict, body: bytes) -> int:
        with self.lock:
            status = self.statuses.pop(0) if self.statuses else 200
            self.received.append({"status": status, "headers": headers, "body": json.loads(body)})
            return status

    def payloads(self) -> list[dict]:
        """Of the messages that were taken."""
        return [message["body"]["payload"] for message in self.received if message["status"] < 300]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # noqa: N802, the name that http.server looks for
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing: what came is asked for by the tests."""
