"""Runners: a program on somebody's machine that runs agents, or opens the machine to commands of its person."""

import concurrent.futures

import pytest

from api import UNKNOWN_ID, Api, eventually
from runner_wire import KEY, RUNNERS, activate, ask, begin, job, pair, proof, report, take, text

# Pairing.


def test_a_runner_waits_for_the_proof_of_its_person(api, project_id):
    session = begin(api, project_id)
    runner = api.get(f"{RUNNERS}/{session['runner_id']}")
    assert (runner["status"], runner["type"], runner["project_id"]) == ("pairing", "endpoint", project_id)
    assert api.get(RUNNERS, project_id=project_id, status="connected")["content"] == []
    response = activate(api, session)
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["location"].endswith(f"/{session['runner_id']}")
    runner = api.get(f"{RUNNERS}/{session['runner_id']}")
    assert (runner["status"], runner["name"]) == ("connected", "laptop")
    assert "connected_at" in runner


def test_a_proof_is_good_for_its_session_and_name_once(api, project_id):
    session, other = begin(api, project_id), begin(api, project_id)
    assert activate(api, session, hmac=proof(other["session_id"], "laptop")).status_code == 403
    assert activate(api, session, hmac=proof(session["session_id"], "desktop")).status_code == 403
    assert activate(api, session, hmac=proof(session["session_id"], "laptop", bytes(32))).status_code == 403
    assert activate(api, session).status_code == 201
    assert activate(api, session).status_code == 409
    assert activate(api, {"session_id": UNKNOWN_ID}).status_code == 404


def test_guessing_is_stopped(api, project_id):
    session = begin(api, project_id)
    guesses = [activate(api, session, hmac=text(bytes([guess] * 32))).status_code for guess in range(11)]
    assert guesses == [403] * 10 + [429]


@pytest.mark.parametrize(
    "fields", [{"hmac": "short"}, {"hmac": text(bytes(31))}, {"hmac": None}, {"runner_name": ""}, {"runner_name": "x" * 129}]
)
def test_a_proof_of_another_form_is_refused(api, project_id, fields):
    session = begin(api, project_id)
    assert activate(api, session, **fields).status_code == 422
    assert activate(api, session).status_code == 201


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"activation_key": "short"}, 422),
        ({"activation_key": None}, 422),
        ({"ttl_seconds": 59}, 422),
        ({"ttl_seconds": 601}, 422),
        ({"type": "other"}, 400),
        ({"type": None}, 422),
        ({"project_id": None}, 422),
        ({"project_id": UNKNOWN_ID}, 404),
    ],
)
def test_a_pairing_of_another_form_is_refused(api, project_id, fields, status):
    body = {"project_id": project_id, "activation_key": text(KEY), "type": "connect", **fields}
    assert api.send("POST", "pairing/sessions", body).status_code == status


def test_a_key_may_come_without_padding(api, project_id):
    session = begin(api, project_id, activation_key=text(KEY).rstrip("="), ttl_seconds=60)
    assert activate(api, session).status_code == 201


# Runners.


def test_one_runner_of_a_kind_lives_in_a_project(api, project_id):
    first, other = pair(api, project_id), pair(api, project_id, "connect")
    second = pair(api, project_id)
    status = {row["id"]: row["status"] for row in api.get(RUNNERS, project_id=project_id)["content"]}
    assert status == {first: "disconnected", other: "connected", second: "connected"}
    evicted = api.send("POST", f"{RUNNERS}/{first}/heartbeats", {})
    assert (evicted.status_code, evicted.json()["message"]) == (410, "the runner was evicted")
    assert api.send("POST", f"{RUNNERS}/{first}/jobs/next").status_code == 410
    assert api.send("POST", f"{RUNNERS}/{first}/bridge/commands/next", {}).status_code == 410
    assert api.send("POST", f"{RUNNERS}/{second}/heartbeats").json() == {"cancelled_job_ids": []}


def test_a_poll_ends_when_its_runner_is_evicted(api, server, project_id):
    first = pair(api, project_id)
    with concurrent.futures.ThreadPoolExecutor() as pool, Api(server.root_url) as polling:
        poll = pool.submit(polling.send, "POST", f"{RUNNERS}/{first}/bridge/commands/next", {})
        pair(api, project_id)
        assert poll.result().status_code == 410


def test_a_runner_that_is_silent_is_disconnected_until_it_speaks(api, project_id):
    runner = pair(api, project_id)
    path = f"{RUNNERS}/{runner}"
    eventually("it counts as disconnected", lambda: api.get(path)["status"] == "disconnected", seconds_max=40)
    assert api.get(path)["capabilities"] == []
    assert api.send("POST", f"{RUNNERS}/jobs", {"agent_name": "answer", "project_id": project_id}).status_code == 409
    assert api.send("POST", f"{path}/heartbeats", {"capabilities": ["jobs"]}).status_code == 200
    assert (api.get(path)["status"], api.get(path)["capabilities"]) == ("connected", ["jobs"])


def test_a_runner_is_sent_away_with_its_waiting_jobs(api, project_id):
    runner = pair(api, project_id)
    taken, waiting = ask(api, project_id), ask(api, project_id)
    assert take(api, runner)["id"] == taken
    assert api.send("DELETE", f"{RUNNERS}/{runner}").status_code == 204
    assert (job(api, waiting)["status"], job(api, waiting)["error"]) == ("failed", "the runner was disconnected")
    assert job(api, taken)["status"] == "running", "it may still tell how it ended"
    assert report(api, taken, "completed", result={"late": True}).status_code == 204
    assert job(api, taken)["result"] == {"late": True}
    assert api.send("POST", f"{RUNNERS}/{runner}/heartbeats", {}).status_code == 410
    assert api.send("DELETE", f"{RUNNERS}/{runner}").status_code == 204
    assert api.send("DELETE", f"{RUNNERS}/{UNKNOWN_ID}").status_code == 204


def test_runners_are_paged_from_zero(api, project_id):
    runners = [pair(api, project_id) for _ in range(3)]
    page = api.get(RUNNERS, project_id=project_id)
    assert (page["page"], page["size"], page["total"]) == (0, 3, 3)
    assert [row["id"] for row in page["content"]] == runners[::-1]
    second = api.get(RUNNERS, project_id=project_id, page=1, size=2)
    assert ([row["id"] for row in second["content"]], second["page"], second["size"]) == ([runners[0]], 1, 1)
    assert api.get(RUNNERS, project_id=project_id, page=9)["content"] == []
    # Each took the place of the one before it.
    connected = api.get(RUNNERS, project_id=project_id, status="connected")
    assert ([row["id"] for row in connected["content"]], connected["total"]) == ([runners[2]], 1)
    gone = api.get(RUNNERS, project_id=project_id, status="disconnected", size=1, page=1)
    assert ([row["id"] for row in gone["content"]], gone["total"]) == ([runners[0]], 2)
    waiting = begin(api, project_id, "connect")["runner_id"]
    pairing = api.get(RUNNERS, project_id=project_id, status="pairing")
    assert ([row["id"] for row in pairing["content"]], pairing["total"]) == ([waiting], 1)
    mixed = api.get(RUNNERS, project_id=project_id, size=2)
    assert ([row["id"] for row in mixed["content"]], mixed["total"]) == ([waiting, runners[2]], 4)
    mixed = api.get(RUNNERS, project_id=project_id, size=2, page=1)
    assert [row["id"] for row in mixed["content"]] == [runners[1], runners[0]]
    for params in ("page=-1", "size=0"):
        assert api.send("GET", f"{RUNNERS}?project_id={project_id}&{params}").status_code == 422
    assert api.send("GET", RUNNERS).status_code == 400
    assert api.send("GET", f"{RUNNERS}?project_id={project_id}&status=other").status_code == 400


def test_agents_replace_each_other(api, project_id):
    runner = pair(api, project_id)
    params = [{"name": "q", "type": "string", "presence": "required"}]
    agents = {"b": {"source_file": "b.py", "executable": "python3", "params": params, "timeout": 7}, "a": {}}
    assert api.send("PUT", f"{RUNNERS}/{runner}/agents", agents).status_code == 204
    assert api.get(f"{RUNNERS}/{runner}")["agents"] == [
        {"name": "a", "params": [], "timeout": 0},
        {"name": "b", "source_file": "b.py", "executable": "python3", "params": params, "timeout": 7},
    ]
    many = {f"agent-{number}": {} for number in range(51)}
    assert api.send("PUT", f"{RUNNERS}/{runner}/agents", many).status_code == 400
    assert api.send("PUT", f"{RUNNERS}/{UNKNOWN_ID}/agents", agents).status_code == 404


def test_a_checklist_is_merged(api, project_id):
    runner = pair(api, project_id)
    for patch in ({"tree": {"a": 1, "b": [1]}, "status": "ok"}, {"tree": {"a": 2}, "status": None, "new": True}):
        assert api.send("PATCH", f"{RUNNERS}/{runner}/checklist", patch).status_code == 204
    assert api.get(f"{RUNNERS}/{runner}")["checklist"] == {"tree": {"a": 2, "b": [1]}, "new": True}
    assert api.send("PATCH", f"{RUNNERS}/{runner}/checklist", [1]).status_code == 400
    assert api.send("PATCH", f"{RUNNERS}/{UNKNOWN_ID}/checklist", {}).status_code == 404


def test_an_unknown_runner_is_told_to_stop(api):
    assert api.send("POST", f"{RUNNERS}/{UNKNOWN_ID}/heartbeats", {}).status_code == 410
    assert api.send("GET", f"{RUNNERS}/{UNKNOWN_ID}").status_code == 404
    assert api.send("GET", f"{RUNNERS}/{UNKNOWN_ID}/jobs").status_code == 404
    assert api.send("POST", f"{RUNNERS}/{UNKNOWN_ID}/jobs/next").status_code == 404
    assert api.send("POST", f"{RUNNERS}/{UNKNOWN_ID}/bridge/commands/next", {}).status_code == 404
