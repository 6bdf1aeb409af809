"""Every filter that the contract names: each field takes the operators of its type, with answers that fit together, and
refuses all others in the words that clients know."""

import json

import pytest

from api import END, Api, new_id, span_row, trace_row

TEXT = ["contains", "not_contains", "starts_with", "ends_with", "=", "!=", ">", "<"]
ORDER = ["=", "!=", ">", ">=", "<", "<="]
EMPTINESS = ["is_empty", "is_not_empty"]
CHOICE = ["=", "!=", "in", "not_in", *EMPTINESS]
OPERATORS = {
    "string": TEXT,
    "string_exact": TEXT,
    "date_time": ORDER,
    "number": ORDER,
    "duration": ORDER,
    "feedback_scores_number": [*ORDER, *EMPTINESS],
    "dictionary": [*TEXT, *EMPTINESS],
    "list": ["contains", "not_contains", "=", "!=", *EMPTINESS],
    "enum": CHOICE,
    "enum_legacy": CHOICE,
    "error_container": EMPTINESS,
    "custom": [*TEXT, *EMPTINESS],
}
ALL = sorted({operator for operators in OPERATORS.values() for operator in operators} | {"in", "not_in"})
# What is true of exactly those of which the other is not.
OPPOSITES = [("contains", "not_contains"), ("=", "!="), ("is_empty", "is_not_empty"), ("in", "not_in")]

# Of nothing that is: drawn once, so that the name of a case is the same in every run.
SOME_ID = "0198d000-0000-7000-8000-000000000001"

# Field, type, key, and a value that one of the rows below has.
COMMON = [
    ("name", "string", None, "checkout"),
    ("start_time", "date_time", None, "2026-03-04T05:06:07.000001Z"),
    ("end_time", "date_time", None, END),
    ("created_at", "date_time", None, "2026-03-04T05:06:07Z"),
    ("last_updated_at", "date_time", None, "2026-03-04T05:06:07Z"),
    ("input", "string", None, "parcel"),
    ("output", "string", None, "on its way"),
    ("input_json", "dictionary", "n", "5"),
    ("output_json", "dictionary", "$.a[0].n", "5"),
    ("metadata", "dictionary", "plan.size", "12"),
    ("total_estimated_cost", "number", None, "0.5"),
    ("usage.prompt_tokens", "number", None, "10"),
    ("usage.completion_tokens", "number", None, "10"),
    ("usage.total_tokens", "number", None, "10"),
    ("duration", "duration", None, "1000"),
    ("ttft", "number", None, "7"),
    ("tags", "list", None, "prod"),
    ("feedback_scores", "feedback_scores_number", "quality", "0.9"),
    ("source", "enum_legacy", None, "sdk"),
    ("environment", "string", None, "staging"),
    ("error_info", "error_container", None, ""),
    ("error_type", "string", None, "ValueError"),
    ("custom", "custom", "input.n", "5"),
]
FIELDS = {
    "traces": [
        *COMMON,
        ("id", "string_exact", None, SOME_ID),
        ("thread_id", "string_exact", None, "talk"),
        ("llm_span_count", "number", None, "1"),
        ("span_feedback_scores", "feedback_scores_number", "speed", "0.5"),
        ("annotation_queue_ids", "list", None, SOME_ID),
        ("experiment_id", "string_exact", None, SOME_ID),
        ("guardrails", "string", None, "failed"),
        ("visibility_mode", "enum", None, "default"),
    ],
    "spans": [
        *COMMON,
        ("id", "string_exact", None, SOME_ID),
        ("trace_id", "string_exact", None, SOME_ID),
        ("model", "string", None, "gpt-4o"),
        ("provider", "string", None, "openai"),
        ("type", "enum", None, "llm"),
    ],
}
# Texts that clients also ask for membership, as they do of enumerations.
ALSO_CHOSEN = {"environment", "guardrails"}
CASES = [(kind, *field) for kind, fields in FIELDS.items() for field in fields]


@pytest.fixture(scope="module")
def filled(server):
    """Rows that have a value of everything, and rows that have none; all tests here only read."""
    with Api(server.root_url) as api:
        yield api, *write_all(api, f"filters-{new_id()}")


def write_all(api, project: str) -> tuple[str, dict]:
    said = {
        "name": "Red Checkout",
        "end_time": END,
        "input": {"q": "where is the Parcel?", "n": 5},
        "output": {"a": [{"n": 5}], "text": "on its way"},
        "metadata": {"plan": {"size": 12}},
        "tags": ["prod"],
        "ttft": 7,
        "source": "sdk",
        "environment": "staging",
        "error_info": {"exception_type": "ValueError", "traceback": "t"},
    }
    trace, bare = trace_row(project, **said, thread_id="talk"), trace_row(project)
    call = {"type": "llm", "model": "gpt-4o", "provider": "openai", "total_estimated_cost": 0.5}
    usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 10}
    span, bare_span = span_row(project, trace["id"], **said, **call, usage=usage), span_row(project, new_id())
    api.write("traces", trace, bare)
    api.write("spans", span, bare_span)
    for kind, row in (("traces", trace), ("spans", span)):
        score = {"id": row["id"], "project_name": project, "name": "Quality", "value": 0.9, "source": "sdk"}
        api.score(kind, score)
    api.score("spans", {"id": span["id"], "project_name": project, "name": "speed", "value": 0.5, "source": "sdk"})
    check = {"entity_id": trace["id"], "secondary_id": span["id"], "project_name": project, "name": "PII"}
    outcomes = {"guardrails": [{**check, "result": "failed", "config": {}, "details": {}}]}
    assert api.send("POST", "guardrails", outcomes).status_code == 204
    ids = {"traces": {trace["id"], bare["id"]}, "spans": {span["id"], bare_span["id"]}}
    return project, ids


def asked(field: str, operator: str, key: str | None, value: str) -> dict:
    condition = {"field": field, "operator": operator, "value": value}
    return condition if key is None else {**condition, "key": key}


def listed(api, project: str, kind: str, condition: dict):
    return api.send("GET", kind, params={"project_name": project, "filters": json.dumps([condition]), "size": 100})


@pytest.mark.parametrize(("kind", "field", "type_", "key", "value"), CASES, ids=lambda part: str(part)[:24])
def test_a_field_takes_the_operators_of_its_type_and_no_others(filled, kind, field, type_, key, value):
    api, project, ids = filled
    allowed = {*OPERATORS[type_], *(CHOICE if field in ALSO_CHOSEN else [])}
    found = {}
    for operator in ALL:
        condition = asked(field, operator, key, value)
        answer = listed(api, project, kind, condition)
        if operator not in allowed:
            refusal = f"Invalid operator '{operator}' for field '{field}' of type '{type_}'"
            assert (answer.status_code, answer.json()["message"]) == (400, refusal)
            continue
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found[operator] = {row["id"] for row in page["content"]}
        assert page["total"] == len(found[operator])
        streamed = api.stream_rows(kind, project_name=project, filters=[condition])
        assert {row["id"] for row in streamed} == found[operator], operator
    for one, other in OPPOSITES:
        if one in found and other in found:
            assert found[one] | found[other] == ids[kind], (one, other)
            assert not found[one] & found[other], (one, other)
    for strict, loose in ((">", ">="), ("<", "<=")):
        if loose in found:
            assert found[loose] == found[strict] | found["="]


@pytest.mark.parametrize("operator", ALL)
def test_the_experiments_of_a_trace_are_a_list_of_texts(filled, operator):
    api, project, _ = filled
    condition = asked("experiment_ids", operator, None, f"{new_id()},{new_id()}")
    answer = listed(api, project, "traces", condition)
    assert answer.status_code == (200 if operator in CHOICE else 400), answer.text


@pytest.mark.parametrize(
    ("field", "key"),
    [("metadata", None), ("metadata", ""), ("feedback_scores", " "), ("span_feedback_scores", None), ("input_json", None)],
)
def test_a_dynamic_field_needs_its_key(filled, field, key):
    api, project, _ = filled
    answer = listed(api, project, "traces", asked(field, "=", key, "1"))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"Invalid value '1' or key '{'null' if key is None else key}' for field")


@pytest.mark.parametrize("kind", ["traces", "spans"])
def test_signs_of_addresses_and_languages_are_taken_as_they_are(api, project, kind):
    names = ["a+b", "a b", "a%2Bb", 'say "hi"', "c&d=e#f", "back\\slash", "it's", "50%", "(a OR b)", "é"]
    row = trace_row if kind == "traces" else lambda project, **fields: span_row(project, new_id(), **fields)
    api.write(kind, *(row(project, name=name) for name in names))
    for name in names:
        answer = listed(api, project, kind, asked("name", "=", None, name))
        assert [found["name"] for found in answer.json()["content"]] == [name]
    # As forms write spaces.
    raw = json.dumps([asked("name", "=", None, "a b")]).replace(" ", "+").replace('"', "%22")
    found = api.send("GET", f"{kind}?project_name={project}&filters={raw}").json()["content"]
    assert [row["name"] for row in found] == ["a b"]
