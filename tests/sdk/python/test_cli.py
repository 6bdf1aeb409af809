"""The `opik` command as people run it in a shell: find the server, look at it, take a project out and in, and report."""

import configparser
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys

import opik
import pytest
from opik.evaluation.metrics import Contains

from api import Api, eventually

TRACES = 2_000
SCORED_EVERY = 2
FILED_EVERY = 100
THREADS = 40


@pytest.fixture
def cli(server, tmp_path):
    """Runs one `opik` command to its end; nothing of another run's home is seen."""

    def run(*arguments: str, seconds_max: int = 600, **environment: str) -> str:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        ended = subprocess.run(
            [sys.executable, "-m", "opik.cli", *arguments],
            env={**os.environ, "HOME": str(home), "OPIK_URL_OVERRIDE": server.api_url, "COLUMNS": "400", **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=seconds_max,
            check=False,
        )
        told = ended.stdout + ended.stderr
        assert ended.returncode == 0, told
        return told

    return run


class TestLook:
    def test_configuring_a_local_server_writes_its_address_down(self, server, tmp_path):
        # The command line itself looks at port 5173 alone.
        told = subprocess.run(
            [sys.executable, "-c", f"import opik; opik.configure(use_local=True, url='{server.root_url}', force=True, automatic_approvals=True)"],
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        written = configparser.ConfigParser()
        written.read(tmp_path / ".opik.config")
        assert written["opik"]["url_override"].rstrip("/") == server.api_url
        assert written["opik"]["workspace"] == "default"

    def test_healthcheck_finds_the_workspace_available(self, cli):
        told = cli("healthcheck")
        [line] = [line for line in told.splitlines() if line.startswith("Backend workspace available")]
        assert line.endswith("yes"), told

    def test_the_smoke_test_finds_its_trace_with_a_picture(self, cli, api, project):
        cli("healthcheck", "--smoke-test", "default", "--project-name", project)
        [trace] = api.page("traces", project)["content"]
        assert trace["name"].startswith("smoke-test-") and trace["span_count"] >= 1
        [span] = [row for row in api.page("spans", project)["content"] if row["type"] == "llm"]
        [file] = eventually("the picture", lambda: attachments(api, span["project_id"], "span", span["id"]))
        assert file[1] == "image/png" and file[2].startswith(b"\x89PNG")


def attachments(api: Api, project_id: str, kind: str, owner: str) -> list[tuple[str, str, bytes]]:
    """Name, type and bytes of each file of a trace or span."""
    asked = {"project_id": project_id, "entity_type": kind, "entity_id": owner, "path": "aHR0cDovL3gv"}
    rows = api.get("attachment/list", **asked)["content"]
    where = {"container_id": project_id, "entity_type": kind, "entity_id": owner}
    return [
        (row["file_name"], row["mime_type"], api.http.get("attachment/download", params={**where, "file_name": row["file_name"]}).content)
        for row in rows
    ]


def fill(client: opik.Opik, project: str) -> None:
    """Traces with spans, scores, errors, threads and files; no two alike."""
    draw = random.Random(1)
    start = datetime.datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=datetime.UTC)
    for number in range(TRACES):
        at = start + datetime.timedelta(seconds=number)
        scores = [{"name": "quality", "value": number / TRACES, "reason": f"because {number}"}]
        trace = client.trace(
            name=f"trace {number}",
            start_time=at,
            end_time=at + datetime.timedelta(milliseconds=draw.randrange(1, 9_000)),
            input={"question": f"what is {number}?", "deep": {"list": [1, 2.5, None, True, "ü"]}},
            output={"answer": "x" * draw.randrange(200)},
            metadata={"number": number, "ratio": number / 3},
            tags=[f"tag {number % 7}", "all"],
            thread_id=f"thread {number % THREADS}" if number % 3 else None,
            error_info={"exception_type": "Oops", "message": "m", "traceback": "t"} if number % 50 == 0 else None,
            feedback_scores=scores if number % SCORED_EVERY == 0 else None,
            attachments=[opik.Attachment(data=f"of trace {number}".encode(), file_name="words.txt")] if number % FILED_EVERY == 0 else None,
        )
        outer = trace.span(
            name="outer",
            start_time=at,
            end_time=at + datetime.timedelta(milliseconds=900),
            input={"n": number},
            attachments=[opik.Attachment(data=bytes([number % 256]) * 99, file_name="b.bin")] if number % FILED_EVERY == 0 else None,
        )
        inner = outer.span(
            name="inner",
            type="llm",
            start_time=at,
            end_time=at + datetime.timedelta(milliseconds=500),
            output={"text": f"t{number}"},
            model="gpt-4o",
            provider="openai",
            usage={"prompt_tokens": number, "completion_tokens": 5, "total_tokens": number + 5},
        )
        if number % SCORED_EVERY:
            inner.log_feedback_score("quality", number / TRACES, reason=f"because {number}")
    client.flush()


def rows(api: Api, kind: str, project: str) -> list[dict]:
    page, found = 1, []
    while rows := api.page(kind, project, page=page, size=1000)["content"]:
        found += rows
        page += 1
    return found


def scores_of(row: dict) -> list[tuple]:
    return sorted((score["name"], score["value"], score.get("reason")) for score in row.get("feedback_scores", []))


def told_by_people(metadata: dict | None) -> dict:
    """Without what the command writes into it by itself: where a thing comes from, and the usage once more."""
    return {key: value for key, value in (metadata or {}).items() if key != "usage" and not key.startswith("_import")}


TRACE_FIELDS = ("name", "start_time", "end_time", "input", "output", "tags", "error_info", "thread_id", "span_count", "llm_span_count")
SPAN_FIELDS = ("name", "type", "start_time", "end_time", "input", "output", "tags", "error_info", "model", "provider", "usage", "total_estimated_cost")


def said(row: dict, fields: tuple[str, ...]) -> dict:
    kept = {field: row.get(field) for field in fields}
    kept["tags"] = sorted(kept["tags"] or [])
    return {**kept, "scores": scores_of(row), "metadata": told_by_people(row.get("metadata"))}


def everything(api: Api, project: str) -> tuple[dict, dict]:
    """What is in a project, by name, apart from ids."""
    traces = {row["id"]: row for row in rows(api, "traces", project)}
    spans = {row["id"]: row for row in rows(api, "spans", project)}
    of_traces = {}
    for id, row in traces.items():
        of_traces[row["name"]] = said(row, TRACE_FIELDS)
        if row["metadata"]["number"] % FILED_EVERY == 0:
            of_traces[row["name"]]["files"] = attachments(api, row["project_id"], "trace", id)
    of_spans = {}
    for id, row in spans.items():
        trace = traces[row["trace_id"]]
        kept = said(row, SPAN_FIELDS)
        parent = spans.get(row.get("parent_span_id"))
        kept["parent"] = parent["name"] if parent else None
        if row["name"] == "outer" and trace["metadata"]["number"] % FILED_EVERY == 0:
            kept["files"] = attachments(api, row["project_id"], "span", id)
        of_spans[trace["name"], row["name"]] = kept
    return of_traces, of_spans


def different(before: dict, after: dict) -> list:
    """The first things that are not the same, with the fields in which they differ."""
    found = []
    for key, row in before.items():
        other = after.get(key, {})
        found += [(key, field, value, other.get(field)) for field, value in row.items() if value != other.get(field)]
    return found[:5]


def test_a_project_of_thousands_of_traces_is_the_same_after_export_and_import(cli, api, client, project, tmp_path):
    fill(client, project)
    eventually("all traces", lambda: api.page("traces", project)["total"] == TRACES, 60)
    eventually("all spans", lambda: api.page("spans", project)["total"] == 2 * TRACES, 60)
    copied = f"{project} again"
    to = ("--path", str(tmp_path / "out"))
    cli("export", "default", project, "traces", *to)
    [folder] = (tmp_path / "out" / "default" / "projects").iterdir()
    assert len(list(folder.glob("trace_*.json"))) == TRACES
    assert len([path for path in (folder / "attachments").rglob("*") if path.is_file()]) == 2 * TRACES // FILED_EVERY
    cli("import", "default", project, "traces", *to, "--to-project", copied)
    eventually("all traces again", lambda: api.page("traces", copied)["total"] == TRACES, 60)
    eventually("all spans again", lambda: api.page("spans", copied)["total"] == 2 * TRACES, 60)
    (traces, spans), (traces_again, spans_again) = everything(api, project), everything(api, copied)
    assert (len(traces), len(spans)) == (TRACES, 2 * TRACES)
    assert (len(traces_again), len(spans_again)) == (TRACES, 2 * TRACES)
    assert different(traces, traces_again) == []
    assert different(spans, spans_again) == []
    assert sum(1 for row in traces_again.values() if row["thread_id"]) == TRACES - (TRACES + 2) // 3


def test_datasets_prompts_and_experiments_go_along(cli, client, project, own_server, tmp_path):
    """Into another server: names of datasets are those of a whole workspace."""
    dataset = client.create_dataset("set", project_name=project)
    dataset.insert([{"input": {"n": number}, "expected": f"e{number}"} for number in range(20)])
    client.create_prompt(name="prompt", prompt="Hello {{name}}", project_name=project)
    client.create_prompt(name="prompt", prompt="Hi {{name}}", project_name=project)

    def task(item: dict) -> dict:
        return {"output": item["expected"]}

    opik.evaluate(dataset=dataset, task=task, experiment_name="run", scoring_metrics=[Contains()], scoring_key_mapping={"reference": "expected"}, verbose=0)
    client.flush()
    to = ("--path", str(tmp_path / "out"))
    cli("export", "default", project, "all", *to)
    elsewhere = own_server.start()
    cli("import", "default", project, "all", *to, OPIK_URL_OVERRIDE=elsewhere.api_url)
    with Api(elsewhere.root_url) as api:
        id = api.send("POST", "projects/retrieve", {"name": project}).json()["id"]
        [found] = api.get("datasets", project_id=id)["content"]
        items = api.get(f"datasets/{found['id']}/items", size=100)["content"]
        assert sorted(row["data"]["expected"] for row in items) == sorted(f"e{number}" for number in range(20))
        [prompt] = api.get("prompts", project_id=id)["content"]
        versions = api.get(f"prompts/{prompt['id']}/versions", size=100)["content"]
        # The command takes all versions out, and puts the newest in.
        [exported] = (tmp_path / "out").rglob("prompts/*.json")
        assert [row["prompt"] for row in json.loads(exported.read_text())["history"]] == ["Hi {{name}}", "Hello {{name}}"]
        assert [row["template"] for row in versions] == ["Hi {{name}}"]
        [experiment] = api.get("experiments", project_id=id)["content"]
        assert (experiment["name"], experiment["dataset_id"], experiment["trace_count"]) == ("run", found["id"], 20)
        [score] = experiment["feedback_scores"]
        assert (score["name"], score["value"]) == ("contains_metric", 1)


def test_the_report_of_usage_counts_what_there_is(cli, own_server, project, tmp_path):
    # The report goes through all projects that there are: here through this one.
    url = own_server.start().api_url
    client = opik.Opik(project_name=project, host=url)
    now = datetime.datetime.now(datetime.UTC)
    for number in range(30):
        trace = client.trace(name="t", start_time=now, end_time=now)
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        trace.span(name="s", type="llm", start_time=now, end_time=now, model="gpt-4o", provider="openai", usage=usage)
    client.end()
    with Api(own_server.root_url) as api:
        eventually("all spans", lambda: api.page("spans", project)["total"] == 30)
    report = tmp_path / "report.json"
    cli("usage-report", "default", "--unit", "month", "--output", str(report), OPIK_URL_OVERRIDE=url)
    told = json.loads(pathlib.Path(report).read_text())
    [mine] = [found for found in told["projects"] if found["project_name"] == project]
    [month] = mine["metrics_by_unit"].values()
    assert month["trace_count"] == 30
    assert month["token_count"]["total_tokens"] == 450
    assert month["cost"] > 0
