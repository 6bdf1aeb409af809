"""Somebody judges traces and spans, before or after they have arrived, and reads the judgement beside them."""

import json

import pytest

from api import instant, new_id, span_row, trace_row


@pytest.fixture(params=["traces", "spans"])
def kind(request):
    return request.param


def row_of(kind: str, project: str, **fields) -> dict:
    return trace_row(project, **fields) if kind == "traces" else span_row(project, **fields)


def score_of(row: dict, **fields) -> dict:
    return {"id": row["id"], "project_name": row["project_name"], "name": "quality", "value": 0.5, "source": "sdk", **fields}


def scores(api, kind: str, row: dict) -> dict[str, dict]:
    return {score["name"]: score for score in api.get(f"{kind}/{row['id']}").get("feedback_scores", [])}


def test_a_score_is_shown_with_all_it_said(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, value=0.123456789, reason="because", category_name="good"))
    [score] = api.get(f"{kind}/{row['id']}")["feedback_scores"]
    times = [score.pop("created_at"), score.pop("last_updated_at")]
    by_author = score.pop("value_by_author")
    assert score == {
        "name": "quality",
        "value": 0.123456789,
        "reason": "because",
        "category_name": "good",
        "source": "sdk",
        "created_by": "admin",
        "last_updated_by": "admin",
    }
    assert instant(times[0]) <= instant(times[1])
    assert list(by_author) == ["admin"]
    assert (by_author["admin"]["value"], by_author["admin"]["reason"]) == (0.123456789, "because")
    assert (by_author["admin"]["source"], by_author["admin"]["category_name"]) == ("sdk", "good")


def test_a_bare_score_has_no_reason_and_no_category(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, reason=None, category_name=None))
    assert {"reason", "category_name"} & set(scores(api, kind, row)["quality"]) == set()


def test_a_score_may_come_before_the_entity(api, project, kind):
    row = row_of(kind, project)
    api.score(kind, score_of(row, value=1))
    assert api.send("GET", f"{kind}/{row['id']}").status_code == 404
    assert api.ids(kind, project) == []
    api.write(kind, row)
    assert scores(api, kind, row)["quality"]["value"] == 1


def test_scores_appear_in_lists_and_streams(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row))
    by_id = api.get(f"{kind}/{row['id']}")["feedback_scores"]
    [listed] = api.page(kind, project)["content"]
    [streamed] = api.stream_rows(kind, project_name=project)
    assert listed["feedback_scores"] == streamed["feedback_scores"] == by_id


@pytest.mark.parametrize("value", [0, 1, -1, 0.000000001, 999999999.25, -999999999.25, 3.14])
def test_values_are_exact(api, project, kind, value):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, value=value))
    assert scores(api, kind, row)["quality"]["value"] == value


def test_scoring_again_updates_in_place(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, value=0.1, reason="first"))
    before = scores(api, kind, row)["quality"]
    api.score(kind, score_of(row, value=0.9))
    after = scores(api, kind, row)
    assert list(after) == ["quality"]
    assert (after["quality"]["value"], "reason" in after["quality"]) == (0.9, False)
    assert after["quality"]["created_at"] == before["created_at"]
    assert instant(after["quality"]["last_updated_at"]) > instant(before["last_updated_at"])


def test_the_last_of_equal_scores_in_one_request_counts(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, value=0.1), score_of(row, value=0.2))
    assert scores(api, kind, row)["quality"]["value"] == 0.2


def test_several_authors_give_a_mean(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, value=1, reason="fine", author="ann"))
    api.score(kind, score_of(row, value=0, author="bob", source="ui"))
    score = scores(api, kind, row)["quality"]
    assert score["value"] == 0.5
    assert sorted(score["reason"].split(", ")) == ["<no reason>", "fine"]
    assert {author: said["value"] for author, said in score["value_by_author"].items()} == {"ann": 1, "bob": 0}


def test_a_score_survives_updates_and_replays_of_its_entity(api, project, kind):
    row = row_of(kind, project, last_updated_at="2026-03-04T05:07:00Z")
    api.write(kind, row)
    api.score(kind, score_of(row, value=0.7))
    api.write(kind, {**row, "name": "again", "last_updated_at": "2026-03-04T05:08:00Z"})
    parents = {"trace_id": row["trace_id"]} if kind == "spans" else {}
    assert api.patch(kind, row["id"], project_name=project, output={"a": 1}, **parents).status_code == 204
    assert scores(api, kind, row)["quality"]["value"] == 0.7


def test_scores_of_unknown_projects_make_the_project(api, project, kind):
    api.score(kind, score_of({"id": new_id(), "project_name": project}))
    assert api.project_exists(project)


def test_a_thousand_scores_in_one_request(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, *(score_of(row, name=f"m{number}", value=number) for number in range(1000)))
    seen = scores(api, kind, row)
    assert {name: score["value"] for name, score in seen.items()} == {f"m{number}": number for number in range(1000)}


def test_a_suite_assertion_is_not_a_feedback_score(api, project):
    row = trace_row(project)
    api.write("traces", row)
    api.score("traces", score_of(row, category_name="suite_assertion", value=1), score_of(row, name="real"))
    assert list(scores(api, "traces", row)) == ["real"]


def test_one_entity_is_scored_by_its_path(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    body = {"name": "manual", "value": 1, "source": "ui", "reason": "seen"}
    assert api.send("PUT", f"{kind}/{row['id']}/feedback-scores", body).status_code == 204
    seen = scores(api, kind, row)["manual"]
    assert (seen["value"], seen["source"], seen["reason"]) == (1, "ui", "seen")


def test_the_sdk_scores_its_trace_and_span(client):
    trace = client.trace(name="t", feedback_scores=[{"name": "born", "value": 0.25, "reason": "early"}])
    span = client.span(trace_id=trace.id, name="s", feedback_scores=[{"name": "born", "value": 1}])
    trace.log_feedback_score(name="later", value=0.75, category_name="c")
    span.log_feedback_score(name="later", value=0.5)
    assert client.flush()
    seen = {score.name: score for score in client.get_trace_content(trace.id).feedback_scores}
    assert {name: score.value for name, score in seen.items()} == {"born": 0.25, "later": 0.75}
    assert (seen["born"].reason, seen["later"].category_name, seen["later"].reason) == ("early", "c", None)
    spans = {score.name: score.value for score in client.get_span_content(span.id).feedback_scores}
    assert spans == {"born": 1, "later": 0.5}


def test_the_sdk_scores_many_at_once_across_projects(client, api, project):
    rows = [trace_row(f"{project}-{number % 2}") for number in range(10)]
    api.write("traces", *rows)
    client.log_traces_feedback_scores(
        [
            {"id": row["id"], "project_name": row["project_name"], "name": "quality", "value": place}
            for place, row in enumerate(rows)
        ]
    )
    assert client.flush()
    assert [scores(api, "traces", row)["quality"]["value"] for row in rows] == list(range(10))


def test_the_sdk_takes_a_score_back(client):
    trace = client.trace(feedback_scores=[{"name": "a", "value": 1}, {"name": "b", "value": 1}])
    assert client.flush()
    client.delete_trace_feedback_score(trace.id, "a")
    assert [score.name for score in client.get_trace_content(trace.id).feedback_scores] == ["b"]
    client.delete_trace_feedback_score(trace.id, "b")
    assert client.get_trace_content(trace.id).feedback_scores is None


def test_the_categories_of_several_authors_are_joined(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, category_name="good", author="ann"), score_of(row, category_name="bad", author="bob"))
    score = scores(api, kind, row)["quality"]
    assert sorted(score["category_name"].split(", ")) == ["bad", "good"]
    assert sorted(score["created_by"].split(", ")) == ["ann", "bob"]
    assert {author: said["category_name"] for author, said in score["value_by_author"].items()} == {"ann": "good", "bob": "bad"}


def test_what_a_queue_asked_for_stands_apart_and_is_cleared_alone(api, project, kind):
    row, queue = row_of(kind, project), new_id()
    api.write(kind, row)
    api.score(kind, score_of(row, value=1), score_of(row, value=0, source_queue_id=queue))
    score = scores(api, kind, row)["quality"]
    assert score["value"] == 0.5
    by_author = score["value_by_author"]
    assert {key: (said["value"], said["author"]) for key, said in by_author.items()} == {
        "admin": (1, "admin"),
        f"admin_{queue}": (0, "admin"),
    }
    assert by_author[f"admin_{queue}"]["source_queue_id"] == queue
    clear = {"name": "quality", "source_queue_id": queue}
    assert api.send("POST", f"{kind}/{row['id']}/feedback-scores/delete", clear).status_code == 204
    assert list(scores(api, kind, row)["quality"]["value_by_author"]) == ["admin"]


def test_one_author_takes_a_score_back_or_all_lose_it(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, *(score_of(row, author=author) for author in ("ann", "bob", "eve")))
    path = f"{kind}/{row['id']}/feedback-scores/delete"
    assert api.send("POST", path, {"name": "quality", "author": "ann"}).status_code == 204
    assert list(scores(api, kind, row)["quality"]["value_by_author"]) == ["bob", "eve"]
    assert api.send("POST", path, {"name": "quality"}).status_code == 204
    assert scores(api, kind, row) == {}
    assert api.send("POST", path, {"name": "quality"}).status_code == 204


def test_an_unknown_entity_is_not_scored_by_its_path(api, kind):
    body = {"name": "manual", "value": 1, "source": "ui"}
    assert api.send("PUT", f"{kind}/{new_id()}/feedback-scores", body).status_code == 404


def test_names_keep_their_case_and_filters_do_not_mind_it(api, project, kind):
    row = row_of(kind, project)
    api.write(kind, row)
    api.score(kind, score_of(row, name="Answer Relevance", value=0.9))
    assert list(scores(api, kind, row)) == ["Answer Relevance"]
    filters = [{"field": "feedback_scores", "operator": ">", "key": "answer RELEVANCE", "value": "0.5"}]
    assert len(api.page(kind, project, filters=json.dumps(filters))["content"]) == 1


def span_scores(api, trace: dict) -> dict[str, dict]:
    return {score["name"]: score for score in api.get(f"traces/{trace['id']}").get("span_feedback_scores", [])}


def test_a_trace_shows_what_the_scores_of_its_spans_come_to(api, project):
    trace = trace_row(project)
    one, two, three = (span_row(project, trace["id"], type="llm") for _ in range(3))
    # The first is scored before it and its trace are there.
    api.score("spans", score_of(one, value=1, author="ann", reason="good"), score_of(one, value=0, author="bob"))
    api.write("traces", trace)
    assert span_scores(api, trace) == {}
    api.write("spans", one, two, three)
    api.score("spans", score_of(two, value=0), score_of(three, name="other", value=3))
    seen = span_scores(api, trace)
    # Each span merged first: the mean of a half and of nothing.
    assert {name: score["value"] for name, score in seen.items()} == {"quality": 0.25, "other": 3}
    said = seen["quality"]["value_by_author"]
    assert {key: (entry["value"], entry["span_id"], entry["span_type"]) for key, entry in said.items()} == {
        f"ann_{one['id']}": (1, one["id"], "llm"),
        f"bob_{one['id']}": (0, one["id"], "llm"),
        f"admin_{two['id']}": (0, two["id"], "llm"),
    }
    assert "feedback_scores" not in api.get(f"traces/{trace['id']}")
    [listed] = api.page("traces", project)["content"]
    assert listed["span_feedback_scores"] == [seen["other"], seen["quality"]]


def test_what_the_scores_of_spans_come_to_follows_them(api, project):
    trace = trace_row(project)
    one, two = (span_row(project, trace["id"]) for _ in range(2))
    api.write("traces", trace)
    api.write("spans", one, two)
    api.score("spans", score_of(one, value=1), score_of(two, value=0))
    api.score("spans", score_of(two, value=0.5))
    assert span_scores(api, trace)["quality"]["value"] == 0.75
    assert api.patch("spans", one["id"], project_name=project, trace_id=trace["id"], name="renamed").status_code == 204
    assert span_scores(api, trace)["quality"]["value"] == 0.75
    assert api.send("DELETE", f"spans/{one['id']}").status_code == 204
    assert span_scores(api, trace)["quality"]["value"] == 0.5
    assert api.send("POST", f"spans/{two['id']}/feedback-scores/delete", {"name": "quality"}).status_code == 204
    assert span_scores(api, trace) == {}


def test_traces_are_filtered_sorted_and_averaged_by_the_scores_of_their_spans(api, project):
    traces = [trace_row(project) for _ in range(4)]
    api.write("traces", *traces)
    for trace, value in zip(traces, [0.2, 0.9, 0.4]):
        span = span_row(project, trace["id"])
        api.write("spans", span)
        api.score("spans", score_of(span, name="Quality", value=value))
    ids = [trace["id"] for trace in traces]

    def found(**params) -> list[int]:
        return [ids.index(row["id"]) for row in api.page("traces", project, **params)["content"]]

    for operator, value, expected in [(">", "0.3", [2, 1]), ("=", "0.2", [0]), ("is_empty", "", [3]), ("is_not_empty", "", [2, 1, 0])]:
        asked = {"field": "span_feedback_scores", "operator": operator, "key": "quality", "value": value}
        assert found(filters=json.dumps([asked])) == expected, asked
    by_score = [{"field": "span_feedback_scores.Quality", "direction": "ASC"}]
    assert found(sorting=json.dumps(by_score)) == [0, 2, 1, 3]
    stats = {stat["name"]: stat["value"] for stat in api.get("traces/stats", project_name=project)["stats"]}
    assert stats["span_feedback_scores.Quality"] == 0.5
    assert "feedback_scores.Quality" not in stats
