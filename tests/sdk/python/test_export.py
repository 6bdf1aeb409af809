"""A workspace is taken away and taken in elsewhere: the same answers, and tables for those who only read."""

import base64
import csv
import json
import pathlib

import opik
import pyarrow.parquet
import pytest
from opik.api_objects import opik_client
from opik.api_objects.experiment.experiment_item import ExperimentItemReferences

from api import Api, eventually, trace_row
from cairn_server import Server, cairn

PROJECT = "moved"
# Long enough to be taken out of a body.
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000).decode()


def filled(server: Server) -> None:
    """What programs leave behind: traces with spans and scores, comments, a dataset with versions, runs, prompts."""
    client = opik.Opik(project_name=PROJECT, host=server.api_url)
    traces = []
    for number in range(4):
        files = [opik.Attachment(data=b"words", file_name="a.txt")] if number == 0 else None
        metadata = {"picture": PICTURE} if number == 0 else {"n": number / 3}
        trace = client.trace(name=f"t{number}", input={"q": number}, metadata=metadata, thread_id="chat", tags=["a"], attachments=files)
        trace.span(name="ask", type="llm", model="gpt-4o", provider="openai", usage={"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}).end()
        error = {"exception_type": "E", "traceback": "t"} if number == 3 else None
        trace.end(output={"a": "ü" * number}, error_info=error)
        traces.append(trace)
    client.log_traces_feedback_scores([{"id": trace.id, "name": "good", "value": 0.5, "reason": "so", "project_name": PROJECT} for trace in traces])
    client.flush()
    dataset = client.create_dataset("questions", project_name=PROJECT)
    dataset.insert([{"q": "why?"}, {"q": "how?", "deep": {"a": [1.50]}}])
    dataset.insert([{"q": "who?"}])
    experiment = client.create_experiment(dataset_name="questions", name="run", project_name=PROJECT, experiment_config={"m": 1})
    runs = [ExperimentItemReferences(dataset_item_id=item["id"], trace_id=trace.id) for item, trace in zip(dataset.get_items(), traces)]
    experiment.insert(runs)
    client.create_prompt(name="greet", prompt="Hello {{name}}", metadata={"t": 1})
    client.create_prompt(name="greet", prompt="Hi {{name}}")
    client.end()
    with Api(server.root_url) as api:
        [first] = [row for row in api.page("traces", PROJECT)["content"] if row["name"] == "t0"]
        files = f"attachment/list?project_id={first['project_id']}&entity_type=trace&entity_id={first['id']}&path=aHR0cDovL3gv"
        eventually("both files", lambda: api.http.get(files).json()["total"] == 2)
        eventually("the runs", lambda: api.get("experiments")["content"][0]["trace_count"] == 3)
        id = api.ids("traces", PROJECT)[0]
        assert api.send("POST", f"traces/{id}/comments", {"text": "look"}).status_code == 201
        assert api.send("POST", "feedback-definitions", {"name": "d", "type": "numerical", "details": {"min": 0, "max": 1}}).status_code == 201
        score = {"project_name": PROJECT, "thread_id": "chat", "name": "calm", "value": 1, "source": "ui"}
        api.score("traces/threads", score)
        gone = trace_row(PROJECT, name="gone")
        api.write("traces", gone)
        assert api.send("POST", "traces/delete", {"ids": [gone["id"]]}).status_code == 204


def answers(server: Server) -> dict[str, bytes]:
    """The answers of both faces to questions about everything, byte by byte."""
    with Api(server.root_url) as api:
        [project] = api.get("projects")["content"]
        [dataset] = api.get("datasets")["content"]
        [experiment] = api.get("experiments")["content"]
        [prompt] = api.get("prompts")["content"]
        by_project = f"project_id={project['id']}"
        paths = [
            "projects",
            f"projects/{project['id']}",
            f"traces?{by_project}&size=100",
            f"spans?{by_project}&size=100",
            f"traces/threads?{by_project}",
            f"traces/stats?{by_project}",
            f"spans/stats?{by_project}",
            f"traces?{by_project}&search=t1",
            "datasets",
            f"datasets/{dataset['id']}/items?size=100",
            f"datasets/{dataset['id']}/versions",
            f"datasets/{dataset['id']}/items/experiments/items?experiment_ids={json.dumps([experiment['id']])}",
            "experiments",
            f"experiments/{experiment['id']}",
            "prompts",
            f"prompts/{prompt['id']}",
            f"prompts/{prompt['id']}/versions",
            "feedback-definitions",
            "environments",
        ]
        for id in api.ids("traces", PROJECT):
            owner = f"entity_type=trace&entity_id={id}"
            paths += [f"traces/{id}", f"traces/{id}?strip_attachments=true"]
            paths += [f"attachment/list?project_id={project['id']}&{owner}&path=aHR0cDovL3gv"]
            for file in api.http.get(paths[-1]).json()["content"]:
                paths.append(f"attachment/download?container_id={project['id']}&{owner}&file_name={file['file_name']}")
        found = {path: api.http.get(path) for path in paths}
        assert [path for path, answer in found.items() if answer.status_code != 200] == []
        queries = {
            "projects": "{ projects { totalCount nodes { id name createdAt lastUpdatedAt lastUpdatedTraceAt traceCount spanCount } } }",
            "traces": f"""{{ project(id: "{project['id']}") {{ traces(first: 50) {{ totalCount nodes {{
                id name startTime endTime durationMs input output metadata tags spanCount cost createdAt createdBy lastUpdatedAt
                usage {{ key value }} feedbackScores {{ name value source createdBy lastUpdatedAt }} }} }} }} }}""",
            "datasets": "{ datasets { totalCount nodes { id name itemCount createdAt createdBy lastUpdatedAt } } }",
            "experiments": "{ experiments { totalCount nodes { id name createdAt createdBy } } }",
            "prompts": "{ prompts { totalCount nodes { id name createdAt createdBy } } }",
        }
        bodies = {path: answer.content for path, answer in found.items()}
        for name, query in queries.items():
            answer = api.root.post("/graphql", json={"query": query})
            assert "errors" not in answer.json(), answer.text
            bodies[name] = answer.content
        return bodies


def done(*arguments: str) -> str:
    ended = cairn(*arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def exported(server: Server, to: pathlib.Path, *arguments: str) -> pathlib.Path:
    done("export", "--data", str(server.data), "--to", str(to), *arguments)
    return to


def lines(file: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
def source(own_server):
    own_server.start()
    filled(own_server)
    yield own_server
    opik_client.reset_global_client(end_client=True)


@pytest.fixture
def other(tmp_path):
    (tmp_path / "other").mkdir()
    elsewhere = Server(tmp_path / "other")
    yield elsewhere
    if elsewhere.is_running():
        elsewhere.kill()


def test_what_was_exported_answers_the_same_elsewhere(source, other, tmp_path):
    before = answers(source)
    assert source.stop() == 0
    bundle = exported(source, tmp_path / "bundle")
    told = done("import", "--from", str(bundle), "--data", str(other.data))
    assert told.endswith("taken in, 0 of things that were there before left out\n")
    other.start()
    after = answers(other)
    assert [question for question in before if before[question] != after.get(question)] == []
    # A second time changes nothing, and the chain of the log holds.
    assert other.stop() == 0
    assert done("import", "--from", str(bundle), "--data", str(other.data)).startswith("0 events taken in")
    done("verify", "--data", str(other.data))
    done("rebuild", "--data", str(other.data))
    other.start()
    assert answers(other) == before
    # What is there goes on as if it had been written here.
    with Api(other.root_url) as api:
        id = api.ids("traces", PROJECT)[0]
        assert api.patch("traces", id, project_name=PROJECT, output={"new": True}).status_code == 204
        assert api.get(f"traces/{id}")["output"] == {"new": True}
        [first] = [row for row in api.page("traces", PROJECT)["content"] if row["name"] == "t0"]
        assert api.patch("traces", first["id"], project_name=PROJECT, tags=["b"]).status_code == 204
        assert api.get(f"traces/{first['id']}")["metadata"]["picture"] == PICTURE


def test_beside_a_server_the_same_comes_out(source, tmp_path):
    """Nobody has to stop a server for it: every file is, byte by byte, what is exported without one."""
    ways = {"whole": [], "tables": ["--format", "parquet"], "some": ["--entity", "traces", "--entity", "scores", "--filter", "error:false"]}
    for name, arguments in ways.items():
        exported(source, tmp_path / "beside" / name, *arguments)
    assert source.stop() == 0
    for name, arguments in ways.items():
        exported(source, tmp_path / "alone" / name, *arguments)
    files = lambda folder: {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    beside, alone = files(tmp_path / "beside"), files(tmp_path / "alone")
    assert sorted(beside) == sorted(alone) and any("contents/" in name for name in beside)
    assert [name for name in beside if beside[name] != alone[name]] == []


def test_the_rows_are_those_of_the_api(source, tmp_path):
    with Api(source.root_url) as api:
        wanted = {
            "traces": api.page("traces", PROJECT, size=100)["content"],
            "spans": api.page("spans", PROJECT, size=100)["content"],
            "threads": api.page("traces/threads", PROJECT)["content"],
            "datasets": api.get("datasets")["content"],
            "items": api.get(f"datasets/{api.get('datasets')['content'][0]['id']}/items")["content"],
            "experiments": api.get("experiments")["content"],
            "prompts": api.get("prompts")["content"],
        }
    assert source.stop() == 0
    bundle = exported(source, tmp_path / "bundle")
    for entity, rows in wanted.items():
        assert lines(bundle / f"{entity}.jsonl") == rows, entity
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert (manifest["workspace"], manifest["rows"]["traces"], manifest["rows"]["scores"]) == ("default", 4, 4)
    assert manifest["events"] == len(lines(bundle / "events.jsonl"))
    assert {row["name"] for row in lines(bundle / "scores.jsonl")} == {"good"}


def test_a_filter_leaves_what_it_asks_for_and_that_alone_is_moved(source, other, tmp_path):
    with Api(source.root_url) as api:
        wanted = [row for row in api.page("traces", PROJECT, size=100)["content"] if "error_info" in row]
        [thread] = api.page("traces/threads", PROJECT)["content"]
    assert source.stop() == 0
    bundle = exported(source, tmp_path / "bundle", "--entity", "traces", "--filter", "error:true AND name:t3")
    assert lines(bundle / "traces.jsonl") == wanted and len(wanted) == 1
    assert sorted(path.name for path in bundle.iterdir()) == ["events.jsonl", "manifest.json", "traces.jsonl"]
    done("import", "--from", str(bundle), "--data", str(other.data))
    other.start()
    with Api(other.root_url) as api:
        [found] = api.page("traces", PROJECT)["content"]
        # The thread is the same one, of which only a part has come.
        [moved] = api.page("traces/threads", PROJECT)["content"]
        assert all(moved[key] == thread[key] for key in ("id", "thread_model_id", "feedback_scores"))
        assert (moved["number_of_messages"], thread["number_of_messages"]) == (2, 8)
        assert api.get("datasets")["total"] == 0
    # Its spans were not asked for.
    calculated = {"span_count", "llm_span_count", "usage", "total_estimated_cost", "providers"}
    assert {key: value for key, value in found.items() if key not in calculated} == {
        key: value for key, value in wanted[0].items() if key not in calculated
    }


def test_a_thread_is_moved_with_its_traces(source, other, tmp_path):
    with Api(source.root_url) as api:
        [thread] = api.page("traces/threads", PROJECT)["content"]
        api.write("traces", trace_row(PROJECT, name="alone"), trace_row(PROJECT, name="other", thread_id="short"))
    assert source.stop() == 0
    bundle = exported(source, tmp_path / "bundle", "--entity", "threads", "--filter", "messages > 2")
    assert lines(bundle / "threads.jsonl") == [thread]
    done("import", "--from", str(bundle), "--data", str(other.data))
    other.start()
    with Api(other.root_url) as api:
        [moved] = api.page("traces/threads", PROJECT)["content"]
        # Its spans, of which cost and usage come, were not asked for.
        kept = thread.keys() - {"usage", "total_estimated_cost"}
        assert {key: moved.get(key) for key in kept} == {key: thread[key] for key in kept}
        assert {row["name"] for row in api.page("traces", PROJECT)["content"]} == {"t0", "t1", "t2", "t3"}


def test_an_experiment_is_moved_with_its_dataset(source, other, tmp_path):
    assert source.stop() == 0
    bundle = exported(source, tmp_path / "bundle", "--entity", "experiments", "--entity", "runs", "--filter", "name:run")
    done("import", "--from", str(bundle), "--data", str(other.data))
    other.start()
    with Api(other.root_url) as api:
        [experiment] = api.get("experiments")["content"]
        assert (experiment["name"], experiment["dataset_name"], experiment["trace_count"]) == ("run", "questions", 3)
        [dataset] = api.get("datasets")["content"]
        assert api.get(f"datasets/{dataset['id']}/items")["total"] == 3


def test_tables_hold_the_same_as_the_rows(source, tmp_path):
    csv.field_size_limit(1 << 20)  # A picture stands in a cell.
    assert source.stop() == 0
    rows = lines(exported(source, tmp_path / "jsonl", "--entity", "traces") / "traces.jsonl")
    with (exported(source, tmp_path / "csv", "--format", "csv") / "traces.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    assert [json.loads(row["input"]) for row in table] == [row["input"] for row in rows]
    assert [float(row["duration"]) for row in table] == [row["duration"] for row in rows]
    folder = exported(source, tmp_path / "parquet", "--format", "parquet")
    table = pyarrow.parquet.read_table(folder / "traces.parquet").to_pylist()
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    assert [row["start_time"].strftime("%Y-%m-%dT%H:%M:%S") for row in table] == [row["start_time"][:19] for row in rows]
    assert [row["span_count"] for row in table] == [1] * 4
    assert [row["has_tool_spans"] for row in table] == [False] * 4
    assert [row["total_estimated_cost"] for row in table] == [row["total_estimated_cost"] for row in rows]
    assert [row["error_info"] is None for row in table] == ["error_info" not in row for row in rows]
    for entity in ("spans", "threads", "scores", "datasets", "items", "experiments", "runs", "prompts", "prompt-versions", "projects"):
        assert pyarrow.parquet.read_table(folder / f"{entity}.parquet").num_rows > 0, entity
