"""What a user is told when a request is wrong; whatever it was, nothing is stored and the server stays well."""

import gzip
import json
import zlib

import pytest

from api import UNKNOWN_ID, new_id, span_row, strict_json, trace_row

WRONG_VERSION = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
BATCH_SIZE = "size must be between 1 and 1000"


@pytest.fixture(autouse=True)
def nothing_is_stored_and_the_server_is_healthy(api, project):
    yield
    assert api.is_healthy()
    if api.project_exists(project):
        assert (api.ids("traces", project), api.ids("spans", project)) == ([], [])


@pytest.fixture(params=["traces", "spans"])
def kind(request):
    return request.param


def row_of(kind: str, project: str, **fields) -> dict:
    row = trace_row(project) if kind == "traces" else span_row(project)
    return {name: value for name, value in {**row, **fields}.items() if value is not ...}


def refused(response, status: int, *errors: str) -> None:
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["content-type"].startswith("application/json")
    assert response.json() == {"errors": list(errors)}


def malformed(response) -> None:
    assert response.status_code == 400, f"{response.status_code} {response.text}"
    answer = response.json()
    assert answer["code"] == 400
    assert answer["message"].startswith("Unable to process JSON")
    assert set(answer) <= {"code", "message", "details"}


# --- bodies that cannot be read


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"null", b'"text"', b'{"traces": {}}', b"\xff\xfe", b'{"traces":[1]}'])
def test_a_malformed_batch_is_a_bad_request(api, body):
    assert api.raw("POST", "traces/batch", body).status_code in (400, 422)


@pytest.mark.parametrize("body", [b'{"traces": [', b"not json", b'{"traces": [{"id": 1.5}]}', b'{"traces":[]}}'])
def test_malformed_json_is_a_bad_request_that_says_so(api, body):
    malformed(api.raw("POST", "traces/batch", body))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "traces"),
        ("POST", "spans"),
        ("POST", "spans/batch"),
        ("PATCH", f"traces/{UNKNOWN_ID}"),
        ("PATCH", f"spans/{UNKNOWN_ID}"),
        ("PUT", "traces/feedback-scores"),
        ("PUT", "spans/feedback-scores"),
        ("POST", "traces/search"),
        ("POST", "spans/search"),
        ("POST", "traces/delete"),
        ("POST", "projects"),
        ("POST", "projects/retrieve"),
    ],
)
def test_every_route_refuses_malformed_json_alike(api, method, path):
    malformed(api.raw(method, path, b'{"name": '))


def test_nesting_without_end_is_refused(api, project):
    deep = b"[" * 200_000 + b"]" * 200_000
    row = json.dumps(trace_row(project)).encode()[:-1] + b', "input": ' + deep + b"}"
    assert 400 <= api.raw("POST", "traces", row).status_code < 500


BROKEN_GZIP = [b"not gzip at all", gzip.compress(b'{"traces": []}', mtime=0)[:-9], gzip.compress(b"{", mtime=0)[:12], b""]


@pytest.mark.parametrize("body", BROKEN_GZIP)
def test_broken_gzip_is_refused(api, body):
    response = api.raw("POST", "traces/batch", body, **{"content-encoding": "gzip"})
    assert 400 <= response.status_code < 500


def test_gzip_that_unpacks_without_end_is_refused(api):
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    spaces = b" " * (1 << 20)
    bomb = b"".join(packer.compress(spaces) for _ in range(1024)) + packer.flush()
    assert len(bomb) < 10 << 20
    response = api.raw("POST", "traces/batch", bomb, **{"content-encoding": "gzip"})
    assert response.status_code == 413


def test_an_unknown_content_encoding_is_refused(api, project):
    body = json.dumps({"traces": [trace_row(project)]}).encode()
    assert api.raw("POST", "traces/batch", body, **{"content-encoding": "x-snail"}).status_code in (400, 415)


# --- ids


@pytest.mark.parametrize("id", [WRONG_VERSION, "00000000-0000-0000-0000-000000000000", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"])
def test_an_id_of_another_version_is_refused_with_its_reason(api, project, kind, id):
    entity = {"traces": "Trace", "spans": "Span"}[kind]
    expected = {"code": 400, "message": "Invalid UUID for id", "details": f"{entity} id must be a version 7 UUID"}
    for response in (
        api.post(kind, row_of(kind, project, id=id)),
        api.send("POST", f"{kind}/batch", {kind: [row_of(kind, project), row_of(kind, project, id=id)]}),
    ):
        assert (response.status_code, response.json()) == (400, expected)


def test_an_update_with_an_id_of_another_version_is_refused(api, project, kind):
    parents = {"trace_id": new_id()} if kind == "spans" else {}
    response = api.patch(kind, WRONG_VERSION, project_name=project, output={"a": 1}, **parents)
    assert (response.status_code, response.json()["message"]) == (400, "Invalid UUID for id")


@pytest.mark.parametrize("id", ["not-a-uuid", "", "0190babc62a071d2832a0feffa4676zz"])
def test_an_id_that_is_no_uuid_is_malformed_json(api, project, kind, id):
    malformed(api.post(kind, row_of(kind, project, id=id)))


@pytest.mark.parametrize("id", ["not-a-uuid", "123"])
def test_a_path_that_is_no_uuid_is_not_found(api, kind, id):
    assert api.send("GET", f"{kind}/{id}").status_code == 404


# --- values that are not acceptable


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"start_time": ...}, "startTime must not be null"),
        ({"start_time": None}, "startTime must not be null"),
        ({"project_name": ""}, "projectName must not be blank"),
        ({"project_name": "   "}, "projectName must not be blank"),
        ({"tags": [f"t{n}" for n in range(51)]}, "tags Cannot have more than 50 tags"),
    ],
    ids=["no start", "null start", "empty project", "blank project", "51 tags"],
)
def test_a_creation_with_a_wrong_value_is_refused(api, project, kind, fields, error):
    refused(api.post(kind, row_of(kind, project, **fields)), 422, error)


def test_a_span_must_name_its_trace(api, project):
    refused(api.post("spans", row_of("spans", project, trace_id=...)), 422, "traceId must not be null")


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": ["x" * 101]},
        {"tags": [" "]},
        {"environment": "x" * 151},
        {"error_info": {"exception_type": "", "traceback": "t"}},
        {"error_info": {"exception_type": "E", "traceback": " "}},
        {"start_time": "1969-12-31T23:59:59Z"},
        {"start_time": "2262-04-12T00:00:00Z"},
        {"end_time": "2999-01-01T00:00:00Z"},
        {"last_updated_at": "2300-01-01T00:00:00Z"},
        {"ttft": -1},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_value_out_of_its_bounds_is_unprocessable(api, project, kind, fields):
    for response in (
        api.post(kind, row_of(kind, project, **fields)),
        api.send("POST", f"{kind}/batch", {kind: [row_of(kind, project), row_of(kind, project, **fields)]}),
    ):
        assert response.status_code == 422, response.text
        assert len(response.json()["errors"]) == 1


def test_a_negative_cost_is_unprocessable(api, project):
    assert api.post("spans", row_of("spans", project, total_estimated_cost=-0.01)).status_code == 422


@pytest.mark.parametrize("type", ["chain", "LLM", 7])
def test_an_unknown_span_type_is_refused(api, project, type):
    assert api.post("spans", row_of("spans", project, type=type)).status_code in (400, 422)


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_one_to_a_thousand_rows(api, project, kind, count):
    rows = [row_of(kind, project) for _ in range(count)]
    refused(api.send("POST", f"{kind}/batch", {kind: rows}), 422, f"{kind} {BATCH_SIZE}")


def test_a_wrong_row_in_a_batch_is_named_and_the_others_are_not_stored(api, project, kind):
    rows = [row_of(kind, project), row_of(kind, project, start_time=None)]
    refused(api.send("POST", f"{kind}/batch", {kind: rows}), 422, f"{kind}[1].startTime must not be null")


@pytest.mark.parametrize("name", ["", "   ", None, ...])
def test_a_project_must_have_a_name(api, name):
    body = {} if name is ... else {"name": name}
    refused(api.send("POST", "projects", body), 422, "name must not be blank")


def test_a_project_description_has_a_bound(api, project):
    assert api.send("POST", "projects", {"name": project, "description": "x" * 256}).status_code == 422
    assert not api.project_exists(project)


def test_deleting_needs_one_to_a_thousand_ids(api):
    for ids in ([], [new_id() for _ in range(1001)]):
        assert api.send("POST", "traces/delete", {"ids": ids}).status_code == 422


# --- scores


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, "scores[0].name must not be blank"),
        ({"name": ...}, "scores[0].name must not be blank"),
        ({"value": None}, "scores[0].value must not be null"),
        ({"source": None}, "scores[0].source must not be null"),
        ({"id": None}, "scores[0].id must not be null"),
    ],
)
def test_a_score_with_a_missing_part_is_refused(api, project, kind, fields, error):
    score = {"id": new_id(), "name": "s", "value": 1, "source": "sdk", "project_name": project, **fields}
    body = {"scores": [{name: value for name, value in score.items() if value is not ...}]}
    refused(api.send("PUT", f"{kind}/feedback-scores", body), 422, error)


@pytest.mark.parametrize("value", [1000000000.5, -1000000000.5, 1e300])
def test_a_score_out_of_range_is_refused(api, project, kind, value):
    score = {"id": new_id(), "name": "s", "value": value, "source": "sdk", "project_name": project}
    assert api.send("PUT", f"{kind}/feedback-scores", {"scores": [score]}).status_code == 422


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_of_scores_has_one_to_a_thousand(api, project, kind, count):
    scores = [{"id": new_id(), "name": "s", "value": 1, "source": "sdk", "project_name": project} for _ in range(count)]
    refused(api.send("PUT", f"{kind}/feedback-scores", {"scores": scores}), 422, f"scores {BATCH_SIZE}")


def test_a_score_for_an_unknown_entity_by_path_is_not_found(api, kind):
    body = {"name": "s", "value": 1, "source": "ui"}
    assert api.send("PUT", f"{kind}/{UNKNOWN_ID}/feedback-scores", body).status_code == 404


# --- questions that cannot be answered


def test_a_list_needs_a_project(api, kind):
    response = api.http.get(kind)
    assert response.status_code == 400
    assert "Either 'project_name' or 'project_id' query params must be provided" in response.text


def test_an_unknown_project_is_named(api, project, kind):
    response = api.http.get(kind, params={"project_name": project})
    assert response.status_code == 404
    assert f"Project name: {project} not found" in response.text


@pytest.fixture
def existing(api, project):
    """A project that exists and is empty."""
    assert api.send("POST", "projects", {"name": project}).status_code == 201
    return project


@pytest.mark.parametrize("raw", ["not json", "{", '{"field":"name"}', "7"])
def test_filters_that_do_not_parse_are_quoted(api, existing, kind, raw):
    response = api.http.get(kind, params={"project_name": existing, "filters": raw})
    assert response.status_code == 400
    assert f"Invalid filters query parameter '{raw}'" in response.json()["message"]


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        (
            {"field": "duration", "operator": "contains", "value": "1"},
            "Invalid operator 'contains' for field 'duration' of type '",
        ),
        (
            {"field": "name", "operator": ">=", "value": "1"},
            "Invalid operator '>=' for field 'name' of type '",
        ),
        (
            {"field": "start_time", "operator": ">", "value": "yesterday"},
            "Invalid value 'yesterday' or key '",
        ),
        (
            {"field": "feedback_scores", "operator": ">", "value": "0.5"},
            "Invalid value '0.5' or key '",
        ),
        ({"field": "custom", "operator": "=", "key": "moon.phase", "value": "1"}, "Invalid key 'moon.phase' for custom filter"),
        ({"field": "moon_phase", "operator": "=", "value": "1"}, ""),
        ({"field": "name", "operator": "resembles", "value": "1"}, ""),
    ],
)
def test_a_filter_that_makes_no_sense_is_explained(api, existing, kind, filter, message):
    for response in (
        api.http.get(kind, params={"project_name": existing, "filters": json.dumps([filter])}),
        api.stream(kind, project_name=existing, filters=[filter]),
    ):
        assert response.status_code == 400, response.text
        assert message in response.text


def test_sorting_that_does_not_parse_is_quoted(api, existing, kind):
    response = api.http.get(kind, params={"project_name": existing, "sorting": "upwards"})
    assert response.status_code == 400
    assert "Invalid sorting query parameter 'upwards'" in response.text


def test_a_time_window_must_go_forward(api, existing, kind):
    window = {"from_time": "2026-01-02T00:00:00Z", "to_time": "2026-01-01T00:00:00Z"}
    response = api.http.get(kind, params={"project_name": existing, **window})
    assert response.status_code == 400
    assert "Parameter 'from_time' must be before 'to_time'" in response.text


@pytest.mark.parametrize("path", ["nothing-here", "traces/batch/more", "projects/x/y/z"])
def test_an_unknown_route_is_not_found(api, path):
    assert api.send("GET", path).status_code == 404


def test_a_wrong_method_is_told(api):
    assert api.send("PUT", "projects/retrieve", {}).status_code == 405


def test_an_unknown_api_route_never_answers_with_the_web_page(api):
    response = api.root.get("/api/v1/private/nothing-here", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert "<html" not in response.text.lower()


def test_errors_of_the_framework_have_a_code_and_a_message(api):
    answer = api.send("GET", "nothing-here").json()
    assert answer["code"] == 404
    assert isinstance(answer["message"], str)


def test_error_bodies_are_strict_json(api, project):
    response = api.post("traces", trace_row(project, start_time=None))
    assert strict_json(response.content)["errors"]
