"""The machine loses power, somebody restarts the service, an operator rebuilds: what was acknowledged is there.

`CAIRN_KILLS=200` kills the server so often.
"""

import json
import os
import random
import time

import opik
import pytest

from acknowledged import Acknowledged, Found, everything, missing
from api import Api, span_row, trace_row
from cairn_server import Server, cairn
from traffic import Traffic

KILLS = int(os.environ.get("CAIRN_KILLS", "10"))
# Of those who come back, every so manyth is killed once more before it can say so.
KILLED_AT_START = 5
AT_START_SECONDS_MAX = 0.3
PROJECT = "durable"


def verified(server: Server) -> None:
    done = cairn("verify", "--data", str(server.data), seconds_max=600)
    assert done.returncode == 0, f"cairn verify: {done.returncode}\n{done.stdout}\n{done.stderr}"


def graphql(api: Api, query: str, **variables) -> bytes:
    response = api.root.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200, response.text
    assert "errors" not in response.json(), response.text
    return response.content


def answers(server: Server, project: str) -> dict[str, bytes]:
    """The answers to a fixed set of questions, byte by byte."""
    with Api(server.root_url) as api:
        project_id = api.send("POST", "projects/retrieve", {"name": project}).json()["id"]
        newest = {kind: api.ids(kind, project)[:3] for kind in ("traces", "spans")}
        filters = json.dumps([{"field": "name", "operator": "=", "value": "single"}])
        paths = ["projects?size=100", f"projects/{project_id}"]
        for kind, ids in newest.items():
            paths += [f"{kind}/{id}" for id in ids]
            paths += [
                f"{kind}?project_id={project_id}&size=500",
                f"{kind}?project_id={project_id}&size=7&page=3",
                f"{kind}?project_id={project_id}&filters={filters}",
                f'{kind}?project_id={project_id}&size=50&sorting=[{{"field":"name","direction":"ASC"}}]',
                f"{kind}?project_id={project_id}&search=work",
            ]
        found = {path: api.http.get(path).content for path in paths}
        for kind in newest:
            found[f"{kind} stream"] = api.stream(kind, project_id=project_id, limit=2000).content
        found.update(graphql_answers(api, project_id, newest["traces"][0]))
        found.update(dataset_answers(api, project))
        return found


def dataset_answers(api: Api, name: str) -> dict[str, bytes]:
    dataset = api.send("POST", "datasets/retrieve", {"dataset_name": name})
    assert dataset.status_code == 200, dataset.text
    base = f"datasets/{dataset.json()['id']}"
    paths = [f"{base}/items?size=500", f"{base}/items?size=7&page=3", f"{base}/versions"]
    return {"dataset": dataset.content} | {path: api.http.get(path).content for path in paths}


def graphql_answers(api: Api, project_id: str, trace_id: str) -> dict[str, bytes]:
    row = """id name startTime endTime durationMs input output metadata tags spanCount cost createdAt createdBy lastUpdatedAt
             usage { key value } feedbackScores { name value source createdBy lastUpdatedAt }
             comments { id text createdBy createdAt } attachments { name size createdAt createdBy }"""
    queries = {
        "projects": "{ projects { totalCount nodes { id name createdAt lastUpdatedAt lastUpdatedTraceAt traceCount spanCount } } }",
        "traces": f"query($p: ID!) {{ project(id: $p) {{ traces(first: 100) {{ totalCount nodes {{ {row} }} }} }} }}",
        "filtered": "query($p: ID!) { project(id: $p) { traces(filter: \"name:single\", first: 20) { totalCount nodes { id } } } }",
        "trace": "query($t: ID!) { trace(id: $t) { id name spans { totalCount nodes { id name type startTime traceId } } } }",
        "search": """query($p: ID!) { search(projectId: $p, text: "work", first: 20) { totalCount nodes { traceId } } }""",
    }
    variables = {"projects": {}, "trace": {"t": trace_id}}
    said = {name: graphql(api, query, **variables.get(name, {"p": project_id})) for name, query in queries.items()}
    # Fields of an object come in the order in which they were ready, which is not the same twice.
    return {name: json.dumps(json.loads(answer), sort_keys=True).encode() for name, answer in said.items()}


def test_crashes_under_load_lose_nothing(own_server):
    """Each goes with a project and a dataset of its own, which are looked at when the server is back, and at the end."""
    chance = random.Random(20260304)
    rounds: dict[str, Acknowledged] = {}
    own_server.start()
    for crash in range(KILLS):
        project, said = f"{PROJECT} {crash}", Acknowledged()
        rounds[project] = said
        with Traffic(own_server.root_url, project, said) as traffic:
            traffic.wait_for(requests=chance.randrange(40, 160))
            time.sleep(chance.random() / 50)
            own_server.kill()
        if crash % KILLED_AT_START == 0:
            own_server.launch()
            time.sleep(chance.random() * AT_START_SECONDS_MAX)
            own_server.kill()
        verified(own_server)
        own_server.start()
        holds(own_server, project, said, f"after crash {crash + 1} of {KILLS}")
        print(f"crash {crash + 1} of {KILLS}: {said.counts()} acknowledged, none missing", flush=True)
    for project, said in rounds.items():
        holds(own_server, project, said, "after all crashes")
    print(f"{sum(sum(said.counts().values()) for said in rounds.values())} acknowledged facts, none missing")
    rebuilds_to_the_same(own_server, random.Random(7).sample(list(rounds), min(KILLS, 5)))


def holds(server: Server, project: str, said: Acknowledged, when: str) -> None:
    with Api(server.root_url) as api:
        found = Found(api, project, project)
        assert found.missing(said) == [], when
        assert found.halves(said) == [], when
    assert said.unexpected == [], when


def rebuilds_to_the_same(server: Server, projects: list[str]) -> None:
    before = {project: answers(server, project) for project in projects}
    assert server.stop() == 0
    verified(server)
    done = cairn("rebuild", "--data", str(server.data), seconds_max=1800)
    assert done.returncode == 0, f"cairn rebuild: {done.returncode}\n{done.stdout}\n{done.stderr}"
    verified(server)
    server.start()
    for project in projects:
        after = answers(server, project)
        assert [question for question in before[project] if before[project][question] != after[question]] == []
        assert list(after) == list(before[project])


def test_a_polite_end_under_load_loses_nothing(own_server):
    said = Acknowledged()
    own_server.start()
    with Traffic(own_server.root_url, PROJECT, said) as traffic:
        traffic.wait_for(requests=150)
        assert own_server.stop() == 0
    verified(own_server)
    own_server.start()
    with Api(own_server.root_url) as api:
        assert missing(api, PROJECT, said) == []
    assert said.unexpected == []


def test_a_rebuild_from_the_log_gives_the_same_answers(own_server):
    said = Acknowledged()
    own_server.start()
    with Traffic(own_server.root_url, PROJECT, said) as traffic:
        traffic.wait_for(requests=300)
        own_server.kill()
    own_server.start()
    with Api(own_server.root_url) as api:
        gone = next(iter(said.traces))
        assert api.send("POST", "traces/delete", {"ids": [gone]}).status_code == 204
        api.write("traces", trace_row(PROJECT, name="ünï", input={"text": "日本語 work"}, metadata={"n": 1e-7}))
    rebuilds_to_the_same(own_server, [PROJECT])


def test_a_restart_gives_the_same_answers(own_server):
    said = Acknowledged()
    own_server.start()
    with Traffic(own_server.root_url, PROJECT, said) as traffic:
        traffic.wait_for(requests=200)
    before = answers(own_server, PROJECT)
    assert own_server.stop() == 0
    own_server.start()
    assert answers(own_server, PROJECT) == before


def test_the_sdk_delivers_after_the_server_has_come_back(own_server, monkeypatch):
    """A program keeps logging while the server is gone; the SDK keeps what it cannot deliver and sends it later."""
    monkeypatch.setenv("OPIK_CONNECTION_MONITOR_PING_INTERVAL", "0.2")
    own_server.start()
    client = opik.Opik(project_name=PROJECT, host=own_server.api_url)
    names = []
    for number in range(60):
        names.append(f"step {number}")
        client.trace(name=names[-1]).span(name=names[-1])
        if number == 20:
            assert client.flush()
            own_server.kill()
    assert not client.flush(timeout=2), "nobody is there to take the rest"
    own_server.start()
    delivered = client.flush(timeout=90)
    with Api(own_server.root_url) as api:
        for kind in ("traces", "spans"):
            assert sorted(row["name"] for row in everything(api, kind, PROJECT).values()) == sorted(names)
    client.end()
    assert delivered


@pytest.mark.parametrize("command", ["verify", "rebuild"])
def test_commands_refuse_a_folder_that_holds_no_data(tmp_path, command):
    done = cairn(command, "--data", str(tmp_path / "nothing-here"))
    assert done.returncode != 0
    assert not (tmp_path / "nothing-here").exists()


def test_two_servers_cannot_share_their_data(own_server):
    own_server.start()
    second = Server(own_server.data.parent)
    with pytest.raises(RuntimeError, match="ended with"):
        second.start()
    assert own_server.is_running()
    with Api(own_server.root_url) as api:
        api.write("spans", span_row(PROJECT))
        assert len(api.ids("spans", PROJECT)) == 1
