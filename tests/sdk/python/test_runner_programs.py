"""The real programs `opik endpoint` and `opik connect` of the published client, as a person starts them in a terminal."""

import base64
import contextlib
import hashlib
import hmac
import os
import pathlib
import re
import signal
import subprocess
import sys
import textwrap
import urllib.parse
import uuid

import pytest
from opik.runner import bridge_auth

from api import Api, eventually, instant
from runner_wire import RUNNERS, ask, job, pair, proof

PROGRAM_SECONDS_MAX = 60

AGENT = """
    import time
    import opik

    @opik.track(entrypoint=True)
    def answer(question: str, times: int = 1) -> str:
        '''Answers a question.'''
        for turn in range(times):
            print(f"thinking about {question}, turn {turn + 1}")
        if question == "fail":
            raise ValueError("no answer to that")
        return f"{question}? {times} times yes"

    while True:
        time.sleep(1)
"""


class Program:
    """An `opik` command in a folder of its own, as a person starts it in a terminal."""

    def __init__(self, server, folder: pathlib.Path, *arguments: str):
        self.output_file = folder / "output.log"
        environment = {
            **os.environ,
            "OPIK_URL_OVERRIDE": server.api_url,
            "OPIK_WORKSPACE": "default",
            "HOME": str(folder),
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "2000",
            "TERM": "dumb",
        }
        command = [str(pathlib.Path(sys.executable).with_name("opik")), *arguments]
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def output(self) -> str:
        return self.output_file.read_text(errors="replace")

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self) -> None:
        if not self.has_ended():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=PROGRAM_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextlib.contextmanager
def running(server, folder: pathlib.Path, *arguments: str):
    program = Program(server, folder, *arguments)
    try:
        yield program
    except BaseException:
        print(program.output())
        raise
    finally:
        program.stop()


def wait_for(what: str, look):
    return eventually(what, look, seconds_max=PROGRAM_SECONDS_MAX)


@pytest.fixture
def endpoint(server, project, project_id, tmp_path):
    """An agent that runs on this machine, connected by `opik endpoint`."""
    (tmp_path / "agent.py").write_text(textwrap.dedent(AGENT))
    arguments = ("endpoint", "--project", project, "--name", "laptop", "--headless", "--no-watch")
    with running(server, tmp_path, *arguments, "--", sys.executable, "agent.py") as program:
        yield program


def agents_of(api, project_id: str) -> list:
    content = api.get(RUNNERS, project_id=project_id, status="connected")["content"]
    return content if content and content[0]["agents"] else []


def ended(api, id: str):
    found = job(api, id)
    return found if found["status"] in ("completed", "failed", "cancelled") else None


def test_an_agent_of_ones_own_machine_does_a_job(endpoint, api, project, project_id):
    [runner] = wait_for("the agent is registered", lambda: agents_of(api, project_id))
    assert (runner["name"], runner["type"], runner["status"]) == ("laptop", "endpoint", "connected")
    [agent] = runner["agents"]
    assert (agent["name"], agent["description"], agent["language"]) == ("answer", "Answers a question.", "python")
    assert agent["params"] == [
        {"name": "question", "type": "string", "presence": "required"},
        {"name": "times", "type": "integer", "presence": "optional"},
    ]
    wait_for("the checklist", lambda: api.get(f"{RUNNERS}/{runner['id']}").get("checklist"))

    id = ask(api, project_id, inputs={"question": "is it", "times": "2"})
    done = wait_for("the job ends", lambda: ended(api, id))
    assert (done["status"], done["result"]) == ("completed", {"result": "is it? 2 times yes"})
    assert (done["runner_id"], done["agent_name"]) == (runner["id"], "answer")
    assert instant(done["created_at"]) <= instant(done["started_at"]) <= instant(done["completed_at"])

    def lines():
        entries = api.get(f"{RUNNERS}/jobs/{id}/logs")
        return [entry["text"].strip() for entry in entries if entry["stream"] == "stdout"]

    thoughts = [f"thinking about is it, turn {turn}" for turn in (1, 2)]
    wait_for("the log", lambda: lines() == thoughts)
    trace = wait_for("the trace", lambda: api.page("traces", project)["content"])[0]
    assert (trace["id"], trace["name"]) == (done["trace_id"], "answer")


def test_an_agent_that_fails_says_why(endpoint, api, project_id):
    wait_for("the agent is registered", lambda: agents_of(api, project_id))
    id = ask(api, project_id, inputs={"question": "fail"})
    done = wait_for("the job ends", lambda: ended(api, id))
    assert (done["status"], done["error"]) == ("failed", "ValueError: no answer to that")
    assert "result" not in done


def test_the_program_stops_when_a_newer_one_takes_its_place(endpoint, api, project_id):
    [runner] = wait_for("the agent is registered", lambda: agents_of(api, project_id))
    newer = pair(api, project_id)
    wait_for("the program ends", endpoint.has_ended)
    shown = {row["id"]: row["status"] for row in api.get(RUNNERS, project_id=project_id)["content"]}
    assert shown == {runner["id"]: "disconnected", newer: "connected"}


def test_the_program_says_good_bye(endpoint, api, project_id):
    [runner] = wait_for("the agent is registered", lambda: agents_of(api, project_id))
    endpoint.stop()
    assert api.get(f"{RUNNERS}/{runner['id']}")["status"] == "disconnected"


def test_the_program_goes_on_after_the_server_was_restarted(own_server, project, tmp_path):
    own_server.start()
    (tmp_path / "agent.py").write_text(textwrap.dedent(AGENT))
    arguments = ("endpoint", "--project", project, "--name", "laptop", "--headless", "--no-watch")
    with running(own_server, tmp_path, *arguments, "--", sys.executable, "agent.py"):
        with Api(own_server.root_url) as api:
            wait_for("the project", lambda: api.project_exists(project))
            project_id = api.send("POST", "projects/retrieve", {"name": project}).json()["id"]
            [before] = wait_for("the agent is registered", lambda: agents_of(api, project_id))
        own_server.kill()
        own_server.start()
        with Api(own_server.root_url) as api:
            [after] = wait_for("the agent is there", lambda: agents_of(api, project_id))
            assert (after["id"], after["agents"]) == (before["id"], before["agents"])
            id = ask(api, project_id, inputs={"question": "again"})
            assert wait_for("the job ends", lambda: ended(api, id))["status"] == "completed"
    assert own_server.stop() == 0


def test_a_machine_is_opened_by_its_person_alone(server, api, project, project_id, tmp_path):
    (tmp_path / "notes.txt").write_text("remember the milk\n")
    with running(server, tmp_path, "connect", "--project", project, "--name", "laptop") as program:

        def link():
            return re.search(r"/opik/pair/v1\?(\S+)#([\w-]+)", program.output())

        query, fragment = wait_for("the pairing link", link).groups()
        assert urllib.parse.parse_qs(query)["project"] == [project]
        # What the page of the link does in the browser: the key is in the fragment, which no server sees.
        payload = base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4))
        session, key = str(uuid.UUID(bytes=payload[:16])), payload[16:48]
        [waiting] = api.get(RUNNERS, project_id=project_id)["content"]
        assert (waiting["status"], waiting["type"], "name" in waiting) == ("pairing", "connect", False)
        body = {"runner_name": "laptop", "hmac": proof(session, "laptop", key)}
        assert api.send("POST", f"pairing/sessions/{session}/activate", body).status_code == 201

        runner = waiting["id"]
        wait_for("the bridge", lambda: "bridge" in api.get(f"{RUNNERS}/{runner}")["capabilities"])
        prk = hmac.new(uuid.UUID(session).bytes, key, hashlib.sha256).digest()
        bridge_key = hmac.new(prk, b"opik-bridge-v1\x01", hashlib.sha256).digest()

        def command(kind: str, args: dict, signed_with: bytes) -> dict:
            args = {**args, "_hmac": bridge_auth.sign(signed_with, kind, args)}
            response = api.send("POST", f"{RUNNERS}/{runner}/bridge/commands", {"type": kind, "args": args})
            assert response.status_code == 201, response.text
            path = f"{RUNNERS}/{runner}/bridge/commands/{response.json()['command_id']}"
            return api.get(path, wait="true", timeout=PROGRAM_SECONDS_MAX)

        read = command("ReadFile", {"path": "notes.txt"}, bridge_key)
        assert (read["status"], "remember the milk" in read["result"]["content"]) == ("completed", True)
        assert bridge_auth.verify(
            bridge_key, "completed", {k: v for k, v in read["result"].items() if k != "_hmac"}, read["result"]["_hmac"]
        )
        stranger = command("ReadFile", {"path": "notes.txt"}, bytes(32))
        assert (stranger["status"], stranger["error"]["code"]) == ("failed", "auth_failed")
