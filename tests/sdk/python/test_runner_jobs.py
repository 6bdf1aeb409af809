"""Jobs go from a person to a runner and their results back; commands go to its machine in the same way."""

import concurrent.futures
import contextlib

import pytest

from api import UNKNOWN_ID, Api, eventually, instant, new_id
from runner_wire import RUNNERS, activate, ask, begin, job, log, pair, report, take

# Jobs.


def test_a_job_goes_from_hand_to_hand(api, project_id):
    runner = pair(api, project_id)
    mask, item = new_id(), new_id()
    id = ask(
        api,
        project_id,
        mask_id=mask,
        prompt_masks={"greet": mask},
        blueprint_name="v1",
        metadata={"dataset_id": item, "dataset_item_id": item},
    )
    waiting = job(api, id)
    assert waiting["status"] == "pending"
    taken = take(api, runner)
    expected = {
        "inputs": {"q": 1},
        "mask_id": mask,
        "prompt_masks": {"greet": mask},
        "blueprint_name": "v1",
        "metadata": {"dataset_id": item, "dataset_item_id": item},
    }
    assert {key: taken[key] for key in expected} == expected
    assert (taken["id"], taken["status"], taken["runner_id"]) == (id, "running", runner)
    trace = new_id()
    assert report(api, id, "running", trace_id=trace).status_code == 204
    assert log(api, id, "one", "two").status_code == 204
    assert report(api, id, "completed", result={"a": [1, None]}).status_code == 204
    assert log(api, id, "last words").status_code == 204
    done = job(api, id)
    assert (done["status"], done["result"], done["trace_id"]) == ("completed", {"a": [1, None]}, trace)
    assert [entry["text"] for entry in api.get(f"{RUNNERS}/jobs/{id}/logs")] == ["one", "two", "last words"]
    assert [entry["text"] for entry in api.get(f"{RUNNERS}/jobs/{id}/logs", offset=1)] == ["two", "last words"]
    assert api.get(f"{RUNNERS}/jobs/{id}/logs", offset=9) == []


def test_jobs_are_taken_in_order_and_once(api, server, project_id):
    runner = pair(api, project_id)
    wanted = [ask(api, project_id, inputs={"n": number}) for number in range(6)]
    with concurrent.futures.ThreadPoolExecutor() as pool, Api(server.root_url) as other:
        taken = [poll.result()["id"] for poll in [pool.submit(take, one, runner) for one in (api, other) * 2]]
    assert sorted(taken) == sorted(wanted[:4])
    assert [take(api, runner)["id"] for _ in range(2)] == wanted[4:]


def test_a_poll_without_a_job_ends_with_null(api, project_id):
    assert take(api, pair(api, project_id)) is None


def test_a_poll_is_answered_when_a_job_comes(api, server, project_id):
    runner = pair(api, project_id)
    with concurrent.futures.ThreadPoolExecutor() as pool, Api(server.root_url) as polling:
        poll = pool.submit(take, polling, runner)
        id = ask(api, project_id)
        assert poll.result()["id"] == id


def test_only_so_many_polls_of_a_runner_are_open(api, server, project_id):
    runner = pair(api, project_id)

    def poll(_):
        with Api(server.root_url) as polling:
            response = polling.send("POST", f"{RUNNERS}/{runner}/jobs/next")
            return response.status_code, response.headers.get("ratelimit-reset")

    with concurrent.futures.ThreadPoolExecutor(max_workers=20) as pool:
        answers = list(pool.map(poll, range(20)))
    assert sorted(set(answers)) == [(200, None), (429, "1")]


def test_a_cancelled_job_is_not_taken_and_the_runner_hears_of_it(api, project_id):
    runner = pair(api, project_id)
    waiting, running = ask(api, project_id), ask(api, project_id)
    assert api.send("POST", f"{RUNNERS}/jobs/{waiting}/cancel").status_code == 204
    assert job(api, waiting)["status"] == "cancelled"
    assert take(api, runner)["id"] == running
    assert api.send("POST", f"{RUNNERS}/jobs/{running}/cancel").status_code == 204
    heartbeat = api.send("POST", f"{RUNNERS}/{runner}/heartbeats", {}).json()
    assert heartbeat == {"cancelled_job_ids": [waiting, running]}
    assert report(api, running, "completed", result={"too": "late"}).status_code == 204
    assert (job(api, running)["status"], "result" in job(api, running)) == ("cancelled", False)
    assert api.send("POST", f"{RUNNERS}/jobs/{UNKNOWN_ID}/cancel").status_code == 404


def test_a_job_ends_as_it_was_reported_first(api, project_id):
    runner = pair(api, project_id)
    id = ask(api, project_id)
    take(api, runner)
    assert report(api, id, "failed", error="no").status_code == 204
    assert report(api, id, "completed", result={}).status_code == 204
    assert (job(api, id)["status"], job(api, id)["error"]) == ("failed", "no")
    for status in ("pending", "cancelled", "other", None):
        assert report(api, id, status).status_code == 400
    assert report(api, UNKNOWN_ID, "completed").status_code == 404


def test_a_job_needs_a_runner_that_can_do_it(api, project_id):
    wanted = {"agent_name": "answer", "project_id": project_id}
    assert api.send("POST", f"{RUNNERS}/jobs", wanted).status_code == 404
    pair(api, project_id)
    unknown = api.send("POST", f"{RUNNERS}/jobs", {**wanted, "agent_name": "nobody"})
    assert (unknown.status_code, unknown.json()["message"]) == (400, "Unknown agent: nobody")
    assert api.send("POST", f"{RUNNERS}/jobs", {**wanted, "agent_name": ""}).status_code == 422
    assert api.send("POST", f"{RUNNERS}/jobs", {"agent_name": "answer"}).status_code == 422
    assert api.send("POST", f"{RUNNERS}/jobs", {**wanted, "blueprint_name": " "}).status_code == 422


def test_only_so_many_jobs_wait(api, project_id):
    pair(api, project_id)
    for _ in range(100):
        ask(api, project_id)
    more = api.send("POST", f"{RUNNERS}/jobs", {"agent_name": "answer", "project_id": project_id})
    assert (more.status_code, more.headers["ratelimit-reset"]) == (429, "1")


def test_jobs_are_paged_from_zero_and_newest_first(api, project_id):
    runner = pair(api, project_id)
    jobs = [ask(api, project_id, inputs={"n": number}) for number in range(5)]
    page = api.get(f"{RUNNERS}/{runner}/jobs", size=2)
    assert ([row["id"] for row in page["content"]], page["page"], page["total"]) == (jobs[:2:-1], 0, 5)
    assert [row["inputs"] for row in page["content"]] == [{"n": 4}, {"n": 3}]
    assert [row["id"] for row in api.get(f"{RUNNERS}/{runner}/jobs", page=2, size=2)["content"]] == [jobs[0]]
    assert api.get(f"{RUNNERS}/{runner}/jobs", project_id=UNKNOWN_ID)["total"] == 0


def test_a_log_is_appended_within_bounds(api, project_id):
    pair(api, project_id)
    id = ask(api, project_id)
    assert log(api, id).status_code == 422
    assert log(api, id, *["x"] * 1001).status_code == 422
    assert log(api, id, "").status_code == 422
    assert log(api, id, *["x"] * 1000).status_code == 204
    assert len(api.get(f"{RUNNERS}/jobs/{id}/logs")) == 1000
    assert api.send("GET", f"{RUNNERS}/jobs/{id}/logs?offset=-1").status_code == 422
    assert log(api, UNKNOWN_ID, "x").status_code == 404
    assert api.send("GET", f"{RUNNERS}/jobs/{UNKNOWN_ID}/logs").status_code == 404


def test_what_was_recorded_is_there_after_a_restart(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        assert api.send("POST", "projects", {"name": "shop"}).status_code == 201
        project_id = api.send("POST", "projects/retrieve", {"name": "shop"}).json()["id"]
        runner = pair(api, project_id)
        done, waiting = ask(api, project_id), ask(api, project_id)
        take(api, runner)
        log(api, done, "one", "two")
        report(api, done, "completed", result={"a": 1})
        before = job(api, done)
        pairing = begin(api, project_id)
    own_server.kill()
    own_server.start()
    with Api(own_server.root_url) as api:
        assert job(api, done) == before
        assert len(api.get(f"{RUNNERS}/jobs/{done}/logs")) == 2
        assert api.send("POST", f"{RUNNERS}/{runner}/heartbeats", {"capabilities": ["jobs"]}).status_code == 200
        assert take(api, runner)["id"] == waiting
        assert activate(api, pairing).status_code == 404, "a pairing that waits is in memory alone"
    assert own_server.stop() == 0


def test_the_server_ends_while_programs_poll(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        assert api.send("POST", "projects", {"name": "shop"}).status_code == 201
        runner = pair(api, api.send("POST", "projects/retrieve", {"name": "shop"}).json()["id"])
    with concurrent.futures.ThreadPoolExecutor() as pool, Api(own_server.root_url) as polling:
        poll = pool.submit(polling.send, "POST", f"{RUNNERS}/{runner}/bridge/commands/next", {})
        eventually("the poll is open", lambda: poll.running())
        assert own_server.stop() == 0
        with contextlib.suppress(Exception):
            assert poll.result().json() == {"commands": []}


# Commands to a machine.


@pytest.fixture
def machine(api, project_id) -> str:
    return pair(api, project_id, "connect", capabilities=("bridge",))


def submit(api, runner: str, kind: str = "ReadFile", **fields):
    body = {"type": kind, "args": {"path": "a.txt"}, **fields}
    return api.send("POST", f"{RUNNERS}/{runner}/bridge/commands", body)


def submitted(api, runner: str, **fields) -> str:
    response = submit(api, runner, **fields)
    assert response.status_code == 201, response.text
    id = response.json()["command_id"]
    assert response.headers["location"].endswith(f"/{runner}/bridge/commands/{id}")
    return id


def next_commands(api, runner: str, **fields) -> list[dict]:
    response = api.send("POST", f"{RUNNERS}/{runner}/bridge/commands/next", fields)
    assert response.status_code == 200, response.text
    return response.json()["commands"]


def command(api, runner: str, id: str, **params):
    return api.get(f"{RUNNERS}/{runner}/bridge/commands/{id}", **params)


def finish(api, runner: str, id: str, status: str = "completed", **fields):
    return api.send("POST", f"{RUNNERS}/{runner}/bridge/commands/{id}/results", {"status": status, **fields})


def test_a_command_goes_to_the_machine_and_its_result_back(api, server, machine):
    with concurrent.futures.ThreadPoolExecutor() as pool, Api(server.root_url) as polling, Api(server.root_url) as asking:
        poll = pool.submit(next_commands, polling, machine)
        id = submitted(api, machine, timeout_seconds=7)
        [item] = poll.result()
        assert (item["command_id"], item["type"], item["args"]) == (id, "ReadFile", {"path": "a.txt"})
        assert item["timeout_seconds"] == 7
        assert command(api, machine, id)["status"] == "picked_up"
        wait = pool.submit(command, asking, machine, id, wait="true")
        assert finish(api, machine, id, result={"content": "x"}, duration_ms=3).status_code == 204
        done = wait.result()
    assert (done["status"], done["result"], done["duration_ms"]) == ("completed", {"content": "x"}, 3)
    assert instant(done["submitted_at"]) <= instant(done["picked_up_at"]) <= instant(done["completed_at"])
    assert (done["runner_id"], "error" in done) == (machine, False)


def test_commands_are_taken_in_order_and_so_many_at_once(api, machine):
    ids = [submitted(api, machine) for _ in range(25)]
    taken = [[item["command_id"] for item in next_commands(api, machine, **fields)] for fields in ({}, {"max_commands": 20})]
    assert taken == [ids[:10], ids[10:]]
    for most in (0, 21):
        path = f"{RUNNERS}/{machine}/bridge/commands/next"
        assert api.send("POST", path, {"max_commands": most}).status_code == 422


def test_a_command_that_nobody_takes_times_out(api, machine):
    id = submitted(api, machine, timeout_seconds=1)
    done = command(api, machine, id, wait="true")
    assert (done["status"], "picked_up_at" in done) == ("timed_out", False)
    assert finish(api, machine, id).status_code == 409


def test_who_waits_is_told_when_it_takes_too_long(api, machine):
    id = submitted(api, machine)
    response = api.send("GET", f"{RUNNERS}/{machine}/bridge/commands/{id}?wait=true&timeout=1")
    assert response.status_code == 408
    assert command(api, machine, id)["status"] == "pending"


def test_a_command_ends_once(api, machine):
    id = submitted(api, machine, kind="Exec")
    assert finish(api, machine, id, "pending").status_code == 400
    assert finish(api, machine, id, "failed", error={"code": "x"}).status_code == 204
    assert finish(api, machine, id).status_code == 409
    assert command(api, machine, id)["error"] == {"code": "x"}


def test_a_command_needs_a_machine_that_is_open(api, project_id, machine):
    endpoint = pair(api, project_id)
    assert submit(api, endpoint).status_code == 409
    assert submit(api, UNKNOWN_ID).status_code == 404
    api.send("DELETE", f"{RUNNERS}/{machine}")
    assert submit(api, machine).status_code == 409
    assert api.send("GET", f"{RUNNERS}/{machine}/bridge/commands/{UNKNOWN_ID}").status_code == 404
    assert finish(api, machine, UNKNOWN_ID).status_code == 404


def test_the_commands_of_a_machine_end_with_it(api, server, project_id, machine):
    id = submitted(api, machine)
    with concurrent.futures.ThreadPoolExecutor() as pool, Api(server.root_url) as asking:
        wait = pool.submit(command, asking, machine, id, wait="true")
        pair(api, project_id, "connect")
        done = wait.result()
    assert (done["status"], done["error"]["code"]) == ("failed", "runner_gone")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "Format"}, 400),
        ({"args": None}, 422),
        ({"timeout_seconds": 0}, 422),
        ({"timeout_seconds": 121}, 422),
        ({"args": {"content": "x" * (1 << 20)}}, 413),
    ],
)
def test_a_command_of_another_form_is_refused(api, machine, fields, status):
    assert submit(api, machine, **fields).status_code == status


def test_a_machine_bears_so_many_writes_a_minute(api, machine):
    answers = [submit(api, machine, kind="WriteFile") for _ in range(121)]
    assert {answer.status_code for answer in answers[:120]} == {201}
    assert (answers[120].status_code, answers[120].headers["ratelimit-reset"]) == (429, "1")
    assert submit(api, machine).status_code == 201, "reads are counted apart"
