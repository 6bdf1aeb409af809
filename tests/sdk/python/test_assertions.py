"""Assertions say whether a trace or span is as it should be; their verdicts stand beside an experiment's items."""

import pytest

from api import new_id, span_row, trace_row


def item_of(api, project: str, trace_id: str) -> dict:
    """An experiment over one dataset item, run as the trace."""
    dataset, experiment, item = f"{project}-set", new_id(), new_id()
    sent = api.send("PUT", "datasets/items", {"dataset_name": dataset, "items": [{"id": item, "source": "sdk", "data": {"q": 1}}]})
    assert sent.status_code == 204, sent.text
    assert api.send("POST", "experiments", {"id": experiment, "name": project, "dataset_name": dataset}).status_code == 201
    link = {"id": new_id(), "experiment_id": experiment, "dataset_item_id": item, "trace_id": trace_id}
    assert api.send("POST", "experiments/items", {"experiment_items": [link]}).status_code == 204
    return link


def verdict(entity_id: str, name: str, status: str, **fields) -> dict:
    return {"entity_id": entity_id, "name": name, "status": status, "source": "sdk", **fields}


def record(api, kind: str, *results: dict):
    return api.send("PUT", "assertion-results", {"entity_type": kind, "assertion_results": list(results)})


def test_verdicts_stand_beside_the_item_and_not_among_the_scores(api, project):
    trace = trace_row(project)
    api.write("traces", trace)
    link = item_of(api, project, trace["id"])
    assert "assertion_results" not in api.get(f"experiments/items/{link['id']}")
    said = [
        verdict(trace["id"], "is polite", "passed", project_name=project, reason="it said please"),
        verdict(trace["id"], "is short", "failed", project_name=project),
    ]
    assert record(api, "trace", *said).status_code == 204
    item = api.get(f"experiments/items/{link['id']}")
    assert item["assertion_results"] == [
        {"value": "is polite", "passed": True, "reason": "it said please"},
        {"value": "is short", "passed": False},
    ]
    assert item["status"] == "failed"
    assert "feedback_scores" not in api.get(f"traces/{trace['id']}")


def test_the_last_verdict_of_a_name_counts(api, project):
    trace = trace_row(project)
    api.write("traces", trace)
    link = item_of(api, project, trace["id"])
    for status in ("failed", "passed"):
        assert record(api, "TRACE", verdict(trace["id"], "is short", status)).status_code == 204
    item = api.get(f"experiments/items/{link['id']}")
    assert (item["assertion_results"], item["status"]) == ([{"value": "is short", "passed": True}], "passed")


def test_verdicts_may_come_before_the_trace_and_go_with_it(api, project):
    trace = trace_row(project)
    link = item_of(api, project, trace["id"])
    assert record(api, "trace", verdict(trace["id"], "is short", "passed", project_name=project)).status_code == 204
    assert api.get(f"experiments/items/{link['id']}")["status"] == "passed"
    api.write("traces", trace)
    assert api.get(f"experiments/items/{link['id']}")["status"] == "passed"
    assert api.send("DELETE", f"traces/{trace['id']}").status_code == 204
    assert "assertion_results" not in api.get(f"experiments/items/{link['id']}")


@pytest.mark.parametrize(("value", "passed"), [(1, True), (1.0, True), (0, False)])
def test_a_score_in_the_guise_of_a_verdict_is_one(api, project, value, passed):
    trace = trace_row(project)
    api.write("traces", trace)
    link = item_of(api, project, trace["id"])
    score = {"id": trace["id"], "project_name": project, "name": "is short", "value": value, "source": "sdk"}
    api.score("traces", {**score, "category_name": "suite_assertion", "reason": "seen"})
    item = api.get(f"experiments/items/{link['id']}")
    assert item["assertion_results"] == [{"value": "is short", "passed": passed, "reason": "seen"}]
    assert "feedback_scores" not in item
    assert api.get("traces/feedback-scores/names", project_id=item["project_id"])["scores"] == []


def test_verdicts_on_spans_are_taken_and_shown_on_no_item(api, project):
    trace = trace_row(project)
    span = span_row(project, trace["id"])
    api.write("traces", trace)
    api.write("spans", span)
    link = item_of(api, project, trace["id"])
    assert record(api, "span", verdict(span["id"], "is short", "failed")).status_code == 204
    assert "assertion_results" not in api.get(f"experiments/items/{link['id']}")


@pytest.mark.parametrize(
    ("kind", "results", "status", "text"),
    [
        ("trace", [], 422, "assertionResults size must be between 1 and 1000"),
        ("trace", [{"name": ""}], 422, "assertionResults[0].name must not be blank"),
        ("trace", [{"status": None}], 422, "assertionResults[0].status must not be null"),
        ("trace", [{"entity_id": None}], 422, "assertionResults[0].entityId must not be null"),
        ("trace", [{"status": "maybe"}], 400, "Unable to process JSON"),
        ("dataset", [{}], 400, "Unable to process JSON"),
        (None, [{}], 422, "entityType must not be null"),
    ],
)
def test_what_is_no_verdict_is_refused(api, kind, results, status, text):
    refused = record(api, kind, *({**verdict(new_id(), "a", "passed"), **fields} for fields in results))
    assert refused.status_code == status, refused.text
    answer = refused.json()
    assert text in (answer["errors"][0] if status == 422 else answer["message"])


def test_the_sdk_logs_verdicts(client, api, project):
    trace = client.trace(name="asked")
    assert client.flush()
    link = item_of(api, project, trace.id)
    result = {"id": trace.id, "name": "is polite", "status": "passed", "reason": "it said please"}
    client.log_assertion_results([result])
    assert client.flush()
    item = api.get(f"experiments/items/{link['id']}")
    assert item["assertion_results"] == [{"value": "is polite", "passed": True, "reason": "it said please"}]
