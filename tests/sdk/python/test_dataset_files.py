"""Datasets that come as files and go as files: CSV and JSON in, CSV out."""

import csv
import io
import json

import pytest
from opik.rest_api.core.api_error import ApiError

from api import UNKNOWN_ID, Api, new_id
from cairn_server import cairn


@pytest.fixture
def dataset_id(api, project) -> str:
    id = new_id()
    assert api.send("POST", "datasets", {"id": id, "name": f"set {project}"}).status_code == 201
    return id


def upload(api, dataset_id: str, kind: str, text: str | bytes, **parts):
    content = text.encode() if isinstance(text, str) else text
    parts = {"dataset_id": dataset_id, **parts}
    return api.http.post(f"datasets/items/from-{kind}", data=parts, files={"file": (f"items.{kind}", content)})


def items(api, dataset_id: str) -> list[dict]:
    """In the order of the file."""
    return api.get(f"datasets/{dataset_id}/items", size=2000)["content"][::-1]


def refused(response) -> str:
    assert response.status_code == 400, response.text
    error = response.json()
    return error["message"] + (f": {error['details']}" if "details" in error else "")


# Files that come.


def test_a_csv_file_becomes_one_version_in_the_order_of_its_lines(client, api, project, dataset_id):
    head = '\ufeffquestion,answer\r\n'
    lines = ['"one, or\ntwo?",ü\r\n', 'empty,\r\n', *[f"q{number},{number}\r\n" for number in range(2_500)]]
    assert upload(api, dataset_id, "csv", head + "".join(lines)).status_code == 202
    found = client.get_dataset(f"set {project}").get_items()
    assert len(found) == 2_502
    page = api.get(f"datasets/{dataset_id}/items", size=2000)
    assert page["total"] == 2_502
    assert [row["data"]["question"] for row in page["content"]] == [f"q{number}" for number in range(2_499, 499, -1)]
    last = api.get(f"datasets/{dataset_id}/items", size=2000, page=2)["content"]
    assert [row["data"] for row in last[-2:]] == [{"question": "empty", "answer": ""}, {"question": "one, or\ntwo?", "answer": "ü"}]
    assert last[0]["source"] == "manual"
    [version] = api.get(f"datasets/{dataset_id}/versions")["content"]
    assert (version["items_total"], version["items_added"]) == (2_502, 2_502)


def test_json_files_keep_types_and_take_what_belongs_to_the_item(api, dataset_id):
    id = new_id()
    first = {"q": "why?", "n": 1.50, "deep": {"a": [None]}, "id": id, "source": "sdk", "description": "d", "tags": ["x"]}
    rows = [first, {"execution_policy": {"runs_per_item": 3, "pass_threshold": 2}, "evaluators": [{"name": "e"}], "q": "how?"}]
    assert upload(api, dataset_id, "json", json.dumps(rows, indent=1), format="json").status_code == 202
    one, two = sorted(items(api, dataset_id), key=lambda row: row["id"] != id)
    assert one["data"] == {"q": "why?", "n": 1.5, "deep": {"a": [None]}}
    assert (one["id"], one["source"], one["description"], one["tags"]) == (id, "sdk", "d", ["x"])
    assert two["data"] == {"q": "how?"}
    assert (two["execution_policy"], two["evaluators"]) == ({"runs_per_item": 3, "pass_threshold": 2}, [{"name": "e"}])
    lines = "\n".join(["", json.dumps({"id": id, "q": "who?"}), "  ", json.dumps({"q": "when?"})])
    assert upload(api, dataset_id, "json", lines, format="jsonl").status_code == 202
    found = items(api, dataset_id)
    assert sorted(row["data"]["q"] for row in found) == ["how?", "when?", "who?"]
    assert len(api.get(f"datasets/{dataset_id}/versions")["content"]) == 2


@pytest.mark.parametrize(
    ("kind", "parts", "text", "message"),
    [
        ("csv", {}, "a,b\n1,2\n3\n", "line 3: it has 1 values, and the head names 2 columns"),
        ("csv", {}, "a,a\n1,2\n", "line 1: two columns are named `a`"),
        ("csv", {}, "a,\n1,2\n", "line 1: column 2 has no name"),
        ("csv", {}, b"a\n1\n\xff\n", "line 3: value 1 is not UTF-8"),
        ("csv", {}, "a,b\n", "the file holds no items"),
        ("json", {"format": "jsonl"}, '{"a":1}\n{"a":}\n', "line 2: expected value"),
        ("json", {"format": "jsonl"}, '{"a":1}\n\n[1]\n', "line 3: invalid type: sequence, expected an object"),
        ("json", {"format": "jsonl"}, '{"a":1}\n{"tags":["x"]}\n', "line 2: data must not be empty"),
        ("json", {"format": "json"}, '[{"a":1},\n{"a":2},\n{"id":"7"}]', "line 3: `id` cannot be read"),
        ("json", {"format": "json"}, '[{"a":1},\n{"a":2}', "line 2: EOF while parsing a list"),
        ("json", {"format": "json"}, '{"a":1}', "line 1: invalid type: map, expected an array of objects"),
        ("json", {"format": "json"}, '[{"a":1,"source":"trace"}]', "line 1: source when it is trace, trace_id must not be null"),
        ("json", {"format": "json"}, '[{"a":1,"source":"web"}]', "line 1: source `web` is unknown"),
        ("json", {"format": "xml"}, "[]", "format `xml` is unknown"),
        ("json", {}, "[]", "the part `format` is missing"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_line_and_nothing_is_taken(api, dataset_id, kind, parts, text, message):
    told = refused(upload(api, dataset_id, kind, text, **parts))
    assert told.startswith(message), told
    assert items(api, dataset_id) == []
    assert api.get(f"datasets/{dataset_id}/versions")["total"] == 0


def test_a_form_must_be_whole_and_its_dataset_known(api, dataset_id):
    assert upload(api, UNKNOWN_ID, "csv", "a\n1\n").status_code == 404
    assert refused(upload(api, "7", "csv", "a\n1\n")) == "dataset_id `7` is no UUID"
    response = api.http.post("datasets/items/from-csv", files={"dataset_id": (None, dataset_id)})
    assert refused(response) == "the part `file` is missing"
    assert refused(api.send("POST", "datasets/items/from-csv", {})).startswith("the form cannot be read")
    # An open quote must not make one item of the rest of a file.
    assert refused(upload(api, dataset_id, "csv", 'a\n"' + "x" * (17 << 20))).startswith("line 2: an item has more than 16 MB")


# Files that go.


def test_an_export_is_the_version_as_it_was(client, api, project, dataset_id):
    rows = [{"q": "one, two", "n": 1.50, "deep": {"a": [1]}}, {"q": 'say "hi"\nü', "more": None}]
    body = {"dataset_id": dataset_id, "items": [{"id": new_id(), "source": "sdk", "data": row} for row in rows]}
    assert api.send("PUT", "datasets/items", body).status_code == 204
    job = client.rest_client.datasets.start_dataset_export(dataset_id)
    assert (job.status, job.dataset_id, job.dataset_name) == ("COMPLETED", dataset_id, f"set {project}")
    assert job.viewed_at is None and job.expires_at > job.created_at and job.created_by == "admin"
    # What comes after is not part of it.
    body = {"dataset_id": dataset_id, "items": [{"id": new_id(), "source": "sdk", "data": {"q": "late"}}], "batch_group_id": new_id()}
    assert api.send("PUT", "datasets/items", body).status_code == 204
    response = api.http.get(f"datasets/export-jobs/{job.id}/download")
    assert response.headers["content-type"].startswith("text/csv")
    assert "filename=" in response.headers["content-disposition"]
    table = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert table == [
        {"deep": "", "more": "", "n": "", "q": 'say "hi"\nü'},
        {"deep": '{"a":[1]}', "more": "", "n": "1.5", "q": "one, two"},
    ]
    # It goes in again as it came out.
    assert upload(api, dataset_id, "csv", response.text).status_code == 202
    assert api.get(f"datasets/{dataset_id}/items")["total"] == 5
    client.rest_client.datasets.mark_dataset_export_job_viewed(job.id)
    viewed = client.rest_client.datasets.get_dataset_export_job(job.id)
    assert viewed.viewed_at is not None
    assert job.id in [known.id for known in client.rest_client.datasets.get_dataset_export_jobs()]


def test_what_is_not_there_cannot_be_exported(api, dataset_id):
    assert api.send("POST", f"datasets/{UNKNOWN_ID}/export").status_code == 404
    for path in ("", "/download"):
        assert api.send("GET", f"datasets/export-jobs/{UNKNOWN_ID}{path}").status_code == 404
    assert api.send("PUT", f"datasets/export-jobs/{UNKNOWN_ID}/mark-viewed").status_code == 404
    job = api.send("POST", f"datasets/{dataset_id}/export").json()["id"]
    assert api.http.get(f"datasets/export-jobs/{job}/download").content == b""


def test_exports_are_the_same_after_a_rebuild(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        id = new_id()
        api.send("POST", "datasets", {"id": id, "name": "set"})
        assert upload(api, id, "csv", "a,b\n1,2\n3,4\n").status_code == 202
        jobs = [api.send("POST", f"datasets/{id}/export").json()["id"] for _ in range(2)]
        api.send("PUT", f"datasets/export-jobs/{jobs[0]}/mark-viewed")
        paths = ["datasets/export-jobs", f"datasets/export-jobs/{jobs[1]}/download", f"datasets/{id}/items"]
        before = [api.http.get(path).content for path in paths]
        assert [row["id"] for row in json.loads(before[0])] == jobs[::-1]
    assert own_server.stop() == 0
    done = cairn("rebuild", "--data", str(own_server.data))
    assert done.returncode == 0, done.stderr
    own_server.start()
    with Api(own_server.root_url) as api:
        assert [api.http.get(path).content for path in paths] == before


# Samples that a model would make.


def test_nothing_is_made_up_without_a_model(client, api, dataset_id):
    with pytest.raises(ApiError) as refusal:
        client.rest_client.datasets.expand_dataset(dataset_id, model="gpt-4o", sample_count=3)
    assert refusal.value.status_code == 400
    assert refusal.value.body["message"] == "API key not configured for LLM, model='gpt-4o'"
    for body, status in (({}, 422), ({"model": "m", "sample_count": 201}, 422), ({"model": "m", "sample_count": 0}, 422)):
        assert api.send("POST", f"datasets/{dataset_id}/expansions", body).status_code == status
    assert api.send("POST", f"datasets/{UNKNOWN_ID}/expansions", {"model": "m"}).status_code == 404
