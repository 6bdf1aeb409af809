"""Annotation queues: what waits for people to judge it, who judges, and how far they have come."""

import json

import pytest

from api import UNKNOWN_ID, Api, eventually, instant, new_id, trace_row
from cairn_server import cairn


@pytest.fixture
def project_id(api, project) -> str:
    api.write("traces", trace_row(project))
    return api.send("POST", "projects/retrieve", {"name": project}).json()["id"]


def queue_of(project_id: str, **fields) -> dict:
    return {"id": new_id(), "project_id": project_id, "name": "answers", "scope": "trace", **fields}


def made(api, project_id: str, **fields) -> str:
    body = queue_of(project_id, **fields)
    response = api.send("POST", "annotation-queues", body)
    assert (response.status_code, response.content) == (201, b""), response.text
    assert response.headers["location"].endswith(f"/v1/private/annotation-queues/{body['id']}")
    return body["id"]


def recorded(api, project: str, count: int) -> list[str]:
    rows = [trace_row(project, name=f"run {n}") for n in range(count)]
    api.write("traces", *rows)
    return [row["id"] for row in rows]


def put_in(api, queue: str, *ids: str) -> None:
    response = api.send("POST", f"annotation-queues/{queue}/items/add", {"ids": list(ids)})
    assert (response.status_code, response.content) == (204, b""), response.text


def judge(api, project: str, trace: str, value: float, **fields) -> None:
    api.score("traces", {"id": trace, "project_name": project, "name": "right", "value": value, "source": "ui", **fields})


def shown(api, queue: str) -> dict:
    return api.get(f"annotation-queues/{queue}")


def asks(field: str, operator: str, value: str = "") -> str:
    return json.dumps([{"field": field, "operator": operator, "value": value}])


# Through the SDK.


def test_traces_are_put_in_a_queue_found_there_and_taken_out(client, api, project):
    traces = [client.trace(name=f"run {n}", input={"n": n}) for n in range(3)]
    client.flush()
    queue = client.create_traces_annotation_queue(
        name="answers",
        project_name=project,
        description="of the bot",
        instructions="be kind",
        comments_enabled=True,
        feedback_definition_names=["right"],
    )
    queue.add_traces(traces)
    queue.add_traces(traces[:1])
    assert queue.items_count == 3
    assert sorted(item.id for item in queue.get_items()) == sorted(trace.id for trace in traces)
    queue.remove_traces(traces[:1])
    assert sorted(item.id for item in queue.get_items()) == sorted(trace.id for trace in traces[1:])
    found = client.get_traces_annotation_queue(queue.id)
    assert (found.name, found.description, found.instructions) == ("answers", "of the bot", "be kind")
    assert (found.comments_enabled, found.feedback_definition_names, found.items_count) == (True, ["right"], 2)
    found.update(name="replies", feedback_definition_names=["right", "tone"])
    assert queue.id in [known.id for known in client.get_traces_annotation_queues(project_name=project)]
    content = shown(api, queue.id)
    assert (content["name"], content["instructions"], content["project_name"]) == ("replies", "be kind", project)
    assert content["feedback_definition_names"] == ["right", "tone"]
    found.delete()
    assert api.send("GET", f"annotation-queues/{queue.id}").status_code == 404


def test_queues_of_threads_are_told_apart(client, api, project, project_id):
    threads = client.create_threads_annotation_queue(name="talks", project_name=project)
    assert shown(api, threads.id)["scope"] == "thread"
    assert client.get_threads_annotation_queue(threads.id).name == "talks"
    assert [queue.id for queue in client.get_threads_annotation_queues(project_name=project)] == [threads.id]
    assert client.get_traces_annotation_queues(project_name=project) == []
    client.delete_annotation_queue(threads.id)
    assert client.get_threads_annotation_queues(project_name=project) == []


# Through plain HTTP.


def test_all_of_a_queue_is_shown_as_it_was_written(api, project, project_id):
    automation = {"enabled": True, "conditions": {"groups": [{"conditions": [{"score_name": "right", "operator": "<", "value": 0.50}]}]}}
    view = {"html": "<p>hello</p>", "kit_version": 1, "summary": "a view"}
    queue = made(
        api,
        project_id,
        annotators_per_item=2,
        lock_timeout_seconds=60,
        automation=automation,
        annotator_view=view,
        comments_enabled=True,
    )
    found = shown(api, queue)
    assert (found["annotators_per_item"], found["lock_timeout_seconds"]) == (2, 60)
    assert (found["automation"], found["annotator_view"]) == (automation, view)
    assert (found["items_count"], found["created_by"], found["feedback_definition_names"]) == (0, "admin", [])
    assert "reviewers" not in found and "feedback_scores" not in found
    assert api.send("POST", "annotation-queues", queue_of(project_id, id=queue, name="other")).status_code == 201
    assert shown(api, queue)["name"] == "answers", "a repeated creation changes nothing"
    plain = shown(api, made(api, project_id))
    assert (plain["annotators_per_item"], plain["comments_enabled"]) == (1, False)
    assert "automation" not in plain


def test_what_people_say_counts_and_nothing_else(api, project, project_id):
    one, two, three = recorded(api, project, 3)
    queue = made(api, project_id, feedback_definition_names=["right"])
    judge(api, project, one, 1)
    put_in(api, queue, one, two, three)
    assert shown(api, queue)["reviewers"] == [{"username": "admin", "status": 1}]
    judge(api, project, two, 0, author="bob")
    judge(api, project, one, 0.5, author="bob", source_queue_id=queue)
    judge(api, project, three, 1, author="eve", source_queue_id=new_id())
    judge(api, project, three, 1, author="judge", source="online_scoring")
    judge(api, project, three, 1, author="dan", name="tone")
    found = shown(api, queue)
    assert found["reviewers"] == [{"username": "admin", "status": 1}, {"username": "bob", "status": 2}]
    assert found["feedback_scores"] == [{"name": "right", "value": 0.375}]
    assert api.send("PATCH", f"annotation-queues/{queue}", {"feedback_definition_names": ["tone"]}).status_code == 204
    found = shown(api, queue)
    assert found["reviewers"] == [{"username": "dan", "status": 1}]
    assert found["feedback_scores"] == [{"name": "tone", "value": 1}]
    assert api.send("POST", f"traces/{three}/feedback-scores/delete", {"name": "tone"}).status_code == 204
    found = shown(api, queue)
    assert "reviewers" not in found and found["items_count"] == 3


def test_a_deleted_trace_leaves_its_queues(api, project, project_id):
    one, two = recorded(api, project, 2)
    queue = made(api, project_id)
    put_in(api, queue, one, two)
    judge(api, project, one, 1)
    assert api.send("POST", "traces/delete", {"ids": [one]}).status_code == 204
    found = shown(api, queue)
    assert found["items_count"] == 1 and "reviewers" not in found


def test_traces_are_filtered_by_the_queues_that_they_are_in(api, project, project_id):
    one, two, three = recorded(api, project, 3)
    first, second = made(api, project_id, name="a"), made(api, project_id, name="b")
    put_in(api, first, one, two)
    put_in(api, second, two)

    def found(operator: str, value: str = "") -> set[str]:
        rows = api.page("traces", project, filters=asks("annotation_queue_ids", operator, value), size=100)["content"]
        return {row["id"] for row in rows} & {one, two, three}

    assert found("contains", first) == {one, two}
    assert found("=", second) == {two}
    assert found("not_contains", second) == {one, three}
    assert found("is_empty") == {three}
    assert found("is_not_empty") == {one, two}
    assert found("contains", UNKNOWN_ID) == set()
    streamed = api.stream_rows("traces", project_name=project, filters=json.loads(asks("annotation_queue_ids", "contains", first)))
    assert [row["id"] for row in streamed] == [two, one]
    total = api.page("traces", project, filters=asks("annotation_queue_ids", "contains", first), size=1)["total"]
    assert total == 2
    assert api.get("traces/stats", project_name=project, filters=asks("annotation_queue_ids", "contains", first))["stats"][0]["value"] == 2
    both = json.dumps([*json.loads(asks("annotation_queue_ids", "contains", first)), *json.loads(asks("name", "=", "run 0"))])
    assert [row["id"] for row in api.page("traces", project, filters=both)["content"]] == [one]
    queues = api.get(f"traces/{two}")["annotation_queues"]
    assert queues == [{"id": first, "name": "a"}, {"id": second, "name": "b"}]
    assert "annotation_queues" not in api.get(f"traces/{three}")
    row = api.page("traces", project, filters=asks("id", "=", two), exclude='["annotation_queues"]')["content"][0]
    assert "annotation_queues" not in row


def test_items_are_searched_for_within_a_queue(api, project, project_id):
    one, two, three = recorded(api, project, 3)
    queue = made(api, project_id)
    put_in(api, queue, one, two)
    search = f"annotation-queues/{queue}/items/search"
    found = api.send("POST", search, {"ids": [two, three]})
    assert (found.status_code, found.json()) == (200, {"content": [{"id": two, "source": "manual"}]})
    everything = api.send("POST", search, {}).json()["content"]
    assert [row["id"] for row in everything] == [one, two]
    assert api.send("POST", search, {"ids": []}).status_code == 422
    assert api.send("POST", f"annotation-queues/{UNKNOWN_ID}/items/search", {"ids": [one]}).status_code == 404


def test_a_lock_is_kept_for_as_long_as_the_queue_says(api, project, project_id):
    one, two = recorded(api, project, 2)
    queue = made(api, project_id, lock_timeout_seconds=600)
    put_in(api, queue, one)
    before = shown(api, queue)
    locked = api.send("PUT", f"annotation-queues/{queue}/items/{one}/lock")
    assert locked.status_code == 200
    said = locked.json()
    assert (said["acquired"], said["item_id"], said["locked_by"]) == (True, one, "admin")
    age = instant(said["expires_at"]) - instant(before["created_at"])
    assert 600 <= age.total_seconds() <= 700
    again = api.send("PUT", f"annotation-queues/{queue}/items/{one}/lock").json()
    assert again["acquired"] and instant(again["expires_at"]) > instant(said["expires_at"])
    assert api.get(f"annotation-queues/{queue}/locks") == {"locks": {one: {"active_locks": 1, "locked_by": ["admin"]}}}
    assert api.send("PUT", f"annotation-queues/{queue}/items/{two}/lock").status_code == 404
    assert api.send("PUT", f"annotation-queues/{UNKNOWN_ID}/items/{one}/lock").status_code == 404
    assert api.send("GET", f"annotation-queues/{UNKNOWN_ID}/locks").status_code == 404
    judge(api, project, one, 1, author="bob")
    others = api.send("PUT", f"annotation-queues/{queue}/items/{one}/lock").json()
    assert others["locked_by"] == "admin", "the lock that is held runs on"
    api.send("POST", f"annotation-queues/{queue}/items/delete", {"ids": [one]})
    assert api.get(f"annotation-queues/{queue}/locks") == {"locks": {}}


def test_a_lock_runs_out(api, project, project_id):
    [one] = recorded(api, project, 1)
    queue = made(api, project_id, lock_timeout_seconds=1)
    put_in(api, queue, one)
    assert api.send("PUT", f"annotation-queues/{queue}/items/{one}/lock").json()["acquired"]
    assert eventually("the lock is gone", lambda: api.get(f"annotation-queues/{queue}/locks") == {"locks": {}})


def test_many_queues_are_made_at_once_or_none(api, project, project_id):
    batch = [queue_of(project_id, name=f"n{n}") for n in range(3)]
    response = api.send("POST", "annotation-queues/batch", {"annotation_queues": batch})
    assert (response.status_code, response.content) == (204, b"")
    assert [shown(api, queue["id"])["name"] for queue in batch] == ["n0", "n1", "n2"]
    fresh = queue_of(project_id)
    response = api.send("POST", "annotation-queues/batch", {"annotation_queues": [fresh, batch[0]]})
    assert response.status_code == 409
    assert api.send("GET", f"annotation-queues/{fresh['id']}").status_code == 404
    assert api.send("POST", "annotation-queues/batch", {"annotation_queues": []}).status_code == 422
    assert api.send("POST", "annotation-queues/delete", {"ids": [batch[0]["id"], UNKNOWN_ID]}).status_code == 204
    assert api.send("GET", f"annotation-queues/{batch[0]['id']}").status_code == 404


def test_queues_are_listed_by_what_they_are(api, project, project_id):
    first = made(api, project_id, name=f"Aa {project}", feedback_definition_names=["right"], instructions="be kind")
    second = made(api, project_id, name=f"b {project}", scope="thread")
    put_in(api, first, *recorded(api, project, 2))

    def ids(**params) -> list[str]:
        return [row["id"] for row in api.get("annotation-queues", name=project, **params)["content"]]

    assert ids() == [second, first]
    for field in (
        asks("project_id", "=", project_id),
        asks("created_by", "=", "admin"),
    ):
        assert ids(filters=field) == [second, first], field
    for field in (
        asks("id", "=", first),
        asks("name", "starts_with", "aa"),
        asks("instructions", "contains", "KIND"),
        asks("scope", "=", "trace"),
        asks("feedback_definition_names", "contains", "right"),
    ):
        assert ids(filters=field) == [first], field
    for field in ("name", "items_count", "created_at"):
        for direction, wanted in (("ASC", [first, second]), ("DESC", [second, first])):
            wanted = wanted[::-1] if field == "items_count" else wanted
            assert ids(sorting=json.dumps([{"field": field, "direction": direction}])) == wanted, (field, direction)
    page = api.get("annotation-queues", name=project, page=2, size=1)
    assert (page["page"], page["size"], page["total"], page["content"][0]["id"]) == (2, 1, 2, first)
    assert "items_count" in page["sortable_by"]
    assert api.http.get("annotation-queues", params={"filters": asks("unknown", "=", "x")}).status_code == 400


def test_what_is_not_acceptable_is_refused(api, project_id):
    def refusal(method: str, path: str, body: dict) -> tuple[int, list[str]]:
        response = api.send(method, path, body)
        return response.status_code, response.json().get("errors")

    for fields, text in (
        ({"name": " "}, "name must not be blank"),
        ({"name": None}, "name must not be blank"),
        ({"project_id": None}, "projectId must not be null"),
        ({"scope": None}, "scope must not be null"),
        ({"annotators_per_item": 0}, "annotatorsPerItem must be between 1 and 1000"),
        ({"lock_timeout_seconds": 3601}, "lockTimeoutSeconds must be between 1 and 3600"),
        ({"feedback_definition_names": [""]}, "feedbackDefinitionNames[0] must not be blank"),
    ):
        assert refusal("POST", "annotation-queues", {**queue_of(project_id), **fields}) == (422, [text])
    assert api.send("POST", "annotation-queues", queue_of(project_id, scope="span")).status_code == 400
    assert api.send("POST", "annotation-queues", queue_of(UNKNOWN_ID)).status_code == 404
    wrong = api.send("POST", "annotation-queues", queue_of(project_id, id="0190babc-62a0-41d2-832a-0feffa4676eb"))
    assert wrong.status_code == 400 and "version 7 UUID" in wrong.json()["details"]
    queue = made(api, project_id)
    for verb in ("add", "delete"):
        assert refusal("POST", f"annotation-queues/{queue}/items/{verb}", {"ids": []})[0] == 422
        assert refusal("POST", f"annotation-queues/{queue}/items/{verb}", {"ids": [new_id() for _ in range(1001)]})[0] == 422
        assert api.send("POST", f"annotation-queues/{UNKNOWN_ID}/items/{verb}", {"ids": [new_id()]}).status_code == 404
    assert api.send("PATCH", f"annotation-queues/{UNKNOWN_ID}", {"name": "x"}).status_code == 404


def test_traces_come_into_a_queue_by_their_scores(api, project, project_id):
    one, two, three, four = recorded(api, project, 4)

    def below(value: float, **fields) -> dict:
        condition = {"score_name": "right", "operator": "<", "value": value}
        return {"enabled": True, "conditions": {"groups": [{"conditions": [condition]}]}, **fields}

    queue = made(api, project_id, automation=below(0.5, max_items_in_queue=2))
    elsewhere = made(api, project_id, scope="thread", automation=below(0.5))
    off = made(api, project_id, automation=below(0.5, enabled=False))
    judge(api, project, one, 0.2, source="online_scoring", author="judge")
    judge(api, project, two, 0.7)
    judge(api, project, three, 0.9)
    search = f"annotation-queues/{queue}/items/search"
    assert api.send("POST", search, {}).json()["content"] == [{"id": one, "source": "automated"}]
    judge(api, project, two, 0.1)
    judge(api, project, four, 0.1)
    assert [row["id"] for row in api.send("POST", search, {}).json()["content"]] == [one, two], "there is room for two"
    assert (shown(api, elsewhere)["items_count"], shown(api, off)["items_count"]) == (0, 0)
    changed = {"automation": below(0.5, max_items_in_queue=3)}
    assert api.send("PATCH", f"annotation-queues/{queue}", changed).status_code == 204
    judge(api, project, four, 0.2)
    assert shown(api, queue)["items_count"] == 3
    odd = {"enabled": True, "conditions": {"groups": [{"conditions": [{"score_name": "a", "operator": "~", "value": 1}]}]}}
    assert api.send("PATCH", f"annotation-queues/{queue}", {"automation": odd}).status_code == 400
    assert api.get("toggles")["annotation_queue_automation_enabled"] is True


def test_queues_are_the_same_after_a_rebuild(own_server, project):
    own_server.start()
    with Api(own_server.root_url) as api:
        traces = recorded(api, project, 3)
        project_id = api.send("POST", "projects/retrieve", {"name": project}).json()["id"]
        queue = made(api, project_id, feedback_definition_names=["right"], annotators_per_item=2)
        judge(api, project, traces[0], 1)
        put_in(api, queue, *traces)
        judge(api, project, traces[1], 0.5, author="bob")
        api.send("PUT", f"annotation-queues/{queue}/items/{traces[2]}/lock")
        api.send("POST", f"annotation-queues/{queue}/items/delete", {"ids": traces[1:2]})
        before = [api.http.get(path).content for path in ("annotation-queues", f"annotation-queues/{queue}/locks")]
    assert own_server.stop() == 0
    done = cairn("rebuild", "--data", str(own_server.data))
    assert done.returncode == 0, done.stderr
    own_server.start()
    with Api(own_server.root_url) as api:
        after = [api.http.get(path).content for path in ("annotation-queues", f"annotation-queues/{queue}/locks")]
    assert after == before
