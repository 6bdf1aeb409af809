"""The machine loses power while what follows from the log is made anew: it goes on after the restart, and says the same."""

import json
import pathlib
import random
import subprocess
import time

from api import Api, eventually, span_row, trace_row
from cairn_server import Server, binary, cairn
from historic import ask, graphql, history, restore, trash, undo

PROJECT = "durable"
TRACES = 6_000
KILLS = 4

PROJECTIONS = "{ projections { name state version position next { version position } } }"
SEEN = """
query ($p: ID!) {
  project(id: $p) {
    traces(first: 50) { totalCount nodes { id name tags input output lastUpdatedAt } }
    some: traces(first: 20, filter: "metadata.rank > 5990") { totalCount nodes { id name } }
    sorted: traces(first: 20, sort: { field: "name", direction: DESC }) { nodes { id } }
  }
  search(projectId: $p, text: "pelican77", first: 20) { totalCount nodes { traceId } }
}
"""
ADD_COLUMN = """
mutation { addDerivedColumn(column: { of: TRACES, name: "rank", path: "metadata.rank" }) { id } }
"""
BY_COLUMN = """
query ($p: ID!) { project(id: $p) { traces(first: 5, filter: "derived.rank >= 5995") { totalCount nodes { name } } } }
"""


def fill(api: Api) -> str:
    """So much that it takes more than one step to make an index of it."""
    for begin in range(0, TRACES, 1_000):
        rows = [
            trace_row(PROJECT, name=f"n{n}", input={"text": f"pelican{n % 100}"}, metadata={"rank": n})
            for n in range(begin, begin + 1_000)
        ]
        api.write("traces", *rows)
    return api.send("POST", "projects/retrieve", {"name": PROJECT}).json()["id"]


def answered(api: Api, query: str, **variables) -> dict:
    """The answer of a server that asks for patience while its indexes follow the log."""

    def look() -> dict | None:
        answer = graphql(api, query, **variables)
        if any(error["extensions"]["code"] == "OVERLOADED" for error in answer.get("errors", [])):
            return None
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    return eventually("it is answered", look, seconds_max=180)


def seen(api: Api, project: str) -> dict:
    """What is asked before and after; searches know of all."""
    told = answered(api, SEEN, p=project)
    assert told["search"]["totalCount"] == TRACES // 100
    return told


def projection(api: Api, name: str) -> dict:
    return next(one for one in ask(api, PROJECTIONS)["projections"] if one["name"] == name)


def age(server: Server, index: str) -> int:
    """Leaves an index as the program of a version before would have left it, and says which version it was."""
    [meta] = server.data.glob(f"workspaces/*/{index}/meta.json")
    told = json.loads(meta.read_text())
    version, rest = told["payload"].split(":", 1)
    meta.write_text(json.dumps({**told, "payload": f"{int(version) - 1}:{rest}"}))
    return int(version)


def made_so_far(server: Server, index: str) -> int | None:
    """How far the index that is made has come; nothing while there is none."""
    for meta in server.data.glob(f"workspaces/*/{index}.next/meta.json"):
        try:
            told = json.loads(meta.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            continue
        return int(told.get("payload", "0:0").split(":")[1])
    return None


def kill_while_made(server: Server, index: str, kills: int) -> list[int]:
    """Kills the server again and again while an index is made, and says how far that was each time."""
    reached = [0]
    deadline = time.monotonic() + 60
    while len(reached) <= kills and time.monotonic() < deadline:
        # The folder tells at once what an answer would tell too late.
        position = made_so_far(server, index)
        if position is None and len(reached) > 1:
            break
        if position is None or position <= reached[-1]:
            time.sleep(0.001)
            continue
        server.kill()
        reached.append(position)
        server.start()
    return reached[1:]


def test_an_index_of_an_older_version_is_made_anew_through_kills(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        project = fill(api)
        before = seen(api, project)
    assert own_server.stop() == 0
    versions = {index: age(own_server, index) for index in ("columns", "text")}
    own_server.start()
    with Api(own_server.root_url) as api:
        assert projection(api, "text")["version"] == versions["text"] - 1
        assert seen(api, project) == before
    reached = kill_while_made(own_server, "text", KILLS)
    assert reached == sorted(set(reached)) and len(reached) >= 2, reached
    with Api(own_server.root_url) as api:
        assert seen(api, project) == before
        for index, version in versions.items():
            made = eventually(f"{index} is made", lambda: projection(api, index)["next"] is None, seconds_max=120)
            assert made and projection(api, index)["version"] == version
        assert seen(api, project) == before


def test_a_derived_column_is_filled_through_kills(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        project = fill(api)
        before = seen(api, project)
        ask(api, ADD_COLUMN)
    reached = kill_while_made(own_server, "columns", KILLS)
    assert reached == sorted(set(reached)) and reached, reached
    with Api(own_server.root_url) as api:
        wanted = {"totalCount": 5, "nodes": [{"name": f"n{TRACES - back}"} for back in range(1, 6)]}
        named = lambda: answered(api, BY_COLUMN, p=project)["project"]["traces"]  # noqa: E731
        found = named()
        assert found["totalCount"] == wanted["totalCount"]
        eventually("the column is filled", lambda: projection(api, "columns")["next"] is None, seconds_max=120)
        assert sorted(node["name"] for node in named()["nodes"]) == sorted(node["name"] for node in wanted["nodes"])
        assert seen(api, project) == before


def kill_rebuild(data: pathlib.Path, after_ms: int) -> bool:
    """Whether there was something left to kill."""
    process = subprocess.Popen(
        [str(binary()), "rebuild", "--data", str(data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + after_ms / 1_000
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.001)
    is_running = process.poll() is None
    process.kill()
    process.wait()
    return is_running


def test_rows_are_made_anew_through_kills(own_server):
    chance = random.Random(20260304)
    own_server.start()
    with Api(own_server.root_url) as api:
        project = fill(api)
        row = trace_row(PROJECT, name="asked")
        api.write("traces", row)
        api.write("spans", span_row(PROJECT, row["id"], name="thought", usage={"total_tokens": 3}))
        assert api.patch("traces", row["id"], project_name=PROJECT, tags=["x"]).status_code == 204
        undo(api, history(api, row["id"])[0])
        assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
        restore(api, row["id"])
        assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
        told = lambda: (seen(api, project), trash(api), history(api, row["id"]))  # noqa: E731
        before = told()
    assert own_server.stop() == 0
    killed = [kill_rebuild(own_server.data, chance.randrange(10, 1_500)) for _ in range(KILLS * 3)]
    assert any(killed), "no rebuild took long enough to be killed"
    own_server.start()
    with Api(own_server.root_url) as api:
        assert told() == before
    assert own_server.stop() == 0
    done = cairn("verify", "--data", str(own_server.data))
    assert done.returncode == 0, done.stderr
