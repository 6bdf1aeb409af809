"""The workspace is asked as it was: what was answered at an earlier position is answered again."""

import random

import pytest

from api import Api, eventually, span_row, trace_row
from cairn_server import cairn, served
from historic import ask, graphql, history, refusal, restore, undo

SEEN = """
    server { position }
    projects(first: 5) { nodes { id name description traceCount } }
    optimizations { nodes { id name status } }
    ownPrices { items { model version rates { item perMillion } } }
    retentionRules(includeInactive: true) { items { id period isActive } }
    agentConfiguration(projectId: $project) { latest { name values { key value } } environments { name } }
    trash { nodes { id kind name } }
    project(id: $project) {
      traces(first: 30) {
        totalCount
        nodes {
          id name tags cost totalTokens spanCount input output lastUpdatedAt
          feedbackScores { name value } comments { text }
          spans(first: 10) { nodes { id name output feedbackScores { name value } } }
        }
      }
      threads { nodes { id threadId status tags messageCount feedbackScores { name value } } }
      found: traces(first: 30, filter: "name:named OR tags:t1") { nodes { id } }
    }
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A log of this file's own: a moment is shown by reading the log up to it."""
    yield from served(tmp_path_factory.mktemp("as-of"))


NOW = f"query ($project: ID!) {{ {SEEN} }}"
THEN = f"query ($project: ID!, $at: Position!) {{ asOf(position: $at) {{ {SEEN} }} }}"


def act(api, project: str, project_id: str, ids: list, draw: random.Random) -> None:
    """One of the things that people do, by chance."""
    kind = draw.choice(["trace", "trace", "span", "patch", "score", "comment", "delete", "restore", "undo", "describe"])
    if kind == "trace" or not ids:
        thread = draw.choice([{}, {"thread_id": "talk"}])
        row = trace_row(project, name=draw.choice(["named", "other"]), input={"n": draw.random()}, **thread)
        api.write("traces", row)
        ids.append(row["id"])
        return
    id = draw.choice(ids)
    there = api.send("GET", f"traces/{id}").status_code == 200
    if kind == "span":
        api.write("spans", span_row(project, id, name="s", usage={"total_tokens": draw.randrange(9)}, output={"o": 1}))
    elif kind == "patch":
        body = {"project_name": project, "tags": [f"t{draw.randrange(3)}"], "output": {"o": draw.random()}}
        assert api.patch("traces", id, **body).status_code == 204
    elif kind == "score" and there:
        score = {"name": "accuracy", "value": draw.randrange(3), "source": "ui"}
        assert api.send("PUT", f"traces/{id}/feedback-scores", score).status_code == 204
    elif kind == "comment" and there:
        assert api.send("POST", f"traces/{id}/comments", {"text": f"c{draw.random()}"}).status_code == 201
    elif kind == "delete":
        assert api.send("DELETE", f"traces/{id}").status_code == 204
    elif kind == "restore":
        graphql(api, "mutation ($id: ID!) { restore(id: $id) }", id=id)
    elif kind == "undo" and (told := history(api, id)):
        graphql(api, "mutation ($p: Position!) { undo(position: $p) }", p=draw.choice(told)["position"])
    else:
        body = {"description": f"d{draw.random()}"}
        assert api.send("PATCH", f"projects/{project_id}", body).status_code == 204


SET_PRICE = """
mutation ($model: String!, $rate: String!) {
  setPrices(prices: [{ key: { model: $model }, rates: [{ item: INPUT, perMillion: $rate }] }])
}
"""
DECIDED = """
{ auditEvents(first: 40, filter: {
    areas: [THREADS, OPTIMIZATIONS, PRICES, RETENTION, AGENTS, INSIGHTS, DERIVED, HISTORY]
}) { nodes { position } } }
"""


def set_up(api, project: str, project_id: str, draw: random.Random) -> None:
    """One of the things that people do beside their traces, by chance. What is refused changes nothing."""
    kind = draw.choice(
        ["close", "tag", "forget", "optimization", "price", "unprice", "rule", "agent", "issue", "restore"] + ["undo"] * 6
    )
    thread = {"project_name": project, "thread_id": "talk"}
    if kind == "close":
        api.send("PUT", "traces/threads/close", {"project_name": project, "thread_ids": ["talk"]})
    elif kind == "tag":
        found = api.send("POST", "traces/threads/retrieve", thread)
        if found.status_code == 200:
            api.send("PATCH", f"traces/threads/{found.json()['thread_model_id']}", {"tags": [f"t{draw.randrange(5)}"]})
    elif kind == "forget":
        api.send("POST", "traces/threads/delete", {"project_name": project, "thread_ids": ["talk"]})
    elif kind == "optimization":
        found = api.get("optimizations")["content"]
        if found and draw.random() < 0.5:
            api.send("POST", "optimizations/delete", {"ids": [draw.choice(found)["id"]]})
        else:
            body = {"name": f"o{draw.randrange(9)}", "dataset_name": "set", "objective_name": "a", "status": "running"}
            api.send("POST", "optimizations", body)
    elif kind == "price":
        graphql(api, SET_PRICE, model=f"m{draw.randrange(2)}", rate=str(draw.randrange(1, 5)))
    elif kind == "unprice":
        remove = "mutation ($model: String!) { removePrices(keys: [{ model: $model }]) }"
        graphql(api, remove, model=f"m{draw.randrange(2)}")
    elif kind == "rule":
        api.send("POST", "retention/rules", {"retention": "unlimited", "project_id": project_id})
    elif kind == "agent":
        values = [{"key": "k", "type": "string", "value": str(draw.randrange(9))}]
        body = {"project_name": project, "blueprint": {"type": "blueprint", "values": values}}
        if api.send("POST", "agent-configs/blueprints", body).status_code != 201:
            api.send("PATCH", "agent-configs/blueprints", body)
    elif kind == "issue":
        api.send("PUT", f"agent-insights/jobs/{project_id}/guidance", {"guidance": f"g{draw.randrange(9)}"})
    elif kind == "restore":
        if lying := ask(api, "{ trash { nodes { id } } }")["trash"]["nodes"]:
            graphql(api, "mutation ($id: ID!) { restore(id: $id) }", id=draw.choice(lying)["id"])
    elif told := ask(api, DECIDED)["auditEvents"]["nodes"]:
        graphql(api, "mutation ($p: Position!) { undo(position: $p) }", p=draw.choice(told)["position"])


def positions_only(seen: dict) -> dict:
    return {key: value for key, value in seen.items() if key != "server"}


@pytest.mark.parametrize("beside", [False, True], ids=["traces", "settings"])
def test_at_every_position_the_answer_is_what_it_was_then(own_server, beside):
    own_server.start()
    draw, ids, answers = random.Random(20_260_304), [], {}
    with Api(own_server.root_url) as api:
        assert api.send("POST", "projects", {"name": "p"}).status_code == 201
        project_id = api.send("POST", "projects/retrieve", {"name": "p"}).json()["id"]
        for turn in range(150 if beside else 60):
            if beside and turn % 5:
                set_up(api, "p", project_id, draw)
            else:
                act(api, "p", project_id, ids, draw)
            seen = ask(api, NOW, project=project_id)
            answers[seen["server"]["position"]] = positions_only(seen)
        for at in draw.sample(sorted(answers), 25):
            then = ask(api, THEN, project=project_id, at=at)["asOf"]
            assert then["server"]["position"] == at
            assert positions_only(then) == answers[at], f"at position {at}"
        before = ask(api, THEN, project=project_id, at=at)
    assert own_server.stop() == 0
    assert cairn("rebuild", "--data", str(own_server.data)).returncode == 0
    own_server.start()
    with Api(own_server.root_url) as api:
        assert positions_only(ask(api, NOW, project=project_id)) == answers[max(answers, key=int)]
        assert ask(api, THEN, project=project_id, at=at) == before


def test_now_and_two_moments_are_asked_about_in_one_request(api, project, project_id):
    for number in (1, 2):
        assert api.send("PATCH", f"projects/{project_id}", {"description": f"d{number}"}).status_code == 204
    second, first, made = history(api, project_id)
    query = """
    query ($id: ID!, $first: Position!, $time: Timestamp!) {
      now: project(id: $id) { description }
      then: asOf(position: $first) { project(id: $id) { description } }
      before: asOf(time: $time) { project(id: $id) { description } }
    }
    """
    seen = ask(api, query, id=project_id, first=first["position"], time=made["time"])
    assert seen == {
        "now": {"description": "d2"},
        "then": {"project": {"description": "d1"}},
        "before": {"project": {"description": None}},
    }
    assert int(second["position"]) > int(first["position"])


def test_single_things_are_asked_about_by_their_own_events(api, project):
    row = trace_row(project, name="asked", input={"q": 1})
    api.write("traces", row)
    assert api.patch("traces", row["id"], project_name=project, tags=["x"]).status_code == 204
    tagged, made = history(api, row["id"])
    query = "query ($id: ID!, $at: Position!) { fieldsAt(id: $id, position: $at) { field value } }"
    fields = lambda at: {f["field"]: f["value"] for f in ask(api, query, id=row["id"], at=at)["fieldsAt"]}  # noqa: E731
    then = fields(made["position"])
    assert (then["name"], then["input"], then.get("tags")) == ('"asked"', '{"q":1}', None)
    assert fields(tagged["position"])["tags"] == '["x"]'
    assert fields(str(int(made["position"]) - 1)) == {}
    undo(api, made | {"position": tagged["position"]})
    assert "tags" not in fields(history(api, row["id"])[0]["position"])


def test_a_moment_that_cannot_be_shown_is_refused(api):
    query = "query ($at: Position) { asOf(position: $at) { server { position } } }"
    assert "the log has not reached position 999999999" in refusal(api, query, at="999999999")
    assert refusal(api, query) == "name either a `position` or a `time`"
    nested = "query { asOf(position: 1) { asOf(position: 1) { server { position } } } }"
    assert refusal(api, nested) == "`asOf` belongs at the top of a query"


def test_a_restored_trace_is_missing_only_while_it_was(api, project):
    row = trace_row(project, name="asked")
    api.write("traces", row)
    assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
    deleted = history(api, row["id"])[0]["position"]
    restore(api, row["id"])
    query = "query ($id: ID!, $at: Position!) { asOf(position: $at) { trace(id: $id) { name } } }"
    name = lambda at: (ask(api, query, id=row["id"], at=at)["asOf"]["trace"] or {}).get("name")  # noqa: E731
    places = (int(deleted) - 1, int(deleted), int(deleted) + 1)
    assert eventually("all moments", lambda: [name(str(at)) for at in places]) == ["asked", None, "asked"]
