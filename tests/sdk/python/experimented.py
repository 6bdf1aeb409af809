"""Experiments made by plain requests, for tests of what comes of them."""

import json

from api import new_id


def rows_of(api, dataset_id: str, *experiments: str, **params) -> list[dict]:
    return api.get(f"datasets/{dataset_id}/items/experiments/items", experiment_ids=json.dumps(experiments), size=100, **params)["content"]


def made(api, project: str, **fields) -> str:
    id = new_id()
    body = {"id": id, "name": f"run-{project}", "dataset_name": f"set-{project}", **fields}
    response = api.send("POST", "experiments", body)
    assert (response.status_code, response.content) == (201, b""), response.text
    assert response.headers["location"].endswith(id)
    return id


def items_in(api, project: str, *texts: str) -> list[str]:
    rows = [{"id": new_id(), "source": "manual", "data": {"q": text}} for text in texts]
    response = api.send("PUT", "datasets/items", {"dataset_name": f"set-{project}", "items": rows})
    assert response.status_code == 204, response.text
    return [row["id"] for row in rows]


def tie(api, *ties: tuple[str, str, str], status: int = 204) -> list[str]:
    rows = [{"id": new_id(), "experiment_id": e, "dataset_item_id": d, "trace_id": t} for e, d, t in ties]
    response = api.send("POST", "experiments/items", {"experiment_items": rows})
    assert response.status_code == status, response.text
    return [row["id"] for row in rows]


def judged(api, project: str, trace: str, **verdicts: bool) -> None:
    """As clients that know no better send verdicts: as scores of a category of their own."""
    scores = [
        {"id": trace, "project_name": project, "name": name, "value": int(passed), "source": "sdk", "category_name": "suite_assertion"}
        for name, passed in verdicts.items()
    ]
    api.score("traces", *scores)
