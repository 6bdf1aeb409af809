"""Somebody writes beside a trace or a span what they think of it; others read it there, look for it and count on it."""

import json

import pytest

from api import UNKNOWN_ID, instant, new_id, span_row, trace_row


@pytest.fixture(params=["traces", "spans"])
def kind(request):
    return request.param


@pytest.fixture
def row(api, project, kind):
    made = trace_row(project, name="asked") if kind == "traces" else span_row(project, name="asked")
    api.write(kind, made)
    return made


def comment(api, kind: str, row: dict, text: str, **fields) -> str:
    response = api.send("POST", f"{kind}/{row['id']}/comments", {"text": text, **fields})
    assert response.status_code == 201, response.text
    made = response.json()["id"]
    assert response.headers["location"].endswith(f"/{kind}/{row['id']}/comments/{made}")
    return made


def comments(api, kind: str, row: dict) -> list[dict] | None:
    return api.get(f"{kind}/{row['id']}").get("comments")


def found(api, kind: str, project: str, **params) -> list[str]:
    return [row["id"] for row in api.page(kind, project, **params)["content"]]


def test_a_comment_is_read_beside_what_it_is_about(api, project, kind, row):
    assert comments(api, kind, row) is None
    made = comment(api, kind, row, "this answer is wrong")
    [shown] = comments(api, kind, row)
    assert instant(shown["created_at"]) == instant(shown["last_updated_at"])
    assert {key: shown[key] for key in ("id", "text", "created_by", "last_updated_by")} == {
        "id": made,
        "text": "this answer is wrong",
        "created_by": "admin",
        "last_updated_by": "admin",
    }
    [listed] = api.page(kind, project)["content"]
    [streamed] = api.stream_rows(kind, project_name=project)
    assert listed["comments"] == streamed["comments"] == [shown]
    assert api.get(f"{kind}/{row['id']}/comments/{made}") == shown
    [without] = api.page(kind, project, exclude=json.dumps(["comments"]))["content"]
    assert "comments" not in without


def test_comments_stand_in_the_order_in_which_they_were_written(api, kind, row):
    texts = ["first", "second", "third"]
    for text in texts:
        comment(api, kind, row, text)
    assert [said["text"] for said in comments(api, kind, row)] == texts


def test_a_comment_is_changed_and_taken_back(api, kind, row):
    made, other = comment(api, kind, row, "wrong"), comment(api, kind, row, "other")
    before = api.get(f"{kind}/{row['id']}/comments/{made}")
    assert api.send("PATCH", f"{kind}/comments/{made}", {"text": "right after all"}).status_code == 204
    after = api.get(f"{kind}/{row['id']}/comments/{made}")
    assert (after["text"], after["created_at"]) == ("right after all", before["created_at"])
    assert instant(after["last_updated_at"]) > instant(before["last_updated_at"])
    assert api.send("POST", f"{kind}/comments/delete", {"ids": [made, new_id()]}).status_code == 204
    assert [said["id"] for said in comments(api, kind, row)] == [other]
    assert api.send("GET", f"{kind}/{row['id']}/comments/{made}").status_code == 404
    assert api.send("POST", f"{kind}/comments/delete", {"ids": [other]}).status_code == 204
    assert comments(api, kind, row) is None


def test_what_is_not_there_cannot_be_commented_on_or_changed(api, kind, row):
    assert api.send("POST", f"{kind}/{UNKNOWN_ID}/comments", {"text": "hm"}).status_code == 404
    assert api.send("PATCH", f"{kind}/comments/{UNKNOWN_ID}", {"text": "hm"}).status_code == 404
    assert api.send("GET", f"{kind}/{row['id']}/comments/{UNKNOWN_ID}").status_code == 404


def test_a_comment_is_found_only_where_it_is(api, project, kind, row):
    made = comment(api, kind, row, "here")
    other = "spans" if kind == "traces" else "traces"
    neighbour = trace_row(project) if kind == "traces" else span_row(project)
    api.write(kind, neighbour)
    assert api.send("GET", f"{kind}/{neighbour['id']}/comments/{made}").status_code == 404
    assert api.send("PATCH", f"{other}/comments/{made}", {"text": "there"}).status_code == 404
    assert api.send("POST", f"{other}/comments/delete", {"ids": [made]}).status_code == 204
    assert [said["text"] for said in comments(api, kind, row)] == ["here"]


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n"}, {"text": None}, {"text": "x" * 10_001}])
def test_a_comment_says_something_of_bounded_length(api, kind, row, body):
    refused = api.send("POST", f"{kind}/{row['id']}/comments", body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0].startswith("text ")


def test_comments_go_with_what_they_are_about(api, project):
    trace = trace_row(project)
    span = span_row(project, trace["id"])
    api.write("traces", trace)
    api.write("spans", span)
    comment(api, "traces", trace, "one")
    comment(api, "spans", span, "two")
    assert api.send("DELETE", f"traces/{trace['id']}").status_code == 204
    api.write("traces", trace)
    api.write("spans", span)
    assert (comments(api, "traces", trace), comments(api, "spans", span)) == (None, None)


def test_what_was_said_is_found_by_a_search(api, project, kind, row):
    others = [trace_row(project) if kind == "traces" else span_row(project) for _ in range(2)]
    api.write(kind, *others)
    made = comment(api, kind, row, "an Extraordinary answer")
    assert found(api, kind, project, search="extraordinary") == [row["id"]]
    assert api.send("PATCH", f"{kind}/comments/{made}", {"text": "plain"}).status_code == 204
    assert found(api, kind, project, search="extraordinary") == []


def test_a_queue_that_asked_for_a_comment_is_named(api, kind, row):
    queue = new_id()
    made = comment(api, kind, row, "as asked", source_queue_id=queue)
    assert api.get(f"{kind}/{row['id']}/comments/{made}")["source_queue_id"] == queue
