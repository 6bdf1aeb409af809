"""Bodies and addresses as the clients really send them: compressed, large, with odd slashes, with NaN."""

import gzip
import http.client
import json
import time

import pytest

from api import START, new_id, span_row, strict_json, trace_row

FILLER = "x" * 400


def routes(project: str) -> dict[str, tuple]:
    trace, span = trace_row(project, metadata={"f": FILLER}), span_row(project, metadata={"f": FILLER})
    score = {"name": "s", "value": 1, "source": "sdk", "project_name": project, "reason": FILLER}
    return {
        "create trace": ("POST", "traces", trace, 201),
        "create span": ("POST", "spans", span, 201),
        "batch of traces": ("POST", "traces/batch", {"traces": [{**trace, "id": new_id()}]}, 204),
        "batch of spans": ("POST", "spans/batch", {"spans": [{**span, "id": new_id()}]}, 204),
        "update trace": ("PATCH", f"traces/{new_id()}", {"project_name": project, "output": FILLER}, 204),
        "update span": ("PATCH", f"spans/{new_id()}", {"project_name": project, "trace_id": new_id(), "output": FILLER}, 204),
        "score traces": ("PUT", "traces/feedback-scores", {"scores": [{**score, "id": new_id()}]}, 204),
        "score spans": ("PUT", "spans/feedback-scores", {"scores": [{**score, "id": new_id()}]}, 204),
        "delete traces": ("POST", "traces/delete", {"ids": [new_id()], "filler": FILLER}, 204),
        "create project": ("POST", "projects", {"name": f"{project}-new", "filler": FILLER}, 201),
        "auth": ("POST", "auth", {"filler": FILLER}, 204),
    }


@pytest.mark.parametrize("route", routes("any"))
def test_gzip_is_accepted_on_every_route(api, project, route):
    method, path, body, status = routes(project)[route]
    response = api.zipped(method, path, body)
    assert response.status_code == status, response.text


def test_a_body_that_nobody_reads_does_not_end_the_connection(api):
    address = api.http.base_url
    connection = http.client.HTTPConnection(address.host, address.port, timeout=30)
    connection.auto_open = 0
    connection.connect()
    for _ in range(2):
        connection.putrequest("POST", f"{address.path}auth")
        connection.putheader("content-length", str(len(FILLER)))
        connection.endheaders()
        # Who answers at once does so before the body is there.
        time.sleep(0.2)
        connection.send(FILLER.encode())
        response = connection.getresponse()
        assert response.status == 204
        response.read()
    connection.close()


@pytest.mark.parametrize("path", ["traces/search", "spans/search", "projects/retrieve"])
def test_gzip_is_accepted_by_questions(api, project, path):
    api.write("traces", trace_row(project))
    body = {"project_name": project, "name": project, "filler": FILLER}
    assert api.zipped("POST", path, body).status_code == 200


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_gzip_of_every_level_is_accepted(api, project, level):
    row = trace_row(project, input={"text": FILLER})
    body = gzip.compress(json.dumps({"traces": [row]}).encode(), compresslevel=level)
    assert api.raw("POST", "traces/batch", body, **{"content-encoding": "gzip"}).status_code == 204
    assert api.get(f"traces/{row['id']}")["input"] == {"text": FILLER}


def test_gzip_in_several_members_is_one_body(api, project):
    row = trace_row(project, name="in parts")
    whole = json.dumps({"traces": [row]}).encode()
    body = gzip.compress(whole[:40]) + gzip.compress(whole[40:])
    assert api.raw("POST", "traces/batch", body, **{"content-encoding": "gzip"}).status_code == 204
    assert api.get(f"traces/{row['id']}")["name"] == "in parts"


def test_a_chunked_body_is_accepted(api, project):
    row = trace_row(project)
    whole = json.dumps({"traces": [row]}).encode()
    parts = iter([whole[:10], whole[10:50], whole[50:]])
    response = api.http.post("traces/batch", content=parts, headers={"content-type": "application/json"})
    assert response.status_code == 204
    assert api.ids("traces", project) == [row["id"]]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/private/projects",
        "/api/v1/private/projects/",
        "/api//v1/private/projects",
        "/api/v1/private//projects",
        "/v1/private/projects",
        "/v1/private/projects/",
        "//v1/private/projects",
        "/api/is-alive/ping/",
        "/is-alive//ping",
    ],
)
def test_slashes_do_not_matter(server, api, path):
    response = api.root.get(f"{server.root_url}{path}", follow_redirects=False)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("path", ["traces/batch/", "/traces/batch", "/traces//batch/"])
def test_slashes_do_not_matter_for_writes(server, api, project, path):
    row = trace_row(project)
    response = api.root.post(f"{server.root_url}/api/v1/private/{path}", json={"traces": [row]}, follow_redirects=False)
    assert response.status_code == 204
    assert api.ids("traces", project) == [row["id"]]


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("kind", ["traces", "spans"])
def test_numbers_that_json_does_not_know_are_accepted(api, project, kind, token):
    row = trace_row(project) if kind == "traces" else span_row(project)
    odd = json.dumps({**row, "input": {"kept": 1, "odd": "@@"}, "metadata": {"deep": ["@@", 2]}}).replace('"@@"', token)
    assert api.raw("POST", f"{kind}/batch", f'{{"{kind}": [{odd}]}}'.encode()).status_code == 204
    seen = api.get(f"{kind}/{row['id']}")
    assert (seen["input"]["kept"], seen["metadata"]["deep"][1]) == (1, 2)
    [streamed] = api.stream_rows(kind, project_name=project)
    assert streamed["input"] == seen["input"]


def test_the_sdk_logs_nan_and_reads_the_rest(client):
    trace = client.trace(input={"score": float("nan"), "text": "kept"})
    assert client.flush()
    assert client.get_trace_content(trace.id).input["text"] == "kept"


def test_the_word_nan_in_a_text_stays_a_text(api, project):
    row = trace_row(project, input={"a": "NaN, Infinity and -Infinity", 'b": NaN': "NaN"})
    api.write("traces", row)
    assert api.get(f"traces/{row['id']}")["input"] == row["input"]


def test_a_body_of_tens_of_megabytes_is_accepted(api, project):
    rows = [trace_row(project, input={"text": f"{number}" * (1 << 20)}) for number in range(9)]
    rows += [trace_row(project, input={"text": "abc" * (5 << 20)})]
    api.write("traces", *rows)
    for row in (rows[3], rows[9]):
        assert api.get(f"traces/{row['id']}")["input"] == row["input"]


def test_the_sdk_sends_a_large_input_whole(client):
    text = "long story " * 300_000
    trace = client.trace(input={"text": text})
    assert client.flush()
    assert client.get_trace_content(trace.id).input == {"text": text}


def test_duplicate_keys_do_not_break_reading(api, project):
    id = new_id()
    body = f'{{"id":"{id}","project_name":"{project}","start_time":"{START}","input":{{"a":1,"a":2}}}}'
    assert api.raw("POST", "traces", body.encode()).status_code == 201
    assert strict_json(api.send("GET", f"traces/{id}").content)["input"] == {"a": 2}


def test_numbers_keep_all_their_digits(api, project):
    digits = ["12345678901234567890123", "0.1234567890123456789", "1e400", "-0.0", "1E5"]
    id = new_id()
    body = f'{{"id":"{id}","project_name":"{project}","start_time":"{START}","input":[{",".join(digits)}]}}'
    assert api.raw("POST", "traces", body.encode()).status_code == 201
    shown = json.loads(api.send("GET", f"traces/{id}").content, parse_int=str, parse_float=str)["input"]
    assert shown == digits


def test_an_answer_is_the_same_whatever_compression_was_asked_for(api, project):
    row = trace_row(project, input={"text": "z" * 100_000})
    api.write("traces", row)
    for encoding in ("gzip", "identity", "gzip, deflate"):
        response = api.http.get(f"traces/{row['id']}", headers={"accept-encoding": encoding})
        assert response.json()["input"] == row["input"]
