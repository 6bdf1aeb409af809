"""`opik migrate`: a dataset with its versions, experiments and traces moves into another project, and is the same there."""

import opik
from opik.evaluation.metrics import Contains

from api import Api, eventually
from test_cli import cli, rows, said, scores_of  # noqa: F401

TRACE_FIELDS = ("name", "start_time", "end_time", "input", "output", "tags", "span_count")


def versions(api: Api, dataset: str) -> list[list[dict]]:
    """The data of the items of each version, oldest first."""
    found = api.get(f"datasets/{dataset}/versions", size=100)["content"]
    found.sort(key=lambda version: int(version["version_name"].removeprefix("v")))
    items = [api.get(f"datasets/{dataset}/items", version=version["version_hash"], size=100)["content"] for version in found]
    return [sorted((row["data"] for row in page), key=str) for page in items]


def experiments(api: Api, dataset: str) -> dict[str, dict]:
    found = api.get("experiments", datasetId=dataset, size=100)["content"]
    return {row["name"]: row for row in found}


def test_a_dataset_moves_with_its_versions_and_experiments(cli, api, client, project):  # noqa: F811
    name = f"{project} set"
    dataset = client.create_dataset(name, project_name=project)
    dataset.insert([{"q": number, "expected": f"e{number}"} for number in range(5)])

    def task(item: dict) -> dict:
        return {"output": item["expected"]}

    def run(experiment: str) -> None:
        opik.evaluate(dataset=dataset, task=task, experiment_name=experiment, scoring_metrics=[Contains()], scoring_key_mapping={"reference": "expected"}, verbose=0)

    run("first")
    dataset.insert([{"q": 5, "expected": "e5"}])
    dataset.delete([dataset.get_items()[0]["id"]])
    run("second")
    client.flush()
    to = f"{project} moved"
    assert api.send("POST", "projects", {"name": to}).status_code == 201
    [before] = api.get("datasets", name=name)["content"]
    was = versions(api, before["id"])
    traces = {row["id"]: row for row in rows(api, "traces", project)}
    ran = experiments(api, before["id"])
    assert len(was) == 3 and set(ran) == {"first", "second"}

    cli("migrate", "dataset", name, "--to-project", to)

    id = api.send("POST", "projects/retrieve", {"name": to}).json()["id"]
    [after] = api.get("datasets", project_id=id)["content"]
    assert after["name"] == name
    assert versions(api, after["id"]) == was
    moved = eventually("both experiments", lambda: (found := experiments(api, after["id"])) and set(found) == set(ran) and found)
    for experiment, row in ran.items():
        assert moved[experiment]["trace_count"] == row["trace_count"]
        assert scores_of(moved[experiment]) == scores_of(row)
    again = eventually("all traces", lambda: (found := rows(api, "traces", to)) and len(found) == len(traces) and found)
    assert sorted((said(row, TRACE_FIELDS) for row in again), key=str) == sorted((said(row, TRACE_FIELDS) for row in traces.values()), key=str)
