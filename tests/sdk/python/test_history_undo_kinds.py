"""Changes of every kind are taken back: conversations, searches for prompts, rules, prices, columns, agents, insights."""

import pytest

from api import Api, eventually, new_id, trace_row
from cairn_server import cairn
from historic import RESTORE, UNDO, UNDO_REQUEST, ask, changes, graphql, history, refusal, restore, trash, undo
from threaded import close, is_there, retrieve, said

BLUEPRINTS = "agent-configs/blueprints"
JOBS = "agent-insights/jobs"
ISSUES = "agent-insights/issues"


@pytest.fixture
def alone(own_server):
    """What holds for a whole workspace wants one of its own."""
    own_server.start()
    with Api(own_server.root_url) as api:
        yield api
    assert own_server.stop() == 0


def newest(api, id: str, kind: str) -> dict:
    return next(change for change in history(api, id) if change["kind"] == kind)


# Threads.


def thread_of(api, project: str, name: str = "talk", seconds: tuple = (10, 20)) -> str:
    api.write("traces", *[said(project, name, second) for second in seconds])
    return retrieve(api, project, name)["thread_model_id"]


def tag(api, id: str, *tags: str) -> None:
    assert api.send("PATCH", f"traces/threads/{id}", {"tags": list(tags)}).status_code == 204


def test_a_closed_thread_is_open_again_and_its_tags_are_as_before(api, project):
    id = thread_of(api, project)
    tag(api, id, "a")
    tag(api, id, "a", "b")
    close(api, project, "talk")
    undo(api, newest(api, id, "thread_tagged"))
    shown = retrieve(api, project, "talk")
    assert (shown["status"], shown["tags"], shown["number_of_messages"]) == ("inactive", ["a"], 4)
    closed = newest(api, id, "thread_closed")
    undo(api, closed)
    assert retrieve(api, project, "talk")["status"] == "active"
    told = history(api, id)[0]
    assert (told["undoes"], changes(told)) == (closed["position"], {"status": ("inactive", None)})
    undo(api, told)
    assert retrieve(api, project, "talk")["status"] == "inactive"


def test_a_thread_that_spoke_since_stays_open(api, project):
    id = thread_of(api, project)
    close(api, project, "talk")
    body = {"project_name": project, "thread_id": "talk"}
    assert api.send("PUT", "traces/threads/open", body).status_code == 204
    opened = newest(api, id, "thread_opened")
    api.write("traces", said(project, "talk", 30))
    undo(api, opened)
    assert retrieve(api, project, "talk")["status"] == "active"


def test_a_deleted_thread_comes_back_whole_with_its_traces(api, project):
    id = thread_of(api, project)
    tag(api, id, "a")
    close(api, project, "talk")
    score = {"thread_id": "talk", "project_name": project, "name": "kind", "value": 1, "source": "sdk"}
    assert api.send("PUT", "traces/threads/feedback-scores", {"scores": [score]}).status_code == 204
    assert api.send("POST", f"traces/threads/{id}/comments", {"text": "hm"}).status_code == 201
    seen = lambda: {k: v for k, v in retrieve(api, project, "talk").items() if k != "last_updated_at"}  # noqa: E731
    before = seen()
    assert (before["status"], before["tags"], len(before["feedback_scores"])) == ("inactive", ["a"], 1)
    traces = api.ids("traces", project)
    body = {"project_name": project, "thread_ids": ["talk"]}
    assert api.send("POST", "traces/threads/delete", body).status_code == 204
    assert not is_there(api, project, "talk")
    tagged = newest(api, id, "thread_tagged")
    assert refusal(api, UNDO, position=tagged["position"]).endswith("bring back one of its traces first")
    ask(api, UNDO_REQUEST, request=history(api, traces[0])[0]["request"])
    assert seen() == before
    assert sorted(api.ids("traces", project)) == sorted(traces)


BEGAN = "{ auditEvents(first: 200, filter: { areas: [THREADS] }) { nodes { kind thing { id projectId } } } }"


def test_a_thread_that_has_no_trace_yet_comes_back_too(api, project, project_id):
    score = {"thread_id": "early", "project_name": project, "name": "kind", "value": 1, "source": "sdk"}
    assert api.send("PUT", "traces/threads/feedback-scores", {"scores": [score]}).status_code == 204
    nodes = ask(api, BEGAN)["auditEvents"]["nodes"]
    [id] = [node["thing"]["id"] for node in nodes if node["thing"]["projectId"] == project_id]
    body = {"project_name": project, "thread_ids": ["early"]}
    assert api.send("POST", "traces/threads/delete", body).status_code == 204
    undo(api, newest(api, id, "thread_deleted"))
    undo(api, newest(api, id, "change_undone"))
    undo(api, newest(api, id, "change_undone"))
    api.write("traces", said(project, "early", 10))
    shown = retrieve(api, project, "early")
    assert (shown["thread_model_id"], [given["value"] for given in shown["feedback_scores"]]) == (id, [1])


def test_that_a_thread_began_is_undone_with_what_began_it(api, project):
    row = said(project, "talk", 10)
    api.write("traces", row)
    id = retrieve(api, project, "talk")["thread_model_id"]
    began = newest(api, id, "thread_began")
    message = "a change of the kind `thread_began` cannot be undone: it only notes what follows from other changes; undo those"
    assert refusal(api, UNDO, position=began["position"]) == message
    ask(api, UNDO_REQUEST, request=began["request"])
    assert api.send("GET", f"traces/{row['id']}").status_code == 404
    assert not is_there(api, project, "talk")


# Optimizations.


def optimization_of(api, project: str, **fields) -> str:
    body = {"id": new_id(), "name": "better", "dataset_name": f"set-{project}", "objective_name": "accuracy"}
    body |= {"status": "running", "metadata": {"a": 1}, **fields}
    assert api.send("POST", "optimizations", body).status_code == 201
    return body["id"]


def test_a_deleted_optimization_comes_back_with_its_trials(api, client, project):
    id = optimization_of(api, project)
    trial = {"id": new_id(), "dataset_name": f"set-{project}", "type": "trial", "optimization_id": id}
    assert api.send("POST", "experiments", trial).status_code == 201
    before = api.get(f"optimizations/{id}")
    assert before["num_trials"] == 1
    client.delete_optimizations([id])
    [trashed] = [one for one in trash(api, kind="OPTIMIZATION") if one["id"] == id]
    assert (trashed["name"], trashed["deletedBy"]) == ("better", "admin")
    restore(api, id)
    assert api.get(f"optimizations/{id}") == before
    assert refusal(api, RESTORE, id=id) == f"`{id}` does not lie in the trash"


def test_what_is_said_of_an_optimization_is_taken_back(api, project):
    id = optimization_of(api, project)
    before = api.get(f"optimizations/{id}")
    assert api.send("PUT", f"optimizations/{id}", {"name": "worse", "status": "completed"}).status_code == 204
    undo(api, newest(api, id, "optimization_updated"))
    assert api.get(f"optimizations/{id}") == before
    undo(api, newest(api, id, "optimization_written"))
    assert api.send("GET", f"optimizations/{id}").status_code == 404
    restore(api, id)
    assert api.get(f"optimizations/{id}") == before


# Rules of retention.


def rule(api, project_id: str, retention: str) -> dict:
    made = api.send("POST", "retention/rules", {"retention": retention, "project_id": project_id})
    assert made.status_code == 201, made.text
    return made.json()


def is_enabled(api, id: str) -> bool:
    return api.get(f"retention/rules/{id}")["enabled"]


def test_a_rule_that_ended_holds_again_and_a_new_one_gives_way(api, project_id):
    first = rule(api, project_id, "unlimited")["id"]
    second = rule(api, project_id, "extended_400d")["id"]
    replaced = newest(api, first, "retention_rule_deactivated")
    message = "another rule holds for the same traces by now: end that rule first"
    assert refusal(api, UNDO, position=replaced["position"]) == message
    ask(api, UNDO_REQUEST, request=replaced["request"])
    assert (is_enabled(api, first), is_enabled(api, second)) == (True, False)
    assert history(api, second)[0]["kind"] == "retention_rule_deactivated"
    assert api.send("DELETE", f"retention/rules/{first}").status_code == 204
    undo(api, history(api, first)[0])
    assert is_enabled(api, first)
    undo(api, history(api, first)[0])
    assert not is_enabled(api, first)


# Own prices.

SET_PRICE = """
mutation ($model: String!, $rate: String!) {
  setPrices(prices: [{ key: { model: $model }, rates: [{ item: INPUT, perMillion: $rate }] }])
}
"""
REMOVE_PRICE = "mutation ($model: String!) { removePrices(keys: [{ model: $model }]) }"
OWN_PRICES = "{ ownPrices(first: 1000) { items { id model version setBy setAt rates { item perMillion } } } }"


def price(api, model: str) -> dict | None:
    items = ask(api, OWN_PRICES)["ownPrices"]["items"]
    return next((item for item in items if item["model"] == model), None)


def test_a_price_goes_back_to_what_it_was_and_a_removed_one_comes_back(api, project):
    ask(api, SET_PRICE, model=project, rate="2")
    first = price(api, project)
    ask(api, SET_PRICE, model=project, rate="3")
    assert price(api, project)["rates"][0]["perMillion"] == "3"
    undo(api, history(api, first["id"])[0])
    assert price(api, project) == first
    ask(api, REMOVE_PRICE, model=project)
    assert price(api, project) is None
    [trashed] = [one for one in trash(api, kind="PRICE") if one["id"] == first["id"]]
    assert trashed["name"] == project
    restore(api, first["id"])
    assert price(api, project) == first
    made = history(api, first["id"])[-1]
    undo(api, made)
    assert price(api, project) is None
    assert first["id"] in [one["id"] for one in trash(api, kind="PRICE")]


# Derived columns.

ADD_COLUMN = """
mutation ($name: String!, $path: String!) { addDerivedColumn(column: { of: TRACES, name: $name, path: $path }) { id } }
"""
REMOVE_COLUMN = "mutation ($id: ID!) { removeDerivedColumn(id: $id) }"
SORTED = """
query ($p: ID!) { project(id: $p) { traces(sort: { field: "derived.rank", direction: ASC }) { nodes { name } } } }
"""


def test_a_removed_column_comes_back_and_is_filled_anew(alone):
    alone.write("traces", *[trace_row("p", name=f"n{n}", metadata={"rank": 9 - n}) for n in (1, 2, 3)])
    project = alone.send("POST", "projects/retrieve", {"name": "p"}).json()["id"]
    column = ask(alone, ADD_COLUMN, name="rank", path="metadata.rank")["addDerivedColumn"]["id"]

    def in_order() -> list[str]:
        answer = graphql(alone, SORTED, p=project)
        return [] if "errors" in answer else [node["name"] for node in answer["data"]["project"]["traces"]["nodes"]]

    assert eventually("the column is filled", lambda: in_order()) == ["n3", "n2", "n1"]
    ask(alone, REMOVE_COLUMN, id=column)
    refused = refusal(alone, SORTED, p=project)
    assert "there is no derived column `rank` of traces" in refused
    alone.write("traces", trace_row("p", name="n4", metadata={"rank": 1}))
    assert [one["name"] for one in trash(alone, kind="DERIVED_COLUMN")] == ["rank"]
    restore(alone, column)
    assert eventually("it is filled anew", lambda: in_order()) == ["n4", "n3", "n2", "n1"]
    ask(alone, REMOVE_COLUMN, id=column)
    ask(alone, ADD_COLUMN, name="rank", path="metadata.other")
    message = "the name `rank` belongs to another by now: rename the other first"
    assert refusal(alone, RESTORE, id=column) == message


# Agents.


def blueprint(api, project: str, method: str, kind: str = "blueprint", **texts: str) -> str:
    values = [{"key": key, "type": "string", "value": text} for key, text in texts.items()]
    made = {"id": new_id(), "type": kind, "values": values}
    response = api.send(method, BLUEPRINTS, {"project_name": project, "blueprint": made})
    assert response.status_code == 201, response.text
    return made["id"]


def latest(api, project_id: str) -> tuple:
    shown = api.get(f"{BLUEPRINTS}/latest/projects/{project_id}")
    return shown["name"], {row["key"]: row.get("value") for row in shown["values"]}, shown.get("envs") or []


def test_a_version_of_an_agent_and_its_environments_are_taken_back(api, project, project_id):
    blueprint(api, project, "POST", model="small")
    second = blueprint(api, project, "PATCH", model="large")
    assert latest(api, project_id) == ("v2", {"model": "large"}, [])
    body = {"project_id": project_id, "envs": [{"env_name": "prod", "blueprint_id": second}]}
    assert api.send("POST", f"{BLUEPRINTS}/environments", body).status_code == 204
    moved, made, *_ = history(api, project_id)
    assert changes(moved) == {"agent.environments.prod": ("v1", "v2")}
    message = "the environment `prod` is at the version that would go: put it at another version first"
    assert refusal(api, UNDO, position=made["position"]) == message
    undo(api, moved)
    assert latest(api, project_id) == ("v2", {"model": "large"}, [])
    undo(api, made)
    assert latest(api, project_id) == ("v1", {"model": "small"}, ["prod"])
    assert api.send("GET", f"{BLUEPRINTS}/{second}").status_code == 404
    assert history(api, second)[-1]["isUndone"]
    undo(api, history(api, project_id)[0])
    assert latest(api, project_id) == ("v2", {"model": "large"}, [])


def test_what_an_agent_is_set_to_stands_in_no_way_of_its_project(api, project, project_id):
    assert api.send("PATCH", f"projects/{project_id}", {"description": "first"}).status_code == 204
    described = history(api, project_id)[0]
    blueprint(api, project, "POST", model="small")
    undo(api, described)
    assert api.get(f"projects/{project_id}").get("description") is None
    assert latest(api, project_id) == ("v1", {"model": "small"}, ["prod"])


# Insights.


def report(api, project_id: str, day: str, *names: str) -> None:
    issues = [
        {"name": name, "severity": "high", "count": 2, "total_count": 10, "users_impacted": 1, "total_users": 5}
        for name in names
    ]
    body = {"project_id": project_id, "report_day": day, "issues": issues}
    assert api.send("POST", ISSUES, body).status_code == 204


def issues(api, project_id: str) -> list[dict]:
    return api.get(ISSUES, project_id=project_id)["content"]


def test_guidance_and_status_of_insights_go_back(api, project_id):
    path = f"{JOBS}/{project_id}"
    assert api.send("POST", path).status_code == 201
    for text in ("mind the costs", "mind the words"):
        assert api.send("PUT", f"{path}/guidance", {"guidance": text}).status_code == 200
    assert api.send("PATCH", path, {"status": "enabled"}).status_code == 200
    undo(api, newest(api, project_id, "insights_guidance_set"))
    shown = api.get(path)
    assert (shown["guidance"], shown["status"]) == ("mind the costs", "enabled")
    undo(api, newest(api, project_id, "insights_job_status_set"))
    assert api.get(path)["status"] == "disabled"
    assert api.send("POST", f"{path}/trigger").status_code == 202
    triggered = newest(api, project_id, "insights_triggered")
    assert refusal(api, UNDO, position=triggered["position"]).startswith("a change of the kind `insights_triggered`")


def test_an_issue_is_open_again_and_a_report_counts_for_nothing(api, project_id):
    report(api, project_id, "2026-03-04", "slow")
    before = issues(api, project_id)
    id = before[0]["id"]
    body = {"project_id": project_id, "status": "closed", "close_note": "no harm"}
    assert api.send("PATCH", f"{ISSUES}/{id}", body).status_code == 204
    undo(api, history(api, id)[0])
    assert issues(api, project_id) == before
    report(api, project_id, "2026-03-05", "slow", "wrong")
    assert len(issues(api, project_id)) == 2
    ask(api, UNDO_REQUEST, request=newest(api, id, "insights_issue_found")["request"])
    assert issues(api, project_id) == before


# The workspace.


def test_settings_of_the_workspace_go_back_as_a_whole(alone):
    path = "workspaces/configurations"
    for body in ({"truncation_on_tables": False}, {"color_map": {"accuracy": "#00ff00"}}):
        assert alone.send("PUT", path, body).status_code == 200
    events = ask(alone, "{ auditEvents(first: 5) { nodes { kind position isUndoable thing { id } } } }")
    newest = events["auditEvents"]["nodes"][0]
    assert (newest["kind"], newest["isUndoable"]) == ("workspace_configured", True)
    undo(alone, newest)
    assert alone.get(path) == {"truncation_on_tables": False}
    undone, second, first = history(alone, newest["thing"]["id"])
    assert (undone["undoes"], second["isUndone"]) == (newest["position"], True)
    undo(alone, undone)
    assert alone.get(path) == {"color_map": {"accuracy": "#00ff00"}}
    message = f"it was changed again since: `configuration` at position {second['position']}: undo what is newer first"
    assert refusal(alone, UNDO, position=first["position"]) == message


# What lasts says why.


def test_what_cannot_be_taken_back_says_why_and_what_to_do(api, client, project):
    dataset = client.create_dataset(f"{project}-set")
    dataset.insert([{"q": 1}])
    made = next(change for change in history(api, dataset.id) if change["kind"] == "dataset_item_put")
    said = "a change of the kind `dataset_item_put` cannot be undone: of versions and what lies in them one goes back to an older one"
    assert refusal(api, UNDO, position=made["position"]) == said


def test_all_of_it_is_the_same_after_a_rebuild(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        id = thread_of(api, "p")
        tag(api, id, "a")
        close(api, "p", "talk")
        undo(api, newest(api, id, "thread_tagged"))
        traces = api.ids("traces", "p")
        assert api.send("POST", "traces/threads/delete", {"project_name": "p", "thread_ids": ["talk"]}).status_code == 204
        ask(api, UNDO_REQUEST, request=history(api, traces[0])[0]["request"])
        optimization = optimization_of(api, "p")
        assert api.send("POST", "optimizations/delete", {"ids": [optimization]}).status_code == 204
        restore(api, optimization)
        ask(api, SET_PRICE, model="m", rate="2")
        ask(api, SET_PRICE, model="m", rate="3")
        own = price(api, "m")["id"]
        undo(api, history(api, own)[0])
        ask(api, SET_PRICE, model="gone", rate="2")
        ask(api, REMOVE_PRICE, model="gone")
        project_id = api.send("POST", "projects/retrieve", {"name": "p"}).json()["id"]
        blueprint(api, "p", "POST", model="small")
        blueprint(api, "p", "PATCH", model="large")
        undo(api, history(api, project_id)[0])
        report(api, project_id, "2026-03-04", "slow")
        ended = rule(api, project_id, "unlimited")["id"]
        assert api.send("DELETE", f"retention/rules/{ended}").status_code == 204
        undo(api, history(api, ended)[0])
        seen = lambda: (  # noqa: E731
            retrieve(api, "p", "talk"),
            api.get(f"optimizations/{optimization}"),
            ask(api, OWN_PRICES),
            latest(api, project_id),
            issues(api, project_id),
            is_enabled(api, ended),
            trash(api),
            [history(api, thing) for thing in (id, optimization, own, project_id, ended)],
        )
        before = seen()
    assert own_server.stop() == 0
    rebuilt = cairn("rebuild", "--data", str(own_server.data))
    assert rebuilt.returncode == 0, rebuilt.stderr
    own_server.start()
    with Api(own_server.root_url) as api:
        assert seen() == before


# What lies within things, and where things wait.

SET = """
mutation ($name: String!) { createDataset(input: { name: $name }) { id } }
"""
PUT = """
mutation ($id: ID!) {
  changeDatasetItems(input: { datasetId: $id, added: [{ data: "{\\"q\\":1}" }], overrides: true }) { hash }
}
"""
TAG = """
mutation ($id: ID!, $version: String!) { updateDatasetVersion(datasetId: $id, version: $version, addTags: ["gold"]) { tags } }
"""
UNTAG = """
mutation ($id: ID!, $version: String!) { removeDatasetVersionTag(datasetId: $id, version: $version, tag: "gold") }
"""
WITHIN = """
query ($set: ID!, $run: ID!, $queue: ID!) {
  dataset(id: $set) { versions { nodes { number tags } } version(reference: "gold") { number } }
  experiment(id: $run) { itemCount items { nodes { id traceId } } }
  annotationQueue(id: $queue) { itemCount completedCount items(first: 5) { nodes { id addedAt reviewers } } }
}
"""


def test_what_lies_within_and_where_things_wait_is_the_same_after_a_rebuild(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        row = trace_row("p", name="asked")
        api.write("traces", row)
        project_id = api.send("POST", "projects/retrieve", {"name": "p"}).json()["id"]
        set_id = ask(api, SET, name="set")["createDataset"]["id"]
        version = ask(api, PUT, id=set_id)["changeDatasetItems"]
        items = ask(api, "query ($id: ID!) { dataset(id: $id) { items { nodes { id } } } }", id=set_id)
        [item] = items["dataset"]["items"]["nodes"]
        run = new_id()
        body = {"id": run, "dataset_name": "set", "name": "run"}
        assert api.send("POST", "experiments", body).status_code == 201
        tie = {"id": new_id(), "experiment_id": run, "dataset_item_id": item["id"], "trace_id": row["id"]}
        assert api.send("POST", "experiments/items", {"experiment_items": [tie]}).status_code == 204
        assert api.send("POST", "experiments/items/delete", {"ids": [tie["id"]]}).status_code == 204
        undo(api, newest(api, run, "experiment_item_removed"))
        ask(api, TAG, id=set_id, version=version["hash"])
        ask(api, UNTAG, id=set_id, version=version["hash"])
        undo(api, newest(api, set_id, "dataset_version_updated"))
        create = 'mutation ($id: ID!) { createAnnotationQueue(projectId: $id, scope: TRACE, input: { name: "q" }) { id } }'
        queue = ask(api, create, id=project_id)["createAnnotationQueue"]["id"]
        fill = "mutation ($id: ID!, $items: [ID!]!) { addAnnotationItems(id: $id, items: $items) { itemCount } }"
        ask(api, fill, id=queue, items=[row["id"]])
        score = {"id": row["id"], "project_name": "p", "name": "kind", "value": 1, "source": "ui"}
        assert api.send("PUT", "traces/feedback-scores", {"scores": [score]}).status_code == 204
        assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
        restore(api, row["id"])
        seen = lambda: (  # noqa: E731
            ask(api, WITHIN, set=set_id, run=run, queue=queue),
            [history(api, thing) for thing in (set_id, run, queue)],
        )
        before = seen()
        within = before[0]
        assert within["dataset"]["version"] == {"number": 1}
        assert within["experiment"] == {"itemCount": 1, "items": {"nodes": [{"id": tie["id"], "traceId": row["id"]}]}}
        assert (within["annotationQueue"]["itemCount"], within["annotationQueue"]["completedCount"]) == (1, 1)
    assert own_server.stop() == 0
    rebuilt = cairn("rebuild", "--data", str(own_server.data))
    assert rebuilt.returncode == 0, rebuilt.stderr
    own_server.start()
    with Api(own_server.root_url) as api:
        assert seen() == before
