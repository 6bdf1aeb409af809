"""What a runner and its person say to the server, in plain requests; no expectation about answers lives here."""

import base64
import hashlib
import hmac
import uuid

from api import strict_json

RUNNERS = "local-runners"
KEY = bytes(range(32))


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def proof(session: str, name: str, key: bytes = KEY) -> str:
    message = uuid.UUID(session).bytes + hashlib.sha256(name.encode()).digest()
    return text(hmac.new(key, message, hashlib.sha256).digest())


def begin(api, project_id: str, kind: str = "endpoint", **fields) -> dict:
    body = {"project_id": project_id, "activation_key": text(KEY), "type": kind, **fields}
    response = api.send("POST", "pairing/sessions", body)
    assert response.status_code == 201, response.text
    return response.json()


def activate(api, session: dict, name: str = "laptop", **fields):
    body = {"runner_name": name, "hmac": proof(session["session_id"], name), **fields}
    return api.send("POST", f"pairing/sessions/{session['session_id']}/activate", body)


def pair(api, project_id: str, kind: str = "endpoint", capabilities: tuple = ("jobs",)) -> str:
    """The id of a connected runner with the agent `answer`."""
    session = begin(api, project_id, kind)
    assert activate(api, session).status_code == 201
    runner = session["runner_id"]
    heartbeat = api.send("POST", f"{RUNNERS}/{runner}/heartbeats", {"capabilities": list(capabilities)})
    assert heartbeat.status_code == 200, heartbeat.text
    agents = {"answer": {"description": "answers", "language": "python", "params": [], "timeout": 0}}
    assert api.send("PUT", f"{RUNNERS}/{runner}/agents", agents).status_code == 204
    return runner


def ask(api, project_id: str, **fields) -> str:
    """The id of a new job."""
    body = {"agent_name": "answer", "project_id": project_id, "inputs": {"q": 1}, **fields}
    response = api.send("POST", f"{RUNNERS}/jobs", body)
    assert (response.status_code, response.content) == (201, b""), response.text
    return response.headers["location"].rsplit("/", 1)[1]


def job(api, id: str) -> dict:
    return api.get(f"{RUNNERS}/jobs/{id}")


def take(api, runner: str):
    response = api.send("POST", f"{RUNNERS}/{runner}/jobs/next")
    assert response.status_code == 200, response.text
    return strict_json(response.content)


def log(api, id: str, *lines: str):
    entries = [{"stream": "stdout", "text": line} for line in lines]
    return api.send("POST", f"{RUNNERS}/jobs/{id}/logs", entries)


def report(api, id: str, status: str, **fields):
    return api.send("POST", f"{RUNNERS}/jobs/{id}/results", {"status": status, **fields})
