"""A host of guardrails that judges by a script, over the HTTP API that the SDK speaks to such hosts: no model, no chance.

A check fails if one of its words is in the text. What it says of Cairn: nothing.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class GuardrailsHost:
    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # noqa: N802, the name that http.server looks for
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        validations = [judged(request["text"], asked) for asked in request["validations"]]
        passed = all(validation["validation_passed"] for validation in validations)
        content = json.dumps({"validation_passed": passed, "validations": validations}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def judged(text: str, asked: dict) -> dict:
    config = asked["config"]
    words = [word.lower() for key in ("topics", "entities") for word in config.get(key, [])]
    found = [word for word in words if word in text.lower()]
    return {
        "validation_passed": not found,
        "type": asked["type"],
        "validation_config": config,
        "validation_details": {"found": found},
    }
