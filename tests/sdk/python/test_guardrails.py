"""An application checks what goes in and out; what came of it stands beside the trace and is counted."""

import json

import opik
import pytest
from opik import exceptions, guardrails
from opik.api_objects import opik_client

from api import new_id, span_row, trace_row
from guardrails_host import GuardrailsHost

DAY = {"interval": "DAILY", "interval_start": "2020-01-01T00:00:00Z"}


def outcome(trace_id: str, span_id: str, name: str, result: str, project: str, **fields) -> dict:
    return {
        "entity_id": trace_id,
        "secondary_id": span_id,
        "project_name": project,
        "name": name,
        "result": result,
        "config": {"threshold": 0.5},
        "details": {},
        **fields,
    }


def record(api, *outcomes: dict) -> None:
    response = api.send("POST", "guardrails", {"guardrails": list(outcomes)})
    assert response.status_code == 204, response.text


def traces(api, project: str, count: int) -> list[tuple[dict, dict]]:
    made = []
    for number in range(count):
        trace = trace_row(project, name=f"t{number}")
        made.append((trace, span_row(project, trace["id"], type="guardrail")))
    api.write("traces", *(trace for trace, _ in made))
    api.write("spans", *(span for _, span in made))
    return made


def found(api, kind: str, project: str, *filters: dict, **params) -> list[str]:
    rows = api.page(kind, project, filters=json.dumps(list(filters)), size=100, **params)["content"]
    return [row["id"] for row in rows]


def test_checks_stand_beside_the_trace_and_its_span_by_name(api, project):
    [(trace, span)] = traces(api, project, 1)
    other = span_row(project, trace["id"])
    api.write("spans", other)
    assert "guardrails_validations" not in api.get(f"traces/{trace['id']}")
    record(
        api,
        outcome(trace["id"], span["id"], "TOPIC", "passed", project),
        outcome(trace["id"], span["id"], "PII", "failed", project),
        outcome(trace["id"], other["id"], "CUSTOM_CLASSIFIER", "passed", project),
    )
    checks = [{"name": "PII", "result": "failed"}, {"name": "TOPIC", "result": "passed"}]
    of_span = {"span_id": span["id"], "checks": checks}
    of_other = {"span_id": other["id"], "checks": [{"name": "CUSTOM_CLASSIFIER", "result": "passed"}]}
    by_id = api.get(f"traces/{trace['id']}")["guardrails_validations"]
    assert by_id == sorted([of_span, of_other], key=lambda validation: validation["span_id"])
    [listed] = api.page("traces", project)["content"]
    assert listed["guardrails_validations"] == by_id
    assert api.get(f"spans/{span['id']}")["guardrails_validations"] == [of_span]
    [without] = api.page("traces", project, exclude=json.dumps(["guardrails_validations"]))["content"]
    assert "guardrails_validations" not in without


def test_outcomes_may_come_before_the_trace_and_a_repetition_counts_once(api, project):
    trace = trace_row(project)
    span = span_row(project, trace["id"])
    said = outcome(trace["id"], span["id"], "PII", "failed", project)
    record(api, said)
    record(api, said)
    assert api.project_exists(project)
    api.write("traces", trace)
    [validation] = api.get(f"traces/{trace['id']}")["guardrails_validations"]
    assert validation == {"span_id": span["id"], "checks": [{"name": "PII", "result": "failed"}]}


def test_checks_go_with_their_span_and_their_trace(api, project):
    (trace, span), (gone, gone_span) = traces(api, project, 2)
    for row, of in ((trace, span), (gone, gone_span)):
        record(api, outcome(row["id"], of["id"], "PII", "failed", project))
    assert api.send("DELETE", f"spans/{span['id']}").status_code == 204
    assert "guardrails_validations" not in api.get(f"traces/{trace['id']}")
    assert api.send("DELETE", f"traces/{gone['id']}").status_code == 204
    api.write("traces", gone)
    assert "guardrails_validations" not in api.get(f"traces/{gone['id']}")


def test_any_failed_check_makes_a_trace_fail_in_filters(api, project):
    passing, failing, unchecked = traces(api, project, 3)
    record(
        api,
        outcome(passing[0]["id"], passing[1]["id"], "PII", "passed", project),
        outcome(failing[0]["id"], failing[1]["id"], "PII", "passed", project),
        outcome(failing[0]["id"], failing[1]["id"], "TOPIC", "failed", project),
    )
    for operator, value, expected in [
        ("=", "failed", [failing]),
        ("=", "passed", [passing]),
        ("!=", "failed", [unchecked, passing]),
    ]:
        asked = {"field": "guardrails", "operator": operator, "value": value}
        assert found(api, "traces", project, asked) == [trace["id"] for trace, _ in expected], asked
        assert found(api, "spans", project, asked) == [span["id"] for _, span in expected], asked


def test_failed_checks_are_counted(api, project):
    (one, one_span), (two, two_span), _ = traces(api, project, 3)
    record(
        api,
        outcome(one["id"], one_span["id"], "PII", "failed", project),
        outcome(one["id"], one_span["id"], "TOPIC", "failed", project),
        outcome(two["id"], two_span["id"], "PII", "failed", project),
        outcome(two["id"], two_span["id"], "TOPIC", "passed", project),
    )
    stats = {stat["name"]: stat["value"] for stat in api.get("traces/stats", project_name=project)["stats"]}
    assert stats["guardrails_failed_count"] == 3
    id = api.send("POST", "projects/retrieve", {"name": project}).json()["id"]
    [listed] = api.get("projects/stats", name=project)["content"]
    assert listed["guardrails_failed_count"] == 3
    metric = {"metric_type": "GUARDRAILS_FAILED_COUNT", **DAY, "interval": "TOTAL"}
    [series] = api.send("POST", f"projects/{id}/metrics", metric).json()["results"]
    assert (series["name"], [point["value"] for point in series["data"]]) == ("failed", [3])
    by_name = {**metric, "breakdown": {"field": "guardrail_name"}}
    results = api.send("POST", f"projects/{id}/metrics", by_name).json()["results"]
    assert {series["name"]: series["data"][0]["value"] for series in results} == {"PII": 2, "TOPIC": 1}
    by_trace = {**metric, "breakdown": {"field": "name"}}
    results = api.send("POST", f"projects/{id}/metrics", by_trace).json()["results"]
    assert {series["name"]: series["data"][0]["value"] for series in results} == {"t0": 2, "t1": 1, "t2": None}
    wrong = {**metric, "metric_type": "TRACE_COUNT", "breakdown": {"field": "guardrail_name"}}
    assert api.send("POST", f"projects/{id}/metrics", wrong).status_code == 400


@pytest.mark.parametrize(
    ("outcomes", "status", "text"),
    [
        ([], 422, "guardrails size must be between 1 and 1000"),
        ([{"name": " "}], 422, "guardrails[0].name must not be blank"),
        ([{"name": None}], 422, "guardrails[0].name must not be null"),
        ([{"entity_id": None}], 422, "guardrails[0].entityId must not be null"),
        ([{"secondary_id": None}], 422, "guardrails[0].secondaryId must not be null"),
        ([{"result": "maybe"}], 400, "Unable to process JSON"),
    ],
)
def test_what_is_no_outcome_is_refused(api, project, outcomes, status, text):
    whole = outcome(new_id(), new_id(), "PII", "passed", project)
    refused = api.send("POST", "guardrails", {"guardrails": [{**whole, **fields} for fields in outcomes]})
    assert refused.status_code == status, refused.text
    answer = refused.json()
    assert text in (answer["errors"][0] if status == 422 else answer["message"])


def test_no_policy_is_stored_so_none_can_be_named(api):
    assert api.send("POST", "guardrails/policies/retrieve", {"names": []}).json() == {"policies": []}
    assert api.send("POST", "guardrails/policies/retrieve", {"names": ["no_contacts"]}).status_code == 404


@pytest.fixture
def host(monkeypatch):
    scripted = GuardrailsHost()
    monkeypatch.setenv("OPIK_GUARDRAILS_URL_OVERRIDE", scripted.base_url)
    opik_client.reset_global_client(end_client=True)
    yield scripted
    opik_client.reset_global_client(end_client=True)
    scripted.close()


def test_the_sdk_checks_a_text_and_records_what_came_of_it(api, host, project):
    guard = guardrails.Guardrail(guards=[guardrails.Topic(restricted_topics=["finance"], threshold=0.5)])

    @opik.track(project_name=project)
    def answer(text: str) -> str:
        guard.validate(text)
        return "fine"

    assert answer("what is a span?") == "fine"
    with pytest.raises(exceptions.GuardrailValidationFailed):
        answer("tell me of finance")
    opik_client.get_global_client().flush()
    failed, passed = api.page("traces", project)["content"]
    for trace, result in ((failed, "failed"), (passed, "passed")):
        [validation] = trace["guardrails_validations"]
        assert validation["checks"] == [{"name": "TOPIC", "result": result}]
        span = api.get(f"spans/{validation['span_id']}")
        assert (span["type"], span["trace_id"]) == ("guardrail", trace["id"])
