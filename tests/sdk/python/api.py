"""The REST API as a program without an SDK uses it: plain requests, plain JSON.

Helpers to write rows and to wait; no expectation about answers lives here.
"""

import datetime
import gzip
import json
import os
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

START = "2026-03-04T05:06:07.123456Z"
END = "2026-03-04T05:06:08.623456Z"
DURATION_MS = 1500.0
EPOCH = "1970-01-01T00:00:00Z"
UNKNOWN_ID = "0190babc-62a0-71d2-832a-0feffa4676ff"

_last_ms = 0
_sequence = 0


def new_id(at_ms: int | None = None) -> str:
    """A UUID of version 7; later calls give greater ids, so that their order is known."""
    global _last_ms, _sequence
    now_ms = at_ms if at_ms is not None else time.time_ns() // 1_000_000
    _sequence = _sequence + 1 if now_ms == _last_ms else 0
    _last_ms = now_ms
    head = now_ms.to_bytes(6, "big") + (0x7000 | _sequence).to_bytes(2, "big")
    tail = bytearray(os.urandom(8))
    tail[0] = tail[0] & 0x3F | 0x80
    assert _sequence < 0x1000, "more ids in one millisecond than the sequence can hold"
    return str(uuid.UUID(bytes=head + bytes(tail)))


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def strict_json(text: str | bytes) -> Any:
    """JSON as the standard and every browser knows it: without NaN and Infinity."""

    def refuse(token: str) -> None:
        raise ValueError(f"`{token}` is not JSON")

    return json.loads(text, parse_constant=refuse)


def eventually(what: str, look: Callable[[], Any], seconds_max: float = 20) -> Any:
    """Looks again until something true is seen; used only where the user has to wait as well."""
    deadline = time.monotonic() + seconds_max
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds_max} s: {what}; last seen: {seen!r}")
        time.sleep(0.05)


def trace_row(project: str, **fields: Any) -> dict:
    return {"id": new_id(), "project_name": project, "start_time": START, **fields}


def span_row(project: str, trace_id: str | None = None, **fields: Any) -> dict:
    trace_id = trace_id or new_id()
    return {"id": new_id(), "project_name": project, "trace_id": trace_id, "start_time": START, **fields}


class Api:
    def __init__(self, root_url: str):
        self.root = httpx.Client(base_url=root_url, timeout=60)
        self.http = httpx.Client(base_url=f"{root_url}/api/v1/private/", timeout=60)

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self.root.close()
        self.http.close()

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.http.request(method, path, json=body, **options)

    def raw(self, method: str, path: str, content: bytes, **headers: str) -> httpx.Response:
        return self.http.request(method, path, content=content, headers={"content-type": "application/json", **headers})

    def zipped(self, method: str, path: str, body: Any) -> httpx.Response:
        return self.raw(method, path, gzip.compress(json.dumps(body).encode()), **{"content-encoding": "gzip"})

    def get(self, path: str, /, **params: Any) -> Any:
        response = self.http.get(path, params=params)
        assert response.status_code == 200, f"GET {path} {params}: {response.status_code} {response.text}"
        return strict_json(response.content)

    def write(self, kind: str, *rows: dict) -> None:
        response = self.send("POST", f"{kind}/batch", {kind: list(rows)})
        assert response.status_code == 204, f"POST {kind}/batch: {response.status_code} {response.text}"

    def post(self, kind: str, row: dict) -> httpx.Response:
        return self.send("POST", kind, row)

    def patch(self, kind: str, id: str, **fields: Any) -> httpx.Response:
        return self.send("PATCH", f"{kind}/{id}", fields)

    def page(self, kind: str, project: str, **params: Any) -> dict:
        return self.get(kind, project_name=project, **params)

    def ids(self, kind: str, project: str) -> list[str]:
        return [row["id"] for row in self.page(kind, project, size=1000)["content"]]

    def stream(self, kind: str, **body: Any) -> httpx.Response:
        return self.send("POST", f"{kind}/search", body)

    def stream_rows(self, kind: str, **body: Any) -> list[dict]:
        response = self.stream(kind, **body)
        assert response.status_code == 200, f"POST {kind}/search {body}: {response.status_code} {response.text}"
        return [strict_json(line) for line in response.content.split(b"\n") if line.strip()]

    def score(self, kind: str, *scores: dict) -> None:
        response = self.send("PUT", f"{kind}/feedback-scores", {"scores": list(scores)})
        assert response.status_code == 204, f"PUT {kind}/feedback-scores: {response.status_code} {response.text}"

    def project_exists(self, name: str) -> bool:
        status = self.send("POST", "projects/retrieve", {"name": name}).status_code
        assert status in (200, 404), f"projects/retrieve answered {status}"
        return status == 200

    def is_healthy(self) -> bool:
        response = self.root.get("/api/is-alive/ping")
        return response.status_code == 200 and response.json() == {"message": "Healthy Server", "healthy": True}
