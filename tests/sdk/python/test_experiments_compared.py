"""Experiments recorded in one request, and asked of side by side."""

import json

import pytest

from api import END, START, new_id, trace_row
from experimented import items_in, made, rows_of, tie


# Many runs in one request.


def bulk(api, project: str, *items: dict, status: int = 204, **more):
    body = {"experiment_name": f"run-{project}", "dataset_name": f"set-{project}", "project_name": project, "items": items, **more}
    response = api.send("PUT", "experiments/items/bulk", body)
    assert response.status_code == status, response.text
    return response


def test_runs_are_recorded_with_their_traces_spans_and_scores(api, project):
    one, two = items_in(api, project, "a", "b")
    experiment, trace, span = new_id(), new_id(), new_id()
    score = {"name": "ok", "value": 1, "source": "sdk"}
    whole = {
        "dataset_item_id": one,
        "trace": {"id": trace, "name": "answer", "start_time": START, "end_time": END, "output": {"a": 1}},
        "spans": [{"id": span, "name": "think", "type": "llm", "start_time": START, "end_time": END, "usage": {"total_tokens": 7}}],
        "feedback_scores": [score],
    }
    brief = {"dataset_item_id": two, "evaluate_task_result": {"a": 2}, "feedback_scores": [{**score, "value": 0}]}
    bulk(api, project, whole, brief, experiment_id=experiment)
    found = api.get(f"experiments/{experiment}")
    assert (found["name"], found["trace_count"], found["usage"]) == (f"run-{project}", 2, {"total_tokens": 7})
    assert found["feedback_scores"] == [{"name": "ok", "value": 0.5}]
    assert api.get(f"spans/{span}")["trace_id"] == trace
    outputs = [item["output"] for row in rows_of(api, found["dataset_id"], experiment) for item in row["experiment_items"]]
    assert outputs == [{"a": 2}, {"a": 1}]
    # Sent again, the run that names its trace is the same run.
    bulk(api, project, whole, experiment_id=experiment)
    assert api.get(f"experiments/{experiment}")["trace_count"] == 2


def test_a_bulk_is_taken_as_a_whole_or_refused(api, project):
    [item] = items_in(api, project, "a")
    experiment, trace = new_id(), new_id()
    good = {"dataset_item_id": item, "trace": {"id": trace, "start_time": START}}
    bulk(api, project, good, {"dataset_item_id": new_id(), "evaluate_task_result": 1}, experiment_id=experiment, status=409)
    both = {**good, "evaluate_task_result": 1}
    bulk(api, project, both, experiment_id=experiment, status=422)
    elsewhere = {"dataset_item_id": item, "trace": {"start_time": START, "project_name": f"not-{project}"}}
    bulk(api, project, elsewhere, experiment_id=experiment, status=400)
    none = bulk(api, project, experiment_id=experiment, status=422)
    assert none.json() == {"errors": ["items Experiment items list size must be between 1 and 1000"]}
    large = {"dataset_item_id": item, "evaluate_task_result": "x" * (4 << 20)}
    assert "Request size exceeds the maximum allowed size of 4MB" in bulk(api, project, large, status=422).text
    assert api.send("GET", f"experiments/{experiment}").status_code == 404
    assert api.send("GET", f"traces/{trace}").status_code == 404


# Asking of what is side by side.


@pytest.fixture
def pair(api, project):
    """Two experiments over three items, of which the second scores higher and slower on the last."""
    items = items_in(api, project, "a", "b", "c")
    experiments = [made(api, project, project_name=project, metadata={"model": n}, tags=[f"t{n}"]) for n in range(2)]
    for n, experiment in enumerate(experiments):
        for at, item in enumerate(items):
            trace = new_id()
            end = f"2026-03-04T05:06:{8 + at + n:02}.123456Z"
            api.write("traces", trace_row(project, id=trace, end_time=end, output={"answer": f"{'abc'[at]}{n}", "n": at}))
            tie(api, (experiment, item, trace))
            api.score("traces", {"id": trace, "project_name": project, "name": "ok", "value": at / 10 + n * at / 10, "source": "sdk"})
    dataset = api.get(f"experiments/{experiments[0]}")["dataset_id"]
    return dataset, items, experiments


def test_rows_are_filtered_searched_and_put_in_order(api, pair):
    dataset, items, experiments = pair

    def places(**params) -> list[int]:
        params = {key: json.dumps(value) if isinstance(value, list) else value for key, value in params.items()}
        return [items.index(row["id"]) for row in rows_of(api, dataset, *experiments, **params)]

    def where(field: str, operator: str, value: str, key: str = "") -> list[int]:
        return places(filters=[{"field": field, "operator": operator, "value": value, "key": key}])

    assert places() == [2, 1, 0]
    assert where("data.q", "=", "b") == [1] and where("data", "=", "b", key="q") == [1]
    assert where("output.answer", "=", "c1") == where("output.answer", "=", "c0") == [2]
    assert where("output.n", ">", "0") == [2, 1]
    assert where("feedback_scores", ">", "0.1", key="ok") == [2, 1]
    assert where("duration", "<", "2000") == [0]
    assert where("id", "=", items[0]) == [0]
    assert places(search="B1") == [1]
    assert places(sorting=[{"field": "feedback_scores.ok", "direction": "ASC"}]) == [0, 1, 2]
    assert places(sorting=[{"field": "data.q", "direction": "ASC"}]) == [0, 1, 2]
    assert places(sorting=[{"field": "output.n", "direction": "ASC"}]) == [0, 1, 2]
    bad = api.http.get(
        f"datasets/{dataset}/items/experiments/items",
        params={"experiment_ids": json.dumps(experiments), "filters": '[{"field":"odd","operator":"=","value":"1"}]'},
    )
    assert bad.status_code == 400


def test_statistics_of_rows_and_columns_of_outputs_are_told(api, pair):
    dataset, items, experiments = pair
    path = f"datasets/{dataset}/items/experiments/items"
    stats = {row["name"]: row for row in api.get(f"{path}/stats", experiment_ids=json.dumps(experiments))["stats"]}
    assert stats["trace_count"] == {"name": "trace_count", "type": "COUNT", "value": 6}
    assert stats["feedback_scores.ok"] == {"name": "feedback_scores.ok", "type": "AVG", "value": 0.15}
    assert set(stats["duration"]["value"]) == {"p50", "p90", "p99"}
    filters = json.dumps([{"field": "id", "operator": "=", "value": items[2]}])
    few = api.get(f"{path}/stats", experiment_ids=json.dumps(experiments), filters=filters)["stats"]
    assert few[0]["value"] == 2
    columns = api.get(f"{path}/output/columns", experiment_ids=json.dumps(experiments))["columns"]
    assert columns == [
        {"name": "answer", "types": ["string"], "filterField": "output.answer"},
        {"name": "n", "types": ["number"], "filterField": "output.n"},
    ]


def test_experiments_are_grouped_by_what_they_have_in_common(api, project, pair):
    dataset, _, experiments = pair
    project_id = api.get(f"experiments/{experiments[0]}")["project_id"]

    def grouped(path: str, *groups: dict):
        return api.get(path, groups=json.dumps(groups), project_id=project_id)["content"]

    by_dataset = {"field": "dataset_id", "type": "string"}
    by_model = {"field": "metadata", "key": "model", "type": "string"}
    found = grouped("experiments/groups", by_dataset, by_model)
    assert found == {dataset: {"label": f"set-{project}", "groups": {"0": {"label": "0"}, "1": {"label": "1"}}}}
    found = grouped("experiments/groups/aggregations", by_dataset)[dataset]["aggregations"]
    assert (found["experiment_count"], found["trace_count"]) == (2, 6)
    assert found["feedback_scores"] == [{"name": "ok", "value": 0.15}]
    assert set(grouped("experiments/groups", {"field": "tags", "type": "list"})) == {"t0", "t1"}
    assert api.http.get("experiments/groups").status_code == 400
    names = api.get("experiments/feedback-scores/names", experiment_ids=json.dumps(experiments))
    assert names == {"scores": [{"name": "ok"}]}


def test_traces_and_spans_are_listed_by_the_experiments_that_they_belong_to(api, project):
    [item] = items_in(api, project, "a")
    first, second = made(api, project), made(api, project)
    traces = [new_id() for _ in range(3)]
    api.write("traces", *[trace_row(project, id=id) for id in traces])
    span = new_id()
    api.write("spans", {"id": span, "project_name": project, "trace_id": traces[0], "start_time": START})
    tie(api, (first, item, traces[0]), (second, item, traces[1]))

    def found(kind: str, **filter: str) -> list[str]:
        return [row["id"] for row in api.page(kind, project, filters=json.dumps([filter]))["content"]]

    assert found("traces", field="experiment_id", operator="=", value=first) == [traces[0]]
    assert found("traces", field="experiment_ids", operator="in", value=f"{first},{second}") == [traces[1], traces[0]]
    assert found("traces", field="experiment_id", operator="!=", value=first) == [traces[2], traces[1]]
    assert found("traces", field="experiment_id", operator="=", value=new_id()) == []
    assert found("spans", field="experiment_id", operator="=", value=first) == [span]
