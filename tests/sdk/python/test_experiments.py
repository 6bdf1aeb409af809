"""Experiments: `opik.evaluate` over a dataset, what its runs add up to, and runs side by side."""

import contextvars
import json

import litellm
import opik
import pytest
from opik.api_objects.experiment.experiment_item import ExperimentItemReferences
from opik.evaluation import evaluate, evaluate_experiment, evaluate_prompt, evaluate_resume
from opik.evaluation.metrics import Contains, Equals, base_metric, score_result
from opik.evaluation.models import LiteLLMChatModel

from api import END, START, UNKNOWN_ID, eventually, new_id, trace_row
from experimented import items_in, judged, made, rows_of, tie
from instrumented import MODEL
from scripted_model import ANSWER


@pytest.fixture
def dataset(client, project, tracked):
    # `evaluate` works through the program's own client, which `tracked` points at this project.
    made = client.create_dataset(f"set-{project}", project_name=project)
    made.insert([{"q": "a", "want": "A"}, {"q": "b", "want": "B"}, {"q": "c", "want": "x"}])
    return made


def answer(item: dict) -> dict:
    return {"output": item["q"].upper(), "reference": item["want"]}


class Shouting(base_metric.BaseMetric):
    def score(self, output: str, **_: object) -> score_result.ScoreResult:
        return score_result.ScoreResult(name=self.name, value=1.0 if output.isupper() else 0.0, reason="by eye")


def run(dataset, project, **more):
    return evaluate(
        dataset,
        answer,
        scoring_metrics=[Equals(track=False), Shouting("shouting", track=False)],
        experiment_name=f"run-{project}",
        project_name=project,
        verbose=0,
        **more,
    )


# Through the SDK.


def test_evaluate_runs_every_item_and_its_scores_are_averaged(client, api, dataset, project):
    result = run(dataset, project, experiment_config={"model": "echo"}, experiment_tags=["nightly"])
    assert len(result.test_results) == 3
    found = eventually(
        "all scores are counted",
        lambda: (seen := api.get(f"experiments/{result.experiment_id}")).get("feedback_scores") and seen["trace_count"] == 3 and seen,
    )
    assert {row["name"]: row["value"] for row in found["feedback_scores"]} == {"equals_metric": 0.666666667, "shouting": 1}
    assert (found["name"], found["dataset_name"], found["project_name"]) == (f"run-{project}", f"set-{project}", project)
    assert (found["dataset_item_count"], found["status"], found["type"]) == (3, "completed", "regular")
    assert found["metadata"]["model"] == "echo" and found["tags"] == ["nightly"]
    assert found["dataset_version_summary"]["version_name"] == "v1"
    assert set(found["duration"]) == {"p50", "p90", "p99"} and found["duration"]["p50"] > 0
    assert api.get(f"datasets/{dataset.id}")["experiment_count"] == 1


def test_an_experiment_gives_its_items_back(client, dataset, project):
    run(dataset, project)
    experiment = client.get_experiments_by_name(f"run-{project}")[0]
    items = experiment.get_items()
    assert sorted((item.evaluation_task_output or {})["output"] for item in items) == ["A", "B", "C"]
    assert {score["name"] for item in items for score in item.feedback_scores} == {"equals_metric", "shouting"}
    ids = {row["id"] for row in dataset.get_items()}
    assert {item.dataset_item_id for item in items} == ids


def test_an_experiment_is_found_by_id_and_changed(client, dataset, project):
    result = run(dataset, project)
    client.update_experiment(result.experiment_id, name=f"renamed-{project}", experiment_config={"k": 2})
    found = client.get_experiment_by_id(result.experiment_id)
    data = found.get_experiment_data()
    assert (data.name, data.metadata["k"]) == (f"renamed-{project}", 2)
    assert [row.id for row in client.get_dataset_experiments(f"set-{project}", project_name=project)] == [result.experiment_id]


def test_an_experiment_can_be_scored_again(client, api, dataset, project):
    result = run(dataset, project)
    evaluate_experiment(
        experiment_name=f"run-{project}", scoring_metrics=[Contains(track=False)], verbose=0, project_name=project
    )
    names = eventually(
        "the new score",
        lambda: {row["name"] for row in api.get(f"experiments/{result.experiment_id}")["feedback_scores"]} >= {"contains_metric"},
    )
    assert names


def test_experiments_may_be_made_by_hand(client, api, dataset, project):
    experiment = client.create_experiment(dataset_name=f"set-{project}", name=f"hand-{project}", project_name=project)
    trace = client.trace(name="t", input={"q": 1}, output={"a": 2}, project_name=project)
    trace.end()
    client.flush()
    item = dataset.get_items()[0]
    experiment.insert([ExperimentItemReferences(dataset_item_id=item["id"], trace_id=trace.id)])
    client.flush()
    [row] = eventually("the item", lambda: rows_of(api, dataset.id, experiment.id))
    assert row["experiment_items"][0]["input"] == {"q": 1}
    assert row["data"] == {"q": item["q"], "want": item["want"]}


# The rules of the contract.


def test_a_repeated_creation_changes_nothing(api, project):
    id = made(api, project, metadata={"a": 1})
    again = api.send("POST", "experiments", {"id": id, "name": "other", "dataset_name": "another"})
    assert again.status_code == 201
    found = api.get(f"experiments/{id}")
    assert (found["name"], found["metadata"], found["dataset_name"]) == (f"run-{project}", {"a": 1}, f"set-{project}")
    assert api.send("POST", "datasets/retrieve", {"dataset_name": "another"}).status_code == 404


def test_an_experiment_without_a_name_gets_one(api, project):
    response = api.send("POST", "experiments", {"dataset_name": f"set-{project}"})
    found = api.get(f"experiments/{response.headers['location'].rsplit('/', 1)[-1]}")
    assert found["name"].count("_") == 2


def test_what_is_unknown_or_foreign_is_refused(api, project):
    experiment = made(api, project)
    [item] = items_in(api, project, "a")
    unknown = api.send("GET", f"experiments/{UNKNOWN_ID}")
    assert unknown.status_code == 404 and f"Experiment not found: '{UNKNOWN_ID}'" in unknown.text
    assert api.send("PATCH", f"experiments/{UNKNOWN_ID}", {"name": "x"}).status_code == 404
    for field, body in {
        "experiment_id": (new_id(), item, new_id()),
        "dataset_item_id": (experiment, new_id(), new_id()),
    }.items():
        ids = dict(zip(("experiment_id", "dataset_item_id", "trace_id"), body, strict=True))
        good = {"experiment_id": experiment, "dataset_item_id": item, "trace_id": new_id()}
        response = api.send("POST", "experiments/items", {"experiment_items": [good, ids]})
        text = f"Upserting experiment item with '{field}' not belonging to the workspace"
        assert (response.status_code, response.json()) == (409, {"errors": [text]})
    assert api.get(f"experiments/{experiment}")["trace_count"] == 0
    assert api.send("POST", "experiments", {"dataset_name": " "}).json() == {"errors": ["datasetName must not be blank"]}
    assert api.send("POST", "experiments", {"dataset_name": "a", "type": "odd"}).status_code == 400
    empty = api.send("POST", "experiments/items", {"experiment_items": []})
    assert empty.json() == {"errors": ["experimentItems size must be between 1 and 1000"]}


def test_items_come_before_their_traces_and_count_each_once(api, project):
    experiment = made(api, project, project_name=project)
    one, two = items_in(api, project, "a", "b")
    traces = [new_id() for _ in range(3)]
    ids = tie(api, (experiment, one, traces[0]), (experiment, one, traces[1]), (experiment, two, traces[2]))
    row = {"id": ids[0], "experiment_id": experiment, "dataset_item_id": one, "trace_id": traces[0]}
    assert api.send("POST", "experiments/items", {"experiment_items": [row]}).status_code == 204
    found = api.get(f"experiments/{experiment}")
    assert (found["trace_count"], found["dataset_item_count"]) == (3, 2)
    assert "duration" not in found and "feedback_scores" not in found
    api.write("traces", *[trace_row(project, id=id, end_time=END, output={"n": n}) for n, id in enumerate(traces)])
    api.score("traces", *[{"id": id, "project_name": project, "name": "ok", "value": n, "source": "sdk"} for n, id in enumerate(traces)])
    found = api.get(f"experiments/{experiment}")
    assert found["feedback_scores"] == [{"name": "ok", "value": 1}]
    assert found["duration"] == {"p50": 1500, "p90": 1500, "p99": 1500}
    dataset = found["dataset_id"]
    rows = rows_of(api, dataset, experiment)
    assert [(row["data"]["q"], len(row["experiment_items"])) for row in rows] == [("b", 1), ("a", 2)]
    assert sorted(item["output"]["n"] for row in rows for item in row["experiment_items"]) == [0, 1, 2]
    assert api.send("POST", "experiments/items/delete", {"ids": [ids[1]]}).status_code == 204
    assert api.get(f"experiments/{experiment}")["trace_count"] == 2
    assert api.get(f"experiments/items/{ids[0]}")["trace_id"] == traces[0]
    assert api.send("GET", f"experiments/items/{ids[1]}").status_code == 404


def test_experiments_stand_side_by_side_on_the_items_that_they_ran(api, project):
    one, two, three = items_in(api, project, "a", "b", "c")
    first, second = made(api, project), made(api, project)
    tie(api, (first, one, new_id()), (first, two, new_id()), (second, two, new_id()), (second, three, new_id()))
    dataset = api.get(f"experiments/{first}")["dataset_id"]
    rows = rows_of(api, dataset, first, second)
    assert [row["id"] for row in rows] == [three, two, one]
    assert [sorted(item["experiment_id"] for item in row["experiment_items"]) for row in rows] == [
        [second],
        sorted([first, second]),
        [first],
    ]
    page = api.get(f"datasets/{dataset}/items/experiments/items", experiment_ids=json.dumps([first, second]), page=2, size=2)
    assert (page["total"], page["size"], page["content"][0]["id"]) == (3, 1, one)
    none = api.http.get(f"datasets/{dataset}/items/experiments/items", params={"experiment_ids": "[]"})
    assert none.status_code == 400 and "experiment_ids cannot be empty" in none.text


def test_rows_show_items_as_the_version_of_the_experiment_had_them(api, project):
    [item] = items_in(api, project, "old")
    experiment = made(api, project)
    tie(api, (experiment, item, new_id()))
    dataset = api.get(f"experiments/{experiment}")["dataset_id"]
    group = {"dataset_id": dataset, "batch_group_id": new_id()}
    edited = {"id": item, "source": "manual", "data": {"q": "new"}}
    assert api.send("PUT", "datasets/items", {**group, "items": [edited]}).status_code == 204
    assert api.get(f"datasets/items/{item}")["data"] == {"q": "new"}
    assert rows_of(api, dataset, experiment)[0]["data"] == {"q": "old"}
    assert api.send("DELETE", f"datasets/{dataset}").status_code == 204
    found = api.get(f"experiments/{experiment}")
    assert "dataset_name" not in found and found["dataset_id"] == dataset
    assert rows_of(api, dataset, experiment)[0]["data"] == {"q": "old"}


def test_experiments_are_listed_by_what_they_are(api, project):
    regular = made(api, project, tags=["x"], metadata={"model": {"name": "big"}}, project_name=project)
    optimization = new_id()
    trial = made(api, project, type="trial", optimization_id=optimization, name=f"trial-{project}")
    dataset = api.get(f"experiments/{regular}")["dataset_id"]

    def ids(**params) -> list[str]:
        return [row["id"] for row in api.get("experiments", datasetId=dataset, **params)["content"]]

    assert ids() == [trial, regular]
    assert ids(types='["regular"]') == [regular]
    assert ids(optimization_id=optimization) == [trial]
    assert ids(name=f"TRIAL-{project[:10]}") == [trial]
    assert ids(experiment_ids=json.dumps([regular])) == [regular]
    assert ids(dataset_deleted=True) == []
    assert ids(filters='[{"field":"tags","operator":"contains","value":"x"}]') == [regular]
    assert ids(filters='[{"field":"metadata","key":"model.name","operator":"=","value":"big"}]') == [regular]
    assert ids(sorting='[{"field":"name","direction":"ASC"}]') == [regular, trial]
    project_id = api.get(f"experiments/{regular}")["project_id"]
    assert [row["id"] for row in api.get(f"projects/{project_id}/experiments")["content"]] == [regular]
    assert api.http.get("experiments", params={"types": "regular"}).status_code == 400
    lines = api.send("POST", "experiments/stream", {"name": project[:30], "limit": 1}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [trial]
    body = {"name": project[:30], "limit": 5, "last_retrieved_id": trial}
    assert [json.loads(line)["id"] for line in api.send("POST", "experiments/stream", body).text.splitlines()] == [regular]


def test_sorting_by_figures_puts_what_has_none_last(api, project):
    [item] = items_in(api, project, "a")
    experiments = [made(api, project) for _ in range(3)]
    for value, experiment in zip((0.2, 0.9), experiments[:2], strict=True):
        trace = new_id()
        api.write("traces", trace_row(project, id=trace))
        tie(api, (experiment, item, trace))
        api.score("traces", {"id": trace, "project_name": project, "name": "ok", "value": value, "source": "sdk"})
    dataset = api.get(f"experiments/{experiments[0]}")["dataset_id"]
    for direction, wanted in (("ASC", [0, 1, 2]), ("DESC", [1, 0, 2])):
        sorting = json.dumps([{"field": "feedback_scores.ok", "direction": direction}])
        page = api.get("experiments", datasetId=dataset, sorting=sorting)
        assert [row["id"] for row in page["content"]] == [experiments[n] for n in wanted], direction


def test_the_status_follows_what_is_said_of_it(api, project):
    experiment = made(api, project, status="running")
    assert "finished_at" not in api.get(f"experiments/{experiment}")
    assert api.send("POST", "experiments/finish", {"ids": [experiment]}).status_code == 204
    found = api.get(f"experiments/{experiment}")
    assert found["status"] == "completed" and found["finished_at"]
    assert api.send("PUT", "experiments/cancel", {"ids": [experiment]}).status_code == 204
    assert api.get(f"experiments/{experiment}")["status"] == "cancelled"
    scores = {"experiment_scores": [{"name": "f1", "value": 0.5}], "tags_to_add": ["z"]}
    assert api.send("PATCH", f"experiments/{experiment}", scores).status_code == 204
    found = api.get(f"experiments/{experiment}")
    assert found["experiment_scores"] == [{"name": "f1", "value": 0.5}] and found["tags"] == ["z"]
    many = {"ids": [experiment, UNKNOWN_ID], "update": {"tags": ["y"]}, "merge_tags": True}
    assert api.send("PATCH", "experiments/batch", many).status_code == 204
    assert api.get(f"experiments/{experiment}")["tags"] == ["z", "y"]
    assert api.send("POST", "experiments/delete", {"ids": [experiment]}).status_code == 204
    assert api.send("GET", f"experiments/{experiment}").status_code == 404


def test_items_are_streamed_by_the_name_of_their_experiment(api, project):
    one, two = items_in(api, project, "a", "b")
    experiment = made(api, project)
    traces = [new_id(), new_id()]
    ids = tie(api, (experiment, one, traces[0]), (experiment, two, traces[1]))
    api.write("traces", trace_row(project, id=traces[0], start_time=START, input={"long": "x" * 20_000}))
    body = {"experiment_name": f"run-{project}", "limit": 1, "truncate": True}
    [line] = api.send("POST", "experiments/items/stream", body).text.splitlines()
    assert json.loads(line)["id"] == ids[1] and "input" not in json.loads(line)
    [line] = api.send("POST", "experiments/items/stream", {**body, "last_retrieved_id": ids[1]}).text.splitlines()
    assert json.loads(line)["id"] == ids[0] and len(json.loads(line)["input"]) == 10_001


# Assertions, and what they add up to.


def test_items_pass_when_enough_of_their_runs_do(api, project):
    experiment = made(api, project, evaluation_method="evaluation_suite")
    one, two = items_in(api, project, "a", "b")
    traces = [new_id() for _ in range(4)]
    rows = [
        {"id": new_id(), "experiment_id": experiment, "dataset_item_id": item, "trace_id": trace, "execution_policy": policy}
        for item, trace, policy in zip(
            (one, one, two, two), traces, [{"runs_per_item": 2, "pass_threshold": 1}] * 2 + [{"runs_per_item": 2, "pass_threshold": 2}] * 2, strict=True
        )
    ]
    assert api.send("POST", "experiments/items", {"experiment_items": rows}).status_code == 204
    api.write("traces", *[trace_row(project, id=id) for id in traces])
    found = api.get(f"experiments/{experiment}")
    assert "pass_rate" not in found and "total_count" not in found
    for trace, short in zip(traces, (True, False, True, False), strict=True):
        judged(api, project, trace, polite=True, short=short)
    found = api.get(f"experiments/{experiment}")
    assert (found["pass_rate"], found["passed_count"], found["total_count"]) == (0.5, 1, 2)
    assert {row["name"]: row["value"] for row in found["assertion_scores"]} == {"polite": 1, "short": 0.5}
    assert "feedback_scores" not in found
    of_one, of_two = reversed(rows_of(api, found["dataset_id"], experiment))
    assert of_one["run_summaries_by_experiment"] == {experiment: {"passed_runs": 1, "total_runs": 2, "status": "passed"}}
    assert of_two["run_summaries_by_experiment"][experiment]["status"] == "failed"
    judged(api, project, traces[3], short=True)
    assert api.get(f"experiments/{experiment}")["pass_rate"] == 1


def test_nothing_is_run_without_a_model(client, api, project):
    items_in(api, project, "a")
    dataset = api.send("POST", "datasets/retrieve", {"dataset_name": f"set-{project}"}).json()["id"]
    prompt = {"model": "gpt-4o", "messages": [{"role": "user", "content": "{{q}}"}]}
    right = {"dataset_id": dataset, "dataset_name": f"set-{project}", "prompts": [prompt]}
    told = api.send("POST", "experiments/execute", right)
    assert (told.status_code, told.json()["message"]) == (400, "API key not configured for LLM, model='gpt-4o'")
    for wrong, status in [
        ({"prompts": []}, 422),
        ({"prompts": [{"model": " ", "messages": prompt["messages"]}]}, 422),
        ({"prompts": [{"model": "m", "messages": []}]}, 422),
        ({"dataset_id": None}, 422),
        ({"dataset_id": UNKNOWN_ID}, 404),
    ]:
        assert api.send("POST", "experiments/execute", {**right, **wrong}).status_code == status, wrong
    assert api.get("experiments", name=project)["total"] == 0


def test_how_many_runs_must_pass_is_said_by_the_version_unless_its_item_or_the_run_says_it(api, project):
    assert api.send("POST", "datasets", {"name": f"set-{project}", "type": "evaluation_suite"}).status_code == 201
    dataset = api.send("POST", "datasets/retrieve", {"dataset_name": f"set-{project}"}).json()["id"]
    rows = [{"id": new_id(), "source": "manual", "data": {"q": text}} for text in "abc"]
    rows[1]["execution_policy"] = {"runs_per_item": 3, "pass_threshold": 3}
    changes = {"added_items": rows, "execution_policy": {"runs_per_item": 3, "pass_threshold": 2}}
    assert api.send("POST", f"datasets/{dataset}/items/changes", changes).status_code == 201
    items = [row["id"] for row in api.get(f"datasets/{dataset}/items")["content"][::-1]]
    experiment = made(api, project, evaluation_method="evaluation_suite")
    ties = [
        {"id": new_id(), "experiment_id": experiment, "dataset_item_id": item, "trace_id": new_id()}
        for item in items
        for _ in range(3)
    ]
    for tie_of_last in ties[6:]:
        tie_of_last["execution_policy"] = {"runs_per_item": 3, "pass_threshold": 1}
    assert api.send("POST", "experiments/items", {"experiment_items": ties}).status_code == 204
    api.write("traces", *[trace_row(project, id=row["trace_id"]) for row in ties])

    def statuses(passes: int) -> list[str]:
        for at, row in enumerate(ties):
            judged(api, project, row["trace_id"], ok=at % 3 < passes)
        rows = rows_of(api, dataset, experiment)[::-1]
        return [row["run_summaries_by_experiment"][experiment]["status"] for row in rows]

    assert statuses(1) == ["failed", "failed", "passed"]
    assert statuses(2) == ["passed", "failed", "passed"]
    assert statuses(3) == ["passed", "passed", "passed"]


def test_figures_follow_whatever_happens_to_the_traces(api, project):
    experiment = made(api, project)
    [item] = items_in(api, project, "a")
    traces = [new_id() for _ in range(3)]
    # Scores and spans before the trace, the trace before its item, and an item before everything.
    score = {"project_name": project, "name": "ok", "source": "sdk"}
    api.score("traces", {"id": traces[0], "value": 1, **score})
    api.write("traces", trace_row(project, id=traces[0], end_time=END))
    tie(api, *[(experiment, item, trace) for trace in traces])
    spans = [
        {"id": new_id(), "project_name": project, "trace_id": trace, "start_time": START, "type": "llm", "usage": {"total_tokens": 10 * n}, "total_estimated_cost": n}
        for n, trace in enumerate(traces, 1)
    ]
    api.write("spans", *spans)
    api.write("traces", *[trace_row(project, id=id, end_time=END) for id in traces[1:]])
    api.score("traces", {"id": traces[1], "value": 0, **score})
    found = api.get(f"experiments/{experiment}")
    assert (found["trace_count"], found["usage"], found["total_estimated_cost"]) == (3, {"total_tokens": 20}, 6)
    assert found["feedback_scores"] == [{"name": "ok", "value": 0.5}]
    assert api.send("POST", "traces/delete", {"ids": [traces[0]]}).status_code == 204
    found = api.get(f"experiments/{experiment}")
    assert (found["trace_count"], found["usage"], found["total_estimated_cost"]) == (3, {"total_tokens": 25}, 5)
    assert found["feedback_scores"] == [{"name": "ok", "value": 0}]


# More ways in which the SDK evaluates.


def test_a_prompt_is_evaluated_with_a_model(client, api, dataset, project, scripted_model):
    model = LiteLLMChatModel(f"openai/{MODEL}", api_base=scripted_model.base_url, api_key="none", track=False)
    result = evaluate_prompt(
        dataset,
        messages=[{"role": "user", "content": "Is it {{q}}?"}],
        model=model,
        scoring_metrics=[Shouting("shouting", track=False)],
        experiment_name=f"prompt-{project}",
        project_name=project,
        verbose=0,
    )
    found = eventually("all runs", lambda: (seen := api.get(f"experiments/{result.experiment_id}"))["trace_count"] == 3 and seen)
    assert found["metadata"]["prompt_template"] == [{"role": "user", "content": "Is it {{q}}?"}]
    rows = eventually(
        "all outputs",
        lambda: (seen := rows_of(api, dataset.id, result.experiment_id))
        and all("output" in run for row in seen for run in row["experiment_items"])
        and seen,
    )
    assert {run["output"]["output"] for row in rows for run in row["experiment_items"]} == {ANSWER}


def test_an_interrupted_run_is_resumed_where_it_stopped(client, api, dataset, project):
    seen: list[str] = []

    class PulledPlug(BaseException):
        """As a person ends a program: nothing between here and there may catch it."""

    def failing(item: dict) -> dict:
        if len(seen) == 1:
            raise PulledPlug
        seen.append(item["q"])
        return answer(item)

    more = {"scoring_metrics": [Equals(track=False)], "verbose": 0, "task_threads": 1}
    interrupted = {"experiment_name": f"run-{project}", "project_name": project, **more}
    # The SDK does not take its context back when it is interrupted; a program that ends takes it along.
    alone = contextvars.copy_context()
    with pytest.raises(BaseException):  # noqa: B017, PT011, whatever the SDK makes of it
        alone.run(evaluate, dataset, failing, **interrupted)
    client.flush()
    [experiment] = client.get_experiments_by_name(f"run-{project}")
    eventually("the first run", lambda: api.get(f"experiments/{experiment.id}")["trace_count"] >= 1)
    resumed: list[str] = []

    def going_on(item: dict) -> dict:
        resumed.append(item["q"])
        return answer(item)

    result = evaluate_resume(experiment.id, going_on, **more)
    assert sorted(seen + resumed) == ["a", "b", "c"] and len(result.test_results) == 3
    eventually("all runs", lambda: api.get(f"experiments/{experiment.id}")["dataset_item_count"] == 3)


def test_a_version_is_evaluated_as_it_was(client, api, dataset, project):
    version = dataset.get_version_view("v1")
    dataset.insert([{"q": "d", "want": "D"}])
    result = run(version, project)
    assert len(result.test_results) == 3
    found = eventually("all runs", lambda: (seen := api.get(f"experiments/{result.experiment_id}"))["trace_count"] == 3 and seen)
    assert found["dataset_version_summary"]["version_name"] == "v1"


def test_a_suite_is_run_and_passes_as_its_assertions_do(client, api, project, tracked, scripted_model, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_BASE_URL", scripted_model.base_url)
    monkeypatch.setenv("OPENAI_API_BASE", scripted_model.base_url)
    monkeypatch.setattr(litellm, "drop_params", True)
    suite = client.create_test_suite(f"suite-{project}", global_assertions=["it makes sense"], project_name=project)
    suite.insert([{"data": {"q": "why?"}}, {"data": {"q": "nonsense"}, "assertions": ["it is short"]}])
    result = opik.run_tests(
        suite, lambda item: {"input": item, "output": item["q"]}, model=f"openai/{MODEL}", verbose=0, generate_report=False, experiment_name=f"run-{project}"
    )
    assert (result.items_total, result.items_passed) == (2, 1)
    found = eventually("all verdicts", lambda: (seen := api.get(f"experiments/{result.experiment_id}")).get("total_count") == 2 and seen)
    assert (found["evaluation_method"], found["pass_rate"], found["passed_count"]) == ("evaluation_suite", 0.5, 1)
    assert {row["name"]: row["value"] for row in found["assertion_scores"]} == {"it makes sense": 0.5, "it is short": 0}
    assert "feedback_scores" not in found


def test_the_sdk_uploads_items_in_bulk(client, api, dataset, project):
    from opik.api_objects.experiment.bulk_item import ExperimentItemBulkRecord

    experiment = client.create_experiment(dataset_name=f"set-{project}", name=f"bulk-{project}", project_name=project)
    items = dataset.get_items()
    records = [ExperimentItemBulkRecord(dataset_item_id=item["id"], evaluate_task_result={"n": n}) for n, item in enumerate(items)]
    experiment.batch_upload_items(records, project_name=project)
    rows = eventually("the uploaded runs", lambda: rows_of(api, dataset.id, experiment.id))
    assert sorted(run["output"]["n"] for row in rows for run in row["experiment_items"]) == [0, 1, 2]


def test_a_trace_tells_the_experiment_that_it_is_a_run_of(api, project):
    trace = trace_row(project)
    api.write("traces", trace)
    dataset, item, experiment = f"{project}-set", new_id(), new_id()
    put = {"dataset_name": dataset, "items": [{"id": item, "source": "sdk", "data": {"q": 1}}]}
    assert api.send("PUT", "datasets/items", put).status_code == 204
    made = {"id": experiment, "name": "first try", "dataset_name": dataset}
    assert api.send("POST", "experiments", made).status_code == 201
    assert "experiment" not in api.get(f"traces/{trace['id']}")
    link = {"id": new_id(), "experiment_id": experiment, "dataset_item_id": item, "trace_id": trace["id"]}
    assert api.send("POST", "experiments/items", {"experiment_items": [link]}).status_code == 204
    of_trace = api.get(f"traces/{trace['id']}")["experiment"]
    dataset_id = api.get(f"experiments/{experiment}")["dataset_id"]
    assert of_trace == {
        "id": experiment,
        "name": "first try",
        "dataset_id": dataset_id,
        "dataset_item_id": item,
    }
    [listed] = api.page("traces", project)["content"]
    assert listed["experiment"] == of_trace
