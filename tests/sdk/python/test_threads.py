"""A user talks with an application over several traces, and looks at the conversation as one thing: a thread."""

import opik
import pytest
from opik.evaluation import evaluate_threads
from opik.evaluation.metrics.conversation import conversation_thread_metric
from opik.evaluation.metrics.score_result import ScoreResult
from opik.rest_api.core.api_error import ApiError

from api import UNKNOWN_ID, Api, eventually, instant, span_row, trace_row
from cairn_server import cairn
from threaded import at, close, filtered, is_there, names, retrieve, said


def test_what_is_tracked_with_a_thread_id_is_a_thread(server, tracked):
    @opik.track
    def answer(question: str) -> str:
        return question.upper()

    for question in ["hello", "and more"]:
        answer(question, opik_args={"trace": {"thread_id": "greeting"}})
    opik.flush_tracker()
    client = opik.Opik(project_name=tracked, host=server.api_url)
    [thread] = client.get_threads_client().search_threads(project_name=tracked, filter_string='status = "active"')
    assert (thread.id, thread.status, thread.number_of_messages) == ("greeting", "active", 4)
    assert (thread.first_message, thread.last_message) == ({"question": "hello"}, {"output": "AND MORE"})
    assert thread.created_by == "admin"
    client.end()


def test_a_thread_shows_what_its_traces_come_to(api, project):
    first = said(project, "a chat / été", 10, environment="staging")
    last = said(project, "a chat / été", 20, environment="production")
    api.write("traces", last, first)
    api.write(
        "spans",
        span_row(project, first["id"], type="llm", usage={"total_tokens": 7}, total_estimated_cost=0.1),
        span_row(project, last["id"], type="llm", usage={"total_tokens": 5}, total_estimated_cost=0.2),
    )
    thread = retrieve(api, project, "a chat / été")
    times = [instant(thread.pop(name)) for name in ("created_at", "last_updated_at")]
    model_id = thread.pop("thread_model_id")
    assert times[0] <= times[1]
    assert thread == {
        "id": "a chat / été",
        "project_id": api.send("POST", "projects/retrieve", {"name": project}).json()["id"],
        "start_time": at(10),
        "end_time": at(21),
        "duration": 11000.0,
        "first_message": {"text": "question 10"},
        "last_message": {"text": "answer 20"},
        "status": "active",
        "number_of_messages": 4,
        "usage": {"total_tokens": 12},
        "total_estimated_cost": 0.3,
        "environment": "production",
        "created_by": "admin",
        "last_updated_by": "admin",
    }
    # A version 7 id with the time of the earliest trace, which stays whatever comes.
    assert model_id[14] == "7" and model_id[:13] == min(first["id"], last["id"])[:13]
    api.write("traces", said(project, "a chat / été", 5))
    assert retrieve(api, project, "a chat / été")["thread_model_id"] == model_id
    [listed] = api.page("traces/threads", project)["content"]
    [streamed] = api.stream_rows("traces/threads", project_name=project)
    assert listed == streamed == retrieve(api, project, "a chat / été")


def test_traces_of_other_projects_and_without_a_thread_are_others(api, project):
    api.write("traces", said(project, "one", 1), said(f"{project}-2", "one", 1), said(project, "", 1), trace_row(project))
    assert names(api, project) == ["one"]
    assert retrieve(api, project, "one")["number_of_messages"] == 2
    assert retrieve(api, project, "one")["thread_model_id"] != retrieve(api, f"{project}-2", "one")["thread_model_id"]


def test_traces_that_come_late_move_or_go_are_counted_as_they_are(api, project):
    traces = [said(project, "chat", second) for second in (30, 10, 20)]
    api.write("spans", span_row(project, traces[0]["id"], usage={"total_tokens": 3}))
    api.write("traces", *traces)
    assert retrieve(api, project, "chat")["usage"] == {"total_tokens": 3}
    assert api.patch("traces", traces[1]["id"], project_name=project, thread_id="other").status_code == 204
    thread = retrieve(api, project, "chat")
    assert (thread["start_time"], thread["number_of_messages"]) == (at(20), 4)
    assert retrieve(api, project, "other")["first_message"] == {"text": "question 10"}
    assert api.send("POST", "traces/delete", {"ids": [traces[0]["id"]]}).status_code == 204
    thread = retrieve(api, project, "chat")
    assert (thread["end_time"], thread["last_message"], thread["usage"]) == (at(21), {"text": "answer 20"}, {})
    late = said(project, "chat", 40, end_time=None)
    api.write("traces", late)
    assert api.patch("traces", late["id"], project_name=project, end_time=at(50)).status_code == 204
    assert retrieve(api, project, "chat")["end_time"] == at(50)


def test_a_thread_goes_with_its_last_trace_and_begins_anew(api, project):
    trace = said(project, "chat", 1)
    api.write("traces", trace)
    model_id = retrieve(api, project, "chat")["thread_model_id"]
    assert api.send("DELETE", f"traces/{trace['id']}").status_code == 204
    assert not is_there(api, project, "chat")
    assert names(api, project) == []
    api.write("traces", said(project, "chat", 2))
    assert retrieve(api, project, "chat")["thread_model_id"] != model_id


def test_a_thread_is_deleted_with_its_traces(api, project):
    traces = [said(project, thread, 1) for thread in ("a", "a", "b")]
    api.write("traces", *traces)
    body = {"project_name": project, "thread_ids": ["a", "never was"]}
    assert api.send("POST", "traces/threads/delete", body).status_code == 204
    assert names(api, project) == ["b"]
    assert api.ids("traces", project) == [traces[2]["id"]]
    for broken in ({"project_name": project, "thread_ids": []}, {"project_name": project}):
        response = api.send("POST", "traces/threads/delete", broken)
        assert (response.status_code, response.json()) == (422, {"errors": ["threadIds must not be empty"]})


def test_a_thread_is_closed_and_opened_at_once(api, client, project):
    api.write("traces", *[said(project, thread, 1) for thread in ("a", "b", "c")])
    with pytest.deprecated_call():
        client.get_threads_client().close_thread("a", project)
    assert retrieve(api, project, "a")["status"] == "inactive"
    close(api, project, "b", "a")
    inactive = {"field": "status", "operator": "=", "value": "inactive"}
    assert sorted(filtered(api, project, inactive)) == ["a", "b"]
    assert filtered(api, project, {**inactive, "value": "active"}) == ["c"]
    body = {"project_name": project, "thread_id": "b"}
    assert api.send("PUT", "traces/threads/open", body).status_code == 204
    assert filtered(api, project, inactive) == ["a"]


def test_a_new_trace_wakes_a_closed_thread_and_news_of_an_old_one_does_not(api, project):
    trace = said(project, "chat", 1)
    api.write("traces", trace)
    close(api, project, "chat")
    assert api.patch("traces", trace["id"], project_name=project, output={"text": "late"}).status_code == 204
    api.write("spans", span_row(project, trace["id"]))
    assert retrieve(api, project, "chat")["status"] == "inactive"
    api.write("traces", said(project, "chat", 2))
    assert retrieve(api, project, "chat")["status"] == "active"


def test_an_unknown_thread_cannot_be_closed_and_nothing_of_the_request_is_done(api, project):
    api.write("traces", said(project, "chat", 1))
    response = api.send("PUT", "traces/threads/close", {"project_name": project, "thread_ids": ["chat", "unknown"]})
    assert response.status_code == 404 and "unknown" in response.text
    assert retrieve(api, project, "chat")["status"] == "active"
    assert api.send("PUT", "traces/threads/close", {"project_name": f"{project}-2", "thread_id": "chat"}).status_code == 404
    response = api.send("PUT", "traces/threads/close", {"thread_id": "chat"})
    assert response.status_code == 400 and "Either 'project_name' or 'project_id'" in response.text
    assert not is_there(api, project, "unknown")


def test_opening_makes_the_thread_that_is_missing_and_no_list_shows_it_yet(api, project):
    api.write("traces", trace_row(project))
    assert api.send("PUT", "traces/threads/open", {"project_name": project, "thread_id": "new"}).status_code == 204
    assert names(api, project) == []
    close(api, project, "new")
    api.write("traces", said(project, "new", 1))
    assert retrieve(api, project, "new")["status"] == "active"


def test_a_silent_thread_becomes_inactive_after_the_time_that_the_workspace_allows(own_server):
    with Api(own_server.start().root_url) as api:
        body = {"timeout_to_mark_thread_as_inactive": "PT1S"}
        assert api.send("PUT", "workspaces/configurations", body).status_code == 200
        api.write("traces", said("shop", "chat", 1), said("shop", "other", 2))
        model_id = retrieve(api, "shop", "chat")["thread_model_id"]
        inactive = {"field": "status", "operator": "=", "value": "inactive"}
        eventually("both time out", lambda: sorted(filtered(api, "shop", inactive)) == ["chat", "other"])
        api.write("traces", said("shop", "chat", 3))
        thread = retrieve(api, "shop", "chat")
        assert (thread["status"], thread["thread_model_id"]) == ("active", model_id)
        eventually("it times out again", lambda: retrieve(api, "shop", "chat")["status"] == "inactive")
        before = api.page("traces/threads", "shop")
    # What timed out is in the log: it stays so when the server starts again.
    own_server.stop()
    with Api(own_server.start().root_url) as api:
        assert api.page("traces/threads", "shop") == before


def test_tags_are_set_added_and_removed(api, project):
    api.write("traces", said(project, "a", 1), said(project, "b", 2))
    ids = {name: retrieve(api, project, name)["thread_model_id"] for name in ("a", "b")}

    def tags(name: str) -> list[str]:
        return retrieve(api, project, name).get("tags", [])

    assert api.patch("traces/threads", ids["a"], tags=["x", "y"]).status_code == 204
    assert tags("a") == ["x", "y"]
    assert api.patch("traces/threads", ids["a"], tags_to_add=["z"], tags_to_remove=["x"]).status_code == 204
    assert tags("a") == ["y", "z"]
    many = {"ids": [*ids.values(), UNKNOWN_ID], "update": {"tags": ["both"]}, "merge_tags": True}
    assert api.send("PATCH", "traces/threads/batch", many).status_code == 204
    assert (tags("a"), tags("b")) == (["y", "z", "both"], ["both"])
    assert api.send("PATCH", "traces/threads/batch", {**many, "merge_tags": False}).status_code == 204
    assert tags("a") == ["both"]
    assert sorted(filtered(api, project, {"field": "tags", "operator": "contains", "value": "bot"})) == ["a", "b"]
    assert api.patch("traces/threads", UNKNOWN_ID, tags=["x"]).status_code == 404
    response = api.patch("traces/threads", ids["a"], tags_to_add=[f"t{number}" for number in range(50)])
    assert (response.status_code, response.json()) == (422, {"errors": ["Tag limit exceeded: maximum 50 tags per item"]})


def test_scores_of_threads_are_logged_read_and_deleted(api, client, project):
    api.write("traces", said(project, "chat", 1))
    client.get_threads_client().log_threads_feedback_scores(
        [
            {"id": "chat", "name": "Quality", "value": 0.25, "reason": "so so"},
            {"id": "chat", "name": "tone", "value": 1},
            {"id": "early", "name": "Quality", "value": 1},
        ],
        project_name=project,
    )
    client.flush()
    scores = eventually("the scores", lambda: retrieve(api, project, "chat").get("feedback_scores"))
    assert [(score["name"], score["value"], score.get("reason")) for score in scores] == [("Quality", 0.25, "so so"), ("tone", 1, None)]
    assert not is_there(api, project, "early"), "a thread without traces is not shown"
    api.write("traces", said(project, "early", 2))
    assert retrieve(api, project, "early")["feedback_scores"][0]["value"] == 1
    project_id = retrieve(api, project, "chat")["project_id"]
    assert api.get("traces/threads/feedback-scores/names", project_id=project_id) == {"scores": [{"name": "Quality"}, {"name": "tone"}]}
    low = {"field": "feedback_scores", "key": "quality", "operator": "<", "value": "0.5"}
    assert filtered(api, project, low) == ["chat"]
    empty = {"field": "feedback_scores", "key": "tone", "operator": "is_empty", "value": ""}
    assert filtered(api, project, empty) == ["early"]
    body = {"project_name": project, "thread_id": "chat", "names": ["Quality", "unknown"]}
    assert api.send("POST", "traces/threads/feedback-scores/delete", body).status_code == 204
    assert [score["name"] for score in retrieve(api, project, "chat")["feedback_scores"]] == ["tone"]
    for unknown in ({"thread_id": "unknown"}, {"project_name": f"{project}-2"}):
        assert api.send("POST", "traces/threads/feedback-scores/delete", {**body, **unknown}).status_code == 204
    assert not api.project_exists(f"{project}-2")


def test_people_write_beside_a_thread_and_look_for_it(api, project):
    api.write("traces", said(project, "chat", 1))
    api.write("traces", said(project, "other", 2))
    model_id = retrieve(api, project, "chat")["thread_model_id"]
    response = api.send("POST", f"traces/threads/{model_id}/comments", {"text": "went wrong here"})
    assert response.status_code == 201 and response.headers["location"].endswith(f"/traces/threads/{model_id}/comments/{response.json()['id']}")
    made = response.json()["id"]
    thread = retrieve(api, project, "chat")
    [comment] = thread["comments"]
    assert (comment["id"], comment["text"], comment["created_by"]) == (made, "went wrong here", "admin")
    assert api.get(f"traces/threads/{model_id}/comments/{made}") == comment
    assert api.page("traces/threads", project, exclude='["comments"]')["content"][1].keys() == thread.keys() - {"comments"}
    assert names(api, project, search="WRONG here") == ["chat"]
    assert api.send("PATCH", f"traces/threads/comments/{made}", {"text": "fine after all"}).status_code == 204
    assert retrieve(api, project, "chat")["comments"][0]["text"] == "fine after all"
    assert names(api, project, search="wrong here") == []
    # A comment is changed only as what it is.
    assert api.send("PATCH", f"traces/comments/{made}", {"text": "no"}).status_code == 404
    assert api.send("POST", "traces/comments/delete", {"ids": [made]}).status_code == 204
    assert retrieve(api, project, "chat")["comments"]
    assert api.send("POST", "traces/threads/comments/delete", {"ids": [made]}).status_code == 204
    assert "comments" not in retrieve(api, project, "chat")
    for response in (
        api.send("POST", f"traces/threads/{UNKNOWN_ID}/comments", {"text": "hm"}),
        api.send("GET", f"traces/threads/{model_id}/comments/{made}"),
    ):
        assert response.status_code == 404
    assert api.send("POST", f"traces/threads/{model_id}/comments", {"text": " "}).status_code == 422


def test_what_was_said_of_a_thread_goes_with_it(api, project):
    trace = said(project, "chat", 1)
    api.write("traces", trace)
    model_id = retrieve(api, project, "chat")["thread_model_id"]
    made = api.send("POST", f"traces/threads/{model_id}/comments", {"text": "hm"}).json()["id"]
    api.score("traces/threads", {"project_name": project, "thread_id": "chat", "name": "x", "value": 1, "source": "ui"})
    assert api.send("DELETE", f"traces/{trace['id']}").status_code == 204
    assert api.send("GET", f"traces/threads/{model_id}/comments/{made}").status_code == 404
    api.write("traces", said(project, "chat", 2))
    assert not {"comments", "feedback_scores"} & retrieve(api, project, "chat").keys()


def test_threads_wait_in_a_queue_to_be_judged(api, client, project):
    for number, name in enumerate(("a", "b", "c")):
        api.write("traces", said(project, name, number))
    threads = {thread.id: thread for thread in client.get_threads_client().search_threads(project_name=project)}
    queue = client.create_threads_annotation_queue(name=f"{project} talks", project_name=project)
    queue.add_threads([threads["a"], threads["b"]])
    assert sorted(item.id for item in queue.get_items()) == ["a", "b"]
    for operator, value, expected in [
        ("contains", queue.id, ["b", "a"]),
        ("=", UNKNOWN_ID, []),
        ("not_contains", queue.id, ["c"]),
        ("is_empty", "", ["c"]),
        ("is_not_empty", "", ["b", "a"]),
    ]:
        assert filtered(api, project, {"field": "annotation_queue_ids", "operator": operator, "value": value}) == expected
    assert names(api, project, annotation_queue_id=queue.id) == ["b", "a"]
    stats = api.get("traces/threads/stats", project_name=project, annotation_queue_id=queue.id)["stats"]
    assert stats[0] == {"name": "thread_count", "type": "COUNT", "value": 2}
    assert retrieve(api, project, "a")["annotation_queues"] == [{"id": queue.id, "name": f"{project} talks"}]
    assert "annotation_queues" not in retrieve(api, project, "c")
    [row] = api.page("traces/threads", project, size=1, page=2, exclude='["annotation_queues"]')["content"]
    assert row["id"] == "b" and "annotation_queues" not in row
    # A deleted thread waits for nobody any more.
    assert api.send("POST", "traces/threads/delete", {"project_name": project, "thread_ids": ["a"]}).status_code == 204
    assert client.get_threads_annotation_queue(queue.id).items_count == 1
    queue.remove_threads([threads["b"]])
    assert filtered(api, project, {"field": "annotation_queue_ids", "operator": "is_not_empty", "value": ""}) == []


def test_a_score_without_its_thread_is_refused(api, project):
    score = {"project_name": project, "name": "x", "value": 1, "source": "sdk"}
    for thread in ({}, {"thread_id": ""}):
        response = api.send("PUT", "traces/threads/feedback-scores", {"scores": [{**score, **thread}]})
        assert (response.status_code, response.json()) == (422, {"errors": ["scores[0].threadId must not be blank"]})


class Length(conversation_thread_metric.ConversationThreadMetric):
    def score(self, conversation, **_):
        return ScoreResult(name="length", value=len(conversation), reason=conversation[0]["content"])


def test_threads_are_evaluated_by_the_sdk(api, server, tracked):
    api.write("traces", said(tracked, "long", 1), said(tracked, "long", 2), said(tracked, "short", 3))
    result = evaluate_threads(
        project_name=tracked,
        filter_string='number_of_messages >= 2',
        eval_project_name=f"{tracked}-evaluation",
        metrics=[Length(name="length")],
        trace_input_transform=lambda body: body["text"],
        trace_output_transform=lambda body: body["text"],
        verbose=0,
    )
    assert {one.thread_id: one.scores[0].value for one in result.results} == {"long": 4, "short": 2}
    opik.flush_tracker()
    [score] = eventually("the score", lambda: retrieve(api, tracked, "long").get("feedback_scores"))
    assert (score["name"], score["value"], score["reason"]) == ("length", 4, "question 1")


def test_threads_are_the_same_after_a_rebuild(own_server):
    with Api(own_server.start().root_url) as api:
        api.write("traces", *[said("shop", name, number) for number, name in enumerate(("a", "b", "a", "gone"))])
        ids = {name: retrieve(api, "shop", name)["thread_model_id"] for name in ("a", "b")}
        api.send("POST", f"traces/threads/{ids['a']}/comments", {"text": "hm"})
        api.score("traces/threads", {"project_name": "shop", "thread_id": "b", "name": "x", "value": 1, "source": "ui"})
        api.patch("traces/threads", ids["b"], tags=["x"])
        close(api, "shop", "b")
        api.send("POST", "traces/threads/delete", {"project_name": "shop", "thread_ids": ["gone"]})
        before = api.page("traces/threads", "shop")
    assert before["total"] == 2 and own_server.stop() == 0
    done = cairn("rebuild", "--data", str(own_server.data))
    assert done.returncode == 0, done.stderr
    with Api(own_server.start().root_url) as api:
        assert api.page("traces/threads", "shop") == before


def test_the_generated_client_says_what_is_not_there(client, project, api):
    api.write("traces", trace_row(project))
    with pytest.raises(ApiError) as refused:
        client.rest_client.traces.get_trace_thread(project_name=project, thread_id="unknown")
    assert refused.value.status_code == 404
