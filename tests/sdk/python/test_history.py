"""Whoever looks at a thing can see what happened to it: who changed which field, when, and what it was before."""

import json

from api import UNKNOWN_ID, eventually, new_id, span_row, trace_row
from cairn_server import cairn
from historic import HISTORY, ask, changes, history, said


def test_a_project_tells_what_happened_to_it_newest_first(api, project, project_id):
    assert api.send("PATCH", f"projects/{project_id}", {"description": "first"}).status_code == 204
    assert api.send("PATCH", f"projects/{project_id}", {"description": "second"}).status_code == 204
    assert api.send("DELETE", f"projects/{project_id}").status_code == 204
    deleted, second, first, created = history(api, project_id)
    assert [change["kind"] for change in (deleted, second, first, created)] == [
        "project_deleted",
        "project_updated",
        "project_updated",
        "project_created",
    ]
    assert changes(created)["name"] == (None, project)
    assert changes(first) == {"description": (None, "first")}
    assert changes(second) == {"description": ("first", "second")}
    assert changes(deleted)["description"] == ("second", None)
    assert second["principal"] == "admin"
    assert int(first["position"]) < int(second["position"]) < int(deleted["position"])
    assert first["time"] <= second["time"]
    assert first["request"] != second["request"]


def test_a_trace_tells_what_merged_into_it(api, client, project):
    trace = client.trace(name="asked", input={"question": "why"}, tags=["a"])
    trace.end(output={"answer": "so"})
    trace.log_feedback_score("accuracy", 0.5, reason="half")
    client.flush()

    def told():
        return {"feedback_scores.accuracy.admin", "output"} <= said(api, trace.id).keys() and said(api, trace.id)

    seen = eventually("all is told", told)
    assert seen["name"] == (None, "asked")
    assert seen["input"] == (None, {"question": "why"})
    assert seen["output"] == (None, {"answer": "so"})
    assert seen["feedback_scores.accuracy.admin"] == (None, {"value": "0.5", "source": "sdk", "reason": "half"})


def test_what_an_older_row_says_changes_nothing(api, project):
    row = trace_row(project, name="new", last_updated_at="2026-03-04T05:06:09Z")
    api.write("traces", row)
    assert api.patch("traces", row["id"], project_name=project, tags=["x"]).status_code == 204
    api.write("traces", {**row, "name": "newer", "last_updated_at": "2026-03-04T05:06:10Z"})
    newest, tagged, written = history(api, row["id"])
    assert changes(newest) == {"name": ("new", "newer")}
    assert changes(tagged) == {"tags": (None, ["x"])}
    assert changes(written)["name"] == (None, "new")


def test_a_span_a_comment_and_a_deleted_trace_have_their_history(api, project):
    row = trace_row(project, name="asked")
    api.write("traces", row)
    span = span_row(project, row["id"], name="thought", type="llm")
    api.write("spans", span)
    made = api.send("POST", f"traces/{row['id']}/comments", {"text": "hm"}).json()["id"]
    assert api.send("PATCH", f"traces/comments/{made}", {"text": "ah"}).status_code == 204
    assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
    assert changes(history(api, row["id"])[0])[f"comments.{made}.text"] == ("ah", None)
    assert [changes(change) for change in history(api, made)][:1] == [{f"comments.{made}.text": ("hm", "ah")}]
    gone, written = history(api, span["id"])
    assert (gone["kind"], changes(gone)["name"]) == ("trace_deleted", ("thought", None))
    assert changes(written)["type"] == (None, "llm")


def test_datasets_prompts_and_experiments_tell_of_what_lies_in_them(api, client, project):
    dataset = client.create_dataset(f"{project}-set")
    dataset.insert([{"q": 1}])
    [item] = dataset.get_items()
    prompt = client.create_prompt(f"{project}-prompt", prompt="say {{it}}")
    experiment = client.create_experiment(dataset_name=dataset.name, name=f"{project}-run")
    told = said(api, dataset.id)
    assert told["name"] == (None, dataset.name)
    assert told[f"items.{item['id']}.data"] == (None, {"q": 1})
    assert changes(history(api, item["id"])[0])[f"items.{item['id']}.data"] == (None, {"q": 1})
    assert said(api, experiment.id)["name"] == (None, f"{project}-run")
    prompt_id = prompt.__internal_api__prompt_id__
    told = said(api, prompt_id)
    assert any(field.endswith(".template") and value == (None, "say {{it}}") for field, value in told.items())


def test_a_history_is_read_in_pages_and_long_values_by_their_beginning(api, project):
    row = trace_row(project, name="n0", input={"text": "é" * 5_000})
    api.write("traces", row)
    for number in (1, 2, 3, 4):
        assert api.patch("traces", row["id"], project_name=project, tags=[f"t{number}"]).status_code == 204
    whole = history(api, row["id"])
    page = ask(api, HISTORY, id=row["id"], first=2)["history"]
    assert (page["totalCount"], page["isComplete"], page["pageInfo"]["hasNextPage"]) == (5, True, True)
    rest = ask(api, HISTORY, id=row["id"], first=50, after=page["edges"][-1]["cursor"])["history"]
    assert [edge["node"] for edge in page["edges"] + rest["edges"]] == whole
    assert rest["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    [shown] = [field for field in whole[-1]["fields"] if field["field"] == "input"]
    assert shown["isShortened"] and json.loads(shown["after"]) == '{"text":"' + "é" * 1_991


def test_what_was_never_there_has_no_history(api):
    assert history(api, UNKNOWN_ID) == []
    assert history(api, new_id()) == []


def test_the_command_line_tells_what_changed(server, api, project_id):
    assert api.send("PATCH", f"projects/{project_id}", {"description": "d"}).status_code == 204
    printed = cairn("log", "--entity", project_id, "--changes", "--data", str(server.data))
    assert printed.returncode == 0, printed.stderr
    told = [json.loads(line) for line in printed.stdout.splitlines()]
    assert [line["kind"] for line in told] == ["project_created", "project_updated"]
    assert told[1]["changes"] == {"description": {"before": None, "after": "d"}}
