"""Datasets through the SDK: items that keep their identity, versions that are places in a history."""

import concurrent.futures
import json

import opik
import pytest
from opik.rest_api.core.api_error import ApiError

from api import START, UNKNOWN_ID, new_id, trace_row


@pytest.fixture
def dataset(client, project):
    return client.create_dataset(f"set-{project}", description="questions", project_name=project)


def item(id: str | None = None, **data) -> dict:
    return {"id": id or new_id(), "source": "manual", "data": data}


def made(api, project: str, **fields) -> str:
    """The id of a new dataset."""
    id = new_id()
    response = api.send("POST", "datasets", {"id": id, "name": f"set-{project}", **fields})
    assert (response.status_code, response.content) == (201, b""), response.text
    assert response.headers["location"].endswith(id)
    return id


def put(api, dataset_id: str, *items: dict, status: int = 204, **more) -> None:
    response = api.send("PUT", "datasets/items", {"dataset_id": dataset_id, "items": list(items), **more})
    assert response.status_code == status, response.text


def change(api, dataset_id: str, status: int = 201, override: bool = False, **changes):
    path = f"datasets/{dataset_id}/items/changes"
    response = api.http.post(path, json=changes, params={"override": override})
    assert response.status_code == status, response.text
    return response.json()


def versions(api, dataset_id: str) -> list[dict]:
    return api.get(f"datasets/{dataset_id}/versions")["content"]


def texts(api, dataset_id: str, **params) -> list[str]:
    page = api.get(f"datasets/{dataset_id}/items", size=2000, **params)
    assert page["size"] == len(page["content"])
    return [row["data"]["q"] for row in page["content"]]


# Through the SDK.


def test_inserted_items_are_read_back_with_their_data(client, dataset, project):
    dataset.insert([{"input": {"q": "why?"}, "expected": [1, "ü"]}, {"input": {"q": "how?"}, "expected": None}])
    again = client.get_dataset(f"set-{project}", project_name=project)
    found = again.get_items()
    assert sorted(row["input"]["q"] for row in found) == ["how?", "why?"]
    assert [row["expected"] for row in found if row["input"]["q"] == "why?"] == [[1, "ü"]]
    assert again.dataset_items_count == 2
    assert again.description == "questions"


def test_an_item_that_is_there_already_is_not_inserted_twice(dataset):
    dataset.insert([{"q": "why?"}])
    dataset.insert([{"q": "why?"}, {"q": "how?"}])
    assert sorted(row["q"] for row in dataset.get_items()) == ["how?", "why?"]


def test_an_updated_item_keeps_its_id(dataset):
    dataset.insert([{"q": "why?"}])
    [row] = dataset.get_items()
    dataset.update([{**row, "q": "why not?"}])
    [changed] = dataset.get_items()
    assert changed == {"id": row["id"], "q": "why not?"}


def test_deleted_items_are_gone_from_the_newest_version_only(dataset):
    dataset.insert([{"q": "a"}, {"q": "b"}])
    [doomed] = [row["id"] for row in dataset.get_items() if row["q"] == "a"]
    before = dataset.get_current_version_name()
    dataset.delete([doomed])
    assert [row["q"] for row in dataset.get_items()] == ["b"]
    assert before == "v1" and dataset.get_current_version_name() == "v2"
    assert sorted(row["q"] for row in dataset.get_version_view("v1").get_items()) == ["a", "b"]


def test_clear_empties_the_dataset(dataset):
    dataset.insert([{"q": str(n)} for n in range(5)])
    dataset.clear()
    assert dataset.get_items() == []


def test_each_insert_makes_one_version_whatever_its_size(dataset):
    dataset.insert([{"q": str(n)} for n in range(2500)])
    view = dataset.get_version_view("v1")
    assert (view.items_total, view.items_added, view.is_latest) == (2500, 2500, True)
    assert dataset.get_current_version_name() == "v1"
    assert sorted(int(row["q"]) for row in dataset.get_items()) == list(range(2500))
    assert sorted(int(row["q"]) for row in dataset.get_items(num_threads=8, chunk_size=100)) == list(range(2500))


def test_a_sample_is_read_in_order_and_filters_leave_what_they_ask_for(dataset):
    dataset.insert([{"q": str(n), "kind": "even" if n % 2 == 0 else "odd"} for n in range(10)])
    assert len(dataset.get_items(nb_samples=3)) == 3
    odd = dataset.get_items(filter_string='data.kind = "odd"')
    assert sorted(row["q"] for row in odd) == ["1", "3", "5", "7", "9"]
    assert dataset.get_items(filter_string='data.kind contains "nothing"') == []


def test_a_dataset_is_made_by_inserting_under_a_new_name(api, project):
    response = api.send("PUT", "datasets/items", {"dataset_name": f"set-{project}", "items": [item(q="a")]})
    assert response.status_code == 204, response.text
    found = api.send("POST", "datasets/retrieve", {"dataset_name": f"set-{project}"}).json()
    assert (found["dataset_items_count"], found["latest_version"]["version_name"]) == (1, "v1")


def test_get_or_create_gives_the_same_dataset(client, project):
    first = client.get_or_create_dataset(f"set-{project}", project_name=project)
    first.insert([{"q": "a"}])
    second = client.get_or_create_dataset(f"set-{project}", project_name=project)
    assert first.id == second.id and second.dataset_items_count == 1


def test_deleting_by_name_makes_it_unknown(client, dataset, project):
    client.delete_dataset(f"set-{project}", project_name=project)
    with pytest.raises(ApiError) as refusal:
        client.get_dataset(f"set-{project}", project_name=project)
    assert refusal.value.status_code == 404


def test_datasets_are_listed_by_project(client, dataset, project):
    found = client.get_datasets(project_name=project)
    assert [row.name for row in found] == [f"set-{project}"]


# The rules of the contract.


def test_a_name_is_unique_within_its_project(api, project):
    made(api, project, project_name=project)
    again = api.send("POST", "datasets", {"name": f"set-{project}", "project_name": project})
    assert again.status_code == 409
    assert again.json() == {"errors": [f"Dataset already exists with name 'set-{project}'"]}
    assert api.send("POST", "datasets", {"name": f"set-{project}"}).status_code == 201


def test_a_dataset_of_another_project_is_found_when_there_is_no_nearer_one(api, project):
    id = made(api, project, project_name=project)
    wanted = {"dataset_name": f"set-{project}", "project_name": f"other-{project}"}
    assert api.send("POST", "datasets/retrieve", wanted).json()["id"] == id
    assert not api.project_exists(f"other-{project}")


def test_what_is_not_as_it_should_be_is_refused_and_stores_nothing(api, project):
    id = made(api, project)
    refused = [
        ({"items": []}, "items size must be between 1 and 1000"),
        ({"items": [item(q="a")] * 1001}, "items size must be between 1 and 1000"),
        ({"items": [item(q="a"), item()]}, "items[1].data must not be empty"),
        ({"items": [{**item(q="a"), "source": "trace"}]}, "items[0].source when it is trace, trace_id must not be null"),
        (
            {"items": [{**item(q="a"), "execution_policy": {"runs_per_item": 1, "pass_threshold": 2}}]},
            "items[0].executionPolicy.passThreshold must not be greater than runsPerItem",
        ),
    ]
    for body, text in refused:
        response = api.send("PUT", "datasets/items", {"dataset_id": id, **body})
        assert (response.status_code, response.json()) == (422, {"errors": [text]})
    wrong = api.send("PUT", "datasets/items", {"dataset_id": id, "items": [item(UNKNOWN_ID[:14] + "4" + UNKNOWN_ID[15:], q="a")]})
    assert wrong.status_code == 400 and "version 7" in wrong.text
    assert api.send("POST", "datasets", {"name": "  "}).json() == {"errors": ["name must not be blank"]}
    assert versions(api, id) == []


def test_without_a_group_items_go_into_the_newest_version(api, project):
    id = made(api, project)
    put(api, id, item(q="a"))
    put(api, id, item(q="b"))
    [version] = versions(api, id)
    assert (version["version_name"], version["items_total"], version["items_added"]) == ("v1", 2, 2)
    assert version["tags"] == ["latest"] and version["is_latest"] is True
    assert version["version_hash"] == version["id"][-8:]
    assert version["change_description"] == "Auto-created from SDK batch operation"


def test_parallel_requests_of_one_group_make_one_version_with_all_items(api, project):
    id = made(api, project)
    put(api, id, item(q="before"))
    group = new_id()
    batches = [[item(q=f"{batch}-{n}") for n in range(50)] for batch in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda batch: put(api, id, *batch, batch_group_id=group), batches))
    newest, oldest = versions(api, id)
    assert (newest["version_name"], newest["items_total"], newest["items_added"]) == ("v2", 401, 400)
    assert oldest["items_total"] == 1
    assert len(texts(api, id)) == 401 and texts(api, id, version=oldest["version_hash"]) == ["before"]


def test_changes_make_a_version_on_top_of_the_newest(api, project):
    id = made(api, project)
    kept, edited, deleted = item(q="kept"), item(q="old", more=1), item(q="gone")
    first = change(api, id, added_items=[kept, edited, deleted], change_description="first")
    second = change(
        api,
        id,
        base_version=first["id"],
        added_items=[item(q="new")],
        edited_items=[{"id": edited["id"], "data": {"q": "edited"}}],
        deleted_ids=[deleted["id"]],
        tags=["good"],
        metadata={"why": "better"},
    )
    counts = [second[f"items_{kind}"] for kind in ("total", "added", "modified", "deleted")]
    assert counts == [3, 1, 1, 1]
    assert (second["tags"], second["metadata"]) == (["latest", "good"], {"why": "better"})
    assert sorted(texts(api, id)) == ["edited", "kept", "new"]
    assert sorted(texts(api, id, version="v1" and first["version_hash"])) == ["gone", "kept", "old"]
    assert texts(api, id, version="good") == texts(api, id, version="latest")
    stale = change(api, id, status=409, base_version=first["id"], added_items=[item(q="late")])
    text = "Version conflict: baseVersion is not the latest. Use override=true to force creation."
    assert stale == {"errors": [text]}
    forced = change(api, id, override=True, base_version=first["id"], added_items=[item(q="late")])
    assert forced["version_name"] == "v3"
    assert sorted(texts(api, id)) == ["gone", "kept", "late", "old"]
    assert change(api, id, status=409, added_items=[item(q="x")])["errors"] == [text]


def test_an_old_version_is_restored_as_a_new_one(api, project):
    id = made(api, project)
    first = change(api, id, added_items=[item(q="a"), item(q="b")])
    change(api, id, base_version=first["id"], deleted_ids=[row["id"] for row in api.get(f"datasets/{id}/items")["content"]])
    assert texts(api, id) == []
    restored = api.send("POST", f"datasets/{id}/versions/restore", {"version_ref": first["version_hash"]}).json()
    assert (restored["version_name"], restored["items_total"], restored["items_added"]) == ("v3", 2, 2)
    assert restored["change_description"] == f"Restored from version: {first['version_hash']}"
    assert sorted(texts(api, id)) == ["a", "b"]
    again = api.send("POST", f"datasets/{id}/versions/restore", {"version_ref": "latest"}).json()
    assert again["id"] == restored["id"] and len(versions(api, id)) == 3
    unknown = api.send("POST", f"datasets/{id}/versions/restore", {"version_ref": "0badc0de"})
    assert unknown.status_code == 404
    assert f"Version not found for dataset hash='0badc0de' datasetId='{id}'" in unknown.text


def test_two_versions_are_compared_by_counts(api, project):
    id = made(api, project)
    kept, edited = item(q="kept"), item(q="old")
    first = change(api, id, added_items=[kept, edited, item(q="gone")])
    gone = [row["id"] for row in api.get(f"datasets/{id}/items")["content"] if row["data"]["q"] == "gone"]
    change(
        api,
        id,
        base_version=first["id"],
        added_items=[item(q="new"), item(q="newer")],
        edited_items=[{"id": edited["id"], "data": {"q": "edited"}}],
        deleted_ids=gone,
    )
    diff = api.get(f"datasets/{id}/versions/diff", **{"from": first["version_hash"], "to": "latest"})
    assert diff["statistics"] == {"items_added": 2, "items_modified": 1, "items_deleted": 1, "items_unchanged": 1}


def test_tags_name_one_version_each(api, project):
    id = made(api, project)
    first = change(api, id, added_items=[item(q="a")])
    second = change(api, id, base_version=first["id"], added_items=[item(q="b")])
    path = f"datasets/{id}/versions"
    assert api.send("POST", f"{path}/hash/{first['version_hash']}/tags", {"tag": "stable"}).status_code == 204
    taken = api.send("POST", f"{path}/hash/{second['version_hash']}/tags", {"tag": "stable"})
    assert taken.status_code == 409 and taken.json() == {"errors": ["Tag already exists for this dataset, tag='stable'"]}
    assert texts(api, id, version="stable") == ["a"]
    assert api.send("DELETE", f"{path}/{first['version_hash']}/tags/stable").status_code == 204
    assert api.send("DELETE", f"{path}/{second['version_hash']}/tags/latest").status_code == 400
    told = api.send("PATCH", f"{path}/hash/{second['version_hash']}", {"change_description": "b", "tags_to_add": ["stable"]})
    assert (told.status_code, told.json()["change_description"]) == (200, "b")
    assert told.json()["tags"] == ["latest", "stable"]
    assert api.send("GET", f"{path}/hash/00000000").status_code == 404


def test_a_version_is_found_by_its_number(api, project):
    id = made(api, project)
    first = change(api, id, added_items=[item(q="a")])
    path = f"datasets/{id}/versions/retrieve"
    assert api.send("POST", path, {"version_name": "v1"}).json()["id"] == first["id"]
    assert api.send("POST", path, {"version_name": "v2"}).status_code == 404
    assert api.send("POST", path, {"version_name": "first"}).status_code == 400


def test_a_version_begins_with_what_another_dataset_has(api, project):
    source = made(api, project)
    version = change(api, source, added_items=[item(q="a"), item(q="b")])
    target = new_id()
    assert api.send("POST", "datasets", {"id": target, "name": f"copy-{project}"}).status_code == 201
    copy = {"copy_from_dataset_id": source, "copy_from_version_id": version["id"]}
    made_version = change(api, target, added_items=[item(q="c")], **copy)
    assert (made_version["items_total"], sorted(texts(api, target))) == (3, ["a", "b", "c"])
    assert sorted(texts(api, source)) == ["a", "b"]
    half = {"dataset_id": target, "items": [item(q="d")], "copy_from_dataset_id": source}
    assert api.send("PUT", "datasets/items", half).status_code == 422


def test_pages_are_stable_and_their_total_is_exact(api, project):
    id = made(api, project)
    rows = [item(q=f"{n:05}") for n in range(3210)]
    group = new_id()
    for at in range(0, len(rows), 1000):
        put(api, id, *rows[at : at + 1000], batch_group_id=group)
    wanted = [row["data"]["q"] for row in sorted(rows, key=lambda row: row["id"], reverse=True)]
    seen = []
    for number in range(1, 8):
        page = api.get(f"datasets/{id}/items", page=number, size=500)
        assert (page["total"], page["page"], page["size"]) == (3210, number, len(page["content"]))
        seen += [row["data"]["q"] for row in page["content"]]
    assert seen == wanted
    assert api.get(f"datasets/{id}/items", page=9, size=500)["content"] == []
    streamed, last = [], None
    while True:
        body = {"dataset_name": f"set-{project}", "steam_limit": 700, "last_retrieved_id": last}
        lines = api.send("POST", "datasets/items/stream", body).text.splitlines()
        rows_read = [json.loads(line) for line in lines]
        streamed += [row["data"]["q"] for row in rows_read]
        if len(rows_read) < 700:
            break
        last = rows_read[-1]["id"]
    assert streamed == wanted


def test_an_unknown_dataset_streams_nothing(api, project):
    response = api.send("POST", "datasets/items/stream", {"dataset_name": f"none-{project}"})
    assert (response.status_code, response.content) == (200, b"")


def test_items_are_edited_one_by_one_and_together(api, project):
    id = made(api, project)
    one, two = item(q="a"), {**item(q="b"), "tags": ["x"]}
    put(api, id, one, two)
    assert api.send("PATCH", f"datasets/items/{one['id']}", {"data": {"q": "A"}, "description": "first"}).status_code == 204
    found = api.get(f"datasets/items/{one['id']}")
    assert (found["data"], found["description"], found["dataset_id"]) == ({"q": "A"}, "first", id)
    body = {"ids": [one["id"], two["id"]], "update": {"tags": ["y"]}, "merge_tags": True}
    assert api.send("PATCH", "datasets/items/batch", body).status_code == 204
    assert api.get(f"datasets/items/{two['id']}")["tags"] == ["x", "y"]
    by_filter = {"dataset_id": id, "filters": [{"field": "tags", "operator": "contains", "value": "x"}], "update": {"tags": ["z"]}}
    assert api.send("PATCH", "datasets/items/batch", by_filter).status_code == 204
    assert api.get(f"datasets/items/{two['id']}")["tags"] == ["z"]
    assert api.get(f"datasets/items/{one['id']}")["tags"] == ["y"]
    assert api.send("PATCH", f"datasets/items/{UNKNOWN_ID}", {"data": {"q": "A"}}).status_code == 404
    assert api.send("GET", f"datasets/items/{UNKNOWN_ID}").status_code == 404


def test_items_are_deleted_by_filter(api, project):
    id = made(api, project)
    put(api, id, *[item(q=str(n), even=n % 2 == 0) for n in range(10)])
    filters = [{"field": "data", "key": "even", "operator": "=", "value": "true"}]
    assert api.send("POST", "datasets/items/delete", {"dataset_id": id, "filters": filters}).status_code == 204
    assert sorted(texts(api, id)) == ["1", "3", "5", "7", "9"]
    everything = {"dataset_id": id, "filters": [], "batch_group_id": new_id()}
    assert api.send("POST", "datasets/items/delete", everything).status_code == 204
    newest, oldest = versions(api, id)
    assert (newest["items_total"], newest["items_deleted"], oldest["items_total"]) == (0, 5, 5)


def test_every_item_filter_is_answered(api, project):
    id = made(api, project)
    one = {**item(q="Why?", deep={"n": [5]}), "tags": ["hard"], "description": "first"}
    put(api, id, one, item(q="how?"))

    def found(field: str, operator: str, value: str, key: str = "") -> list[str]:
        filter = {"field": field, "operator": operator, "value": value, "key": key}
        return texts(api, id, filters=json.dumps([filter]))

    assert found("id", "=", one["id"]) == ["Why?"]
    assert found("data", "contains", "WHY", "q") == ["Why?"]
    assert found("data", "=", "5", "deep.n[0]") == ["Why?"]
    assert found("full_data", "contains", '"deep"') == ["Why?"]
    assert found("tags", "contains", "har") == ["Why?"]
    assert found("description", "starts_with", "fir") == ["Why?"]
    assert sorted(found("source", "=", "manual")) == ["Why?", "how?"]
    assert found("created_at", ">", "2100-01-01T00:00:00Z") == []
    bad = api.http.get(f"datasets/{id}/items", params={"filters": '[{"field":"tags","operator":">","value":"1"}]'})
    assert (bad.status_code, bad.json()["message"]) == (400, "Invalid operator '>' for field 'tags' of type 'list'")


def test_columns_tell_what_stands_in_the_data(api, project):
    id = made(api, project)
    put(api, id, item(q="a", n=1), item(q=None, deep={}))
    columns = api.get(f"datasets/{id}/items")["columns"]
    assert {row["name"]: row["types"] for row in columns} == {"q": ["string", "null"], "n": ["number"], "deep": ["object"]}
    assert {row["filterField"] for row in columns} == {"data.q", "data.n", "data.deep"}


def test_datasets_are_listed_named_sorted_and_changed(api, project):
    ids = []
    for name in ("b", "a", "c"):
        id = new_id()
        ids.append(id)
        assert api.send("POST", "datasets", {"id": id, "name": f"{name}-{project}", "tags": [name]}).status_code == 201
    page = api.get("datasets", name=project.upper())
    assert [row["id"] for row in page["content"]] == ids[::-1]
    assert (page["total"], page["size"]) == (3, 3) and "name" in page["sortable_by"]
    by_name = api.get("datasets", name=project, sorting='[{"field":"name","direction":"ASC"}]')
    assert [row["tags"] for row in by_name["content"]] == [["a"], ["b"], ["c"]]
    for field, operator, value, expected in [
        ("name", "starts_with", "a-", [1]),
        ("tags", "contains", "b", [0]),
        ("created_at", ">", "2100-01-01T00:00:00Z", []),
    ]:
        filters = json.dumps([{"field": field, "operator": operator, "value": value}])
        found = api.get("datasets", name=project, filters=filters)
        assert [row["id"] for row in found["content"]] == [ids[at] for at in expected], field
    assert api.send("GET", 'datasets?filters=[{"field":"cats","operator":"=","value":"1"}]').status_code == 400
    change_it = {"name": f"d-{project}", "description": "changed", "visibility": "public"}
    assert api.send("PUT", f"datasets/{ids[0]}", change_it).status_code == 204
    found = api.get(f"datasets/{ids[0]}")
    assert (found["name"], found["description"], found["visibility"]) == (f"d-{project}", "changed", "public")
    assert api.send("PUT", f"datasets/{ids[1]}", {"name": f"d-{project}"}).status_code == 409
    assert api.send("DELETE", f"datasets/{ids[0]}").status_code == 204
    assert api.send("GET", f"datasets/{ids[0]}").status_code == 404
    assert api.send("POST", "datasets/delete-batch", {"ids": ids}).status_code == 204
    assert api.get("datasets", name=project)["total"] == 0


def test_datasets_are_found_by_the_prompts_that_experiments_tried_on_them(client, api, project):
    prompt = client.create_prompt(name=f"greet-{project}", prompt="Hello", project_name=project)
    id = api.get("prompts", name=f"greet-{project}")["content"][0]["id"]
    assert api.get("datasets", prompt_id=id)["total"] == 0
    tried, other = (client.create_dataset(f"{name}-{project}", project_name=project) for name in ("tried", "other"))
    client.create_experiment(dataset_name=tried.name, name="run", project_name=project, prompts=[prompt])
    client.create_experiment(dataset_name=other.name, name="run", project_name=project)
    assert [row["id"] for row in api.get("datasets", prompt_id=id)["content"]] == [tried.id]


def test_a_test_suite_keeps_its_evaluators_and_policy(api, project):
    id = made(api, project, type="evaluation_suite")
    assert api.get(f"datasets/{id}")["type"] == "evaluation_suite"
    judge = [{"name": "judge", "type": "llm_judge", "config": {"prompt": "is it so?"}}]
    policy = {"runs_per_item": 3, "pass_threshold": 2}
    first = change(api, id, added_items=[{**item(q="a"), "evaluators": judge}], evaluators=judge, execution_policy=policy)
    assert (first["evaluators"], first["execution_policy"]) == (judge, policy)
    second = change(api, id, base_version=first["id"], added_items=[{**item(q="b"), "execution_policy": policy}])
    assert (second["evaluators"], second["execution_policy"]) == (judge, policy)
    third = change(api, id, base_version=second["id"], clear_execution_policy=True)
    assert "execution_policy" not in third and third["evaluators"] == judge
    rows = {row["data"]["q"]: row for row in api.get(f"datasets/{id}/items")["content"]}
    assert rows["a"]["evaluators"] == judge and rows["b"]["execution_policy"] == policy


def test_opik_ids_of_items_survive_in_the_sdk(dataset):
    id = new_id()
    dataset.insert([{"id": id, "q": "mine"}])
    assert [row["id"] for row in dataset.get_items()] == [id]
    assert isinstance(dataset, opik.Dataset)


def test_items_are_made_from_traces_and_spans(api, project):
    dataset = made(api, project)
    trace, span = new_id(), new_id()
    api.write("traces", trace_row(project, id=trace, input={"q": 1}, output={"a": 2}, metadata={"m": 3}, tags=["gold"]))
    row = {"id": span, "project_name": project, "trace_id": trace, "start_time": START, "type": "llm", "name": "think", "input": {"q": 4}, "output": {"a": 5}}
    api.write("spans", {**row, "usage": {"total_tokens": 6}})
    options = {"include_spans": True, "include_tags": True, "includeMetadata": True, "include_usage": True}
    body = {"trace_ids": [trace], "enrichment_options": options}
    assert api.send("POST", f"datasets/{dataset}/items/from-traces", body).status_code == 204
    assert api.send("POST", f"datasets/{dataset}/items/from-spans", {"span_ids": [span], "enrichment_options": {}}).status_code == 204
    of_span, of_trace = sorted(api.get(f"datasets/{dataset}/items")["content"], key=lambda item: item["source"])
    assert (of_trace["source"], of_trace["trace_id"]) == ("trace", trace)
    thought = {"name": "think", "type": "llm", "input": {"q": 4}, "output": {"a": 5}}
    assert of_trace["data"] == {
        "input": {"q": 1}, "expected_output": {"a": 2}, "metadata": {"m": 3}, "tags": ["gold"], "usage": {"total_tokens": 6}, "spans": [thought],
    }
    assert (of_span["source"], of_span["span_id"], of_span["data"]) == ("span", span, {"input": {"q": 4}, "expected_output": {"a": 5}})
    unknown = api.send("POST", f"datasets/{dataset}/items/from-traces", {"trace_ids": [new_id()]})
    assert unknown.status_code == 404
