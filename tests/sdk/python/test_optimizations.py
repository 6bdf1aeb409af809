"""Optimizations: what the SDK says of them, and how they stand by what their trials came to."""

import base64
import json
import types

import pytest
from opik.evaluation import evaluate_optimization_trial
from opik.evaluation.metrics import Equals

from api import Api, END, UNKNOWN_ID, eventually, new_id, span_row, trace_row
from cairn_server import cairn

ERROR = {"exception_type": "ValueError", "message": "no budget", "traceback": "line 1"}
STUDIO = {
    "dataset_name": "qa",
    "prompt": {"messages": [{"role": "user", "content": "{{q}}"}]},
    "llm_model": {"model": "gpt-4o-mini", "parameters": {"temperature": 0.50}},
    "evaluation": {"metrics": [{"type": "equals", "parameters": {}}]},
    "optimizer": {"type": "gepa", "parameters": {"rounds": 2}},
}


def body_of(project: str, **fields) -> dict:
    return {"id": new_id(), "dataset_name": f"set-{project}", "objective_name": "accuracy", "status": "running", **fields}


def made(api, project: str, **fields) -> str:
    body = body_of(project, **fields)
    response = api.send("POST", "optimizations", body)
    assert (response.status_code, response.content) == (201, b""), response.text
    assert response.headers["location"].endswith(f"/v1/private/optimizations/{body['id']}")
    return body["id"]


def trial_of(api, project: str, optimization: str, *values: float, **fields) -> types.SimpleNamespace:
    """An experiment over as many traces as there are values, each scored with one."""
    experiment = new_id()
    body = {"id": experiment, "dataset_name": f"set-{project}", "type": "trial", "optimization_id": optimization, **fields}
    assert api.send("POST", "experiments", body).status_code == 201
    items = [{"id": new_id(), "source": "manual", "data": {"n": n}} for n, _ in enumerate(values)]
    ties = [{"id": new_id(), "experiment_id": experiment, "dataset_item_id": row["id"], "trace_id": new_id()} for row in items]
    if values:
        assert api.send("PUT", "datasets/items", {"dataset_name": f"set-{project}", "items": items}).status_code == 204
        assert api.send("POST", "experiments/items", {"experiment_items": ties}).status_code == 204
        api.write("traces", *[trace_row(project, id=row["trace_id"], end_time=END) for row in ties])
        api.score("traces", *[score(project, row["trace_id"], value) for row, value in zip(ties, values, strict=True)])
    return types.SimpleNamespace(id=experiment, traces=[row["trace_id"] for row in ties], items=[row["id"] for row in ties])


def score(project: str, trace: str, value: float, name: str = "accuracy") -> dict:
    return {"id": trace, "project_name": project, "name": name, "value": value, "source": "sdk"}


def standing(api, optimization: str) -> tuple:
    found = api.get(f"optimizations/{optimization}")
    return found["num_trials"], found.get("baseline_objective_score"), found.get("best_objective_score")


# Through the SDK.


def test_an_optimization_is_made_followed_and_ended(client, api, project):
    dataset = client.create_dataset(f"set-{project}", project_name=project)
    made = client.create_optimization(
        dataset_name=dataset.name, objective_name="accuracy", name="better words", metadata={"optimizer": "MetaPrompt"}
    )
    found = client.get_optimization_by_id(made.id)
    assert (found.id, found.project_name) == (made.id, project)
    content = found.fetch_content()
    assert (content.name, content.status, content.objective_name) == ("better words", "running", "accuracy")
    assert (content.dataset_id, content.dataset_name) == (dataset.id, dataset.name)
    assert (content.metadata, content.num_trials, content.created_by) == ({"optimizer": "MetaPrompt"}, 0, "admin")
    found.update(status="error", error_info=ERROR)
    found.update(name="worse words")
    content = found.fetch_content()
    assert (content.name, content.status) == ("worse words", "error")
    assert (content.error_info.exception_type, content.error_info.message) == ("ValueError", "no budget")
    client.delete_optimizations([made.id])
    assert api.send("GET", f"optimizations/{made.id}").status_code == 404


def test_trials_of_the_sdk_lift_the_best_score(client, api, project, tracked):
    dataset = client.create_dataset(f"set-{project}", project_name=project)
    dataset.insert([{"q": "a", "want": "A"}, {"q": "b", "want": "B"}])
    optimization = client.create_optimization(dataset_name=dataset.name, objective_name="equals_metric")

    def run(task) -> None:
        evaluate_optimization_trial(
            optimization_id=optimization.id, dataset=dataset, task=task, scoring_metrics=[Equals(track=False)], verbose=0
        )

    run(lambda item: {"output": "A", "reference": item["want"]})
    run(lambda item: {"output": item["q"].upper(), "reference": item["want"]})
    run(lambda item: {"output": "?", "reference": item["want"]})
    assert eventually("all trials are scored", lambda: standing(api, optimization.id) == (3, 0.5, 1))
    content = optimization.fetch_content()
    assert [(row.name, row.value) for row in content.feedback_scores] == [("equals_metric", 0.5)]
    assert content.baseline_duration > 0 and content.best_duration > 0
    trials = api.get("experiments", optimization_id=optimization.id)["content"]
    assert [row["type"] for row in trials] == ["trial"] * 3


# Through plain HTTP.


def test_how_it_stands_follows_every_change_of_a_trial(api, project):
    optimization = made(api, project)
    assert standing(api, optimization) == (0, None, None)
    first = trial_of(api, project, optimization, 0.2, 0.4)
    assert standing(api, optimization) == (1, 0.3, 0.3)
    second = trial_of(api, project, optimization, 0.9, 0.8)
    assert standing(api, optimization) == (2, 0.3, 0.85)
    api.score("traces", score(project, second.traces[0], 0.1))
    assert standing(api, optimization) == (2, 0.3, 0.45)
    clear = {"name": "accuracy"}
    assert api.send("POST", f"traces/{second.traces[0]}/feedback-scores/delete", clear).status_code == 204
    assert standing(api, optimization) == (2, 0.3, 0.8)
    assert api.send("POST", "experiments/items/delete", {"ids": [first.items[0]]}).status_code == 204
    assert standing(api, optimization) == (2, 0.4, 0.8)
    assert api.send("POST", "traces/delete", {"ids": [second.traces[1]]}).status_code == 204
    assert standing(api, optimization) == (2, 0.4, 0.4)
    assert api.send("POST", "experiments/delete", {"ids": [first.id]}).status_code == 204
    assert standing(api, optimization) == (1, None, None)


def test_a_score_of_the_experiment_is_an_objective_too(api, project):
    optimization = made(api, project, objective_name="f1")
    said = trial_of(api, project, optimization, experiment_scores=[{"name": "f1", "value": 0.25}])
    assert standing(api, optimization) == (1, 0.25, 0.25)
    scores = {"experiment_scores": [{"name": "f1", "value": 0.75}]}
    assert api.send("PATCH", f"experiments/{said.id}", scores).status_code == 204
    assert standing(api, optimization) == (1, 0.75, 0.75)
    assert api.get(f"optimizations/{optimization}")["experiment_scores"] == [{"name": "f1", "value": 0.75}]


def test_mini_batches_are_trials_and_never_the_best(api, project):
    optimization = made(api, project)
    trial_of(api, project, optimization, 1, type="mini-batch")
    assert standing(api, optimization) == (1, None, None)
    trial_of(api, project, optimization, 0.5)
    assert standing(api, optimization) == (2, 0.5, 0.5)


def test_durations_and_costs_are_those_of_a_trace_on_average(api, project):
    optimization = made(api, project)
    trial = trial_of(api, project, optimization, 0.2, 0.4)
    for trace, cost in zip(trial.traces, (0.001, 0.002), strict=True):
        api.write("spans", span_row(project, trace, type="llm", total_estimated_cost=cost))
    found = api.get(f"optimizations/{optimization}")
    assert (found["baseline_duration"], found["best_duration"]) == (1500, 1500)
    assert (found["baseline_cost"], found["best_cost"], found["total_optimization_cost"]) == (0.0015, 0.0015, 0.003)
    trial_of(api, project, optimization, 0.1)
    found = api.get(f"optimizations/{optimization}")
    assert (found["best_cost"], found["total_optimization_cost"]) == (0.0015, 0.003)


def test_trials_may_come_before_their_optimization(api, project):
    optimization = new_id()
    trial_of(api, project, optimization, 0.5)
    assert api.send("GET", f"optimizations/{optimization}").status_code == 404
    made(api, project, id=optimization)
    assert standing(api, optimization) == (1, 0.5, 0.5)
    other = body_of(project, id=optimization, objective_name="other")
    assert api.send("PUT", "optimizations", other).status_code == 201
    assert standing(api, optimization) == (1, None, None)


def test_put_makes_or_replaces_and_post_repeats_nothing(api, project):
    body = body_of(project, name="first", metadata={"a": [1.50]}, studio_config=STUDIO, error_info=ERROR, project_name=project)
    response = api.send("PUT", "optimizations", body)
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["location"].endswith(body["id"])
    found = api.get(f"optimizations/{body['id']}")
    assert (found["name"], found["metadata"], found["error_info"]) == ("first", {"a": [1.5]}, ERROR)
    assert found["studio_config"] == STUDIO
    api.send("PUT", f"optimizations/{body['id']}", {"status": "cancelled"})
    assert api.send("POST", "optimizations", body).status_code == 201
    assert api.get(f"optimizations/{body['id']}")["status"] == "cancelled"
    again = body_of(project, id=body["id"], status="completed", last_updated_at="2026-01-02T03:04:05Z")
    assert api.send("PUT", "optimizations", again).status_code == 201
    replaced = api.get(f"optimizations/{body['id']}")
    assert (replaced["name"], replaced["status"], replaced["created_at"]) == ("first", "completed", found["created_at"])
    assert replaced["last_updated_at"] == "2026-01-02T03:04:05Z"
    assert "metadata" not in replaced and "studio_config" not in replaced and "error_info" not in replaced


def test_a_run_of_the_studio_that_has_ended_cannot_be_cancelled(api, project):
    studio = made(api, project, studio_config=STUDIO, status="initialized")
    path = f"optimizations/{studio}"
    assert api.send("PUT", path, {"status": "running"}).status_code == 204
    assert api.send("PUT", path, {"status": "completed"}).status_code == 204
    assert api.send("PUT", path, {"status": "cancelled"}).status_code == 409
    assert api.get(path)["status"] == "completed"
    ordinary = made(api, project, status="completed")
    assert api.send("PUT", f"optimizations/{ordinary}", {"status": "cancelled"}).status_code == 204
    assert api.send("GET", f"optimizations/studio/{studio}/logs").status_code == 404


def test_what_is_not_acceptable_is_refused(api, project):
    def refusal(method: str, path: str, body: dict) -> tuple[int, str]:
        response = api.send(method, path, body)
        return response.status_code, response.text

    for field, name in (("dataset_name", "datasetName"), ("objective_name", "objectiveName")):
        status, text = refusal("POST", "optimizations", body_of(project, **{field: " "}))
        assert (status, json.loads(text)) == (422, {"errors": [f"{name} must not be blank"]})
    status, text = refusal("POST", "optimizations", {**body_of(project), "status": None})
    assert (status, json.loads(text)) == (422, {"errors": ["status must not be null"]})
    status, text = refusal("POST", "optimizations", body_of(project, status="paused"))
    assert status == 400 and "Unable to process JSON" in text
    status, text = refusal("POST", "optimizations", body_of(project, id="0190babc-62a0-41d2-832a-0feffa4676eb"))
    assert (status, json.loads(text)["details"]) == (400, "Optimization id must be a version 7 UUID")
    status, text = refusal("POST", "optimizations", body_of(project, studio_config={**STUDIO, "prompt": {"messages": []}}))
    assert (status, json.loads(text)) == (422, {"errors": ["studioConfig.prompt.messages must not be empty"]})
    status, text = refusal("PUT", f"optimizations/{UNKNOWN_ID}", {"name": "new"})
    assert status == 404 and f"Not found optimization with id '{UNKNOWN_ID}'" in text
    assert api.send("GET", f"optimizations/studio/{UNKNOWN_ID}/logs").status_code == 404
    assert refusal("POST", "optimizations/delete", {"ids": []})[0] == 422
    assert refusal("POST", "optimizations/delete", {"ids": [UNKNOWN_ID]})[0] == 204


def test_optimizations_are_listed_by_what_they_are(api, project):
    plain = made(api, project, name=f"Plain {project}", metadata={"optimizer": {"name": "GEPA"}}, project_name=project)
    studio = made(api, project, name=f"Studio {project}", studio_config=STUDIO, status="initialized", project_name=project)
    elsewhere = made(api, project, dataset_name=f"gone-{project}", name=f"Other {project}")
    dataset = api.get(f"optimizations/{plain}")["dataset_id"]
    gone = api.get(f"optimizations/{elsewhere}")["dataset_id"]
    assert api.send("DELETE", f"datasets/{gone}").status_code == 204

    def ids(path: str = "optimizations", **params) -> list[str]:
        return [row["id"] for row in api.get(path, **params)["content"] if project in row["name"]]

    assert ids() == [elsewhere, studio, plain]
    assert ids(dataset_id=dataset) == [studio, plain]
    assert ids(dataset_name=f"set-{project}") == [studio, plain]
    assert ids(name=f"pLAIN {project}") == [plain]
    assert ids(studio_only=True) == [studio]
    assert ids(name=project, dataset_deleted=True) == [elsewhere]
    assert ids(name=project, dataset_deleted=False) == [studio, plain]
    assert "dataset_name" not in api.get(f"optimizations/{elsewhere}")
    for field in (
        {"field": "status", "operator": "=", "value": "running"},
        {"field": "metadata", "key": "optimizer.name", "operator": "=", "value": "gepa"},
        {"field": "dataset_id", "operator": "=", "value": dataset},
    ):
        assert plain in ids(dataset_id=dataset, filters=json.dumps([field])), field
    assert ids(dataset_id=dataset, filters='[{"field":"status","operator":"!=","value":"running"}]') == [studio]
    project_id = api.get(f"optimizations/{plain}")["project_id"]
    assert ids(f"projects/{project_id}/optimizations") == [studio, plain]
    assert ids(project_id=project_id) == [studio, plain]
    page = api.get("optimizations", dataset_id=dataset, page=2, size=1)
    assert (page["page"], page["size"], page["total"], page["content"][0]["id"]) == (2, 1, 2, plain)
    wrong = '[{"field":"name","operator":"=","value":"x"}]'
    assert api.http.get("optimizations", params={"filters": wrong}).status_code == 400


def test_a_dataset_knows_the_optimizations_over_it(api, project):
    items = [{"id": new_id(), "source": "manual", "data": {"n": 1}}]
    assert api.send("PUT", "datasets/items", {"dataset_name": f"plain-{project}", "items": items}).status_code == 204
    first, second = made(api, project), made(api, project)
    id = api.get(f"optimizations/{first}")["dataset_id"]
    dataset = api.get(f"datasets/{id}")
    newest = api.get(f"optimizations/{second}")["created_at"]
    assert (dataset["optimization_count"], dataset["most_recent_optimization_at"]) == (2, newest)
    searched = api.get("datasets", name=project, with_optimizations_only=True)["content"]
    assert [row["id"] for row in searched] == [id]
    assert len(api.get("datasets", name=project)["content"]) == 2
    assert api.send("POST", "optimizations/delete", {"ids": [first, second]}).status_code == 204
    dataset = api.get(f"datasets/{id}")
    assert dataset["optimization_count"] == 0 and "most_recent_optimization_at" not in dataset


def test_a_link_of_the_optimizer_leads_to_the_page(api, server, project):
    optimization = made(api, project, project_name=project)
    found = api.get(f"optimizations/{optimization}")
    path = base64.urlsafe_b64encode(server.api_url.encode()).decode()

    def follow(id: str | None):
        params = {"optimization_id": id, "dataset_id": found["dataset_id"], "path": path}
        given = {name: value for name, value in params.items() if value}
        return api.root.get("/api/v1/session/redirect/optimizations/", params=given, follow_redirects=False)

    answer = follow(optimization)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/default/projects/{found['project_id']}/optimizations/{optimization}"
    assert (follow(UNKNOWN_ID).status_code, follow(None).status_code) == (404, 400)


@pytest.mark.parametrize("rebuilt", [False, True], ids=["restarted", "rebuilt"])
def test_how_it_stands_is_the_same_after_a_restart(own_server, project, rebuilt):
    own_server.start()
    with Api(own_server.root_url) as api:
        optimization = made(api, project)
        trial = trial_of(api, project, optimization, 0.1, 0.7)
        trial_of(api, project, optimization, 0.3, type="mini-batch")
        api.score("traces", score(project, trial.traces[0], 0.2))
        before = api.http.get("optimizations").content
    assert own_server.stop() == 0
    if rebuilt:
        done = cairn("rebuild", "--data", str(own_server.data))
        assert done.returncode == 0, done.stderr
    own_server.start()
    with Api(own_server.root_url) as api:
        assert api.http.get("optimizations").content == before
