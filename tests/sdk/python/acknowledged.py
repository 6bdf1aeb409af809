"""What a server acknowledged, what it was sent at all, and whether the one is there and the other is there as a whole."""

import base64
import dataclasses
import hashlib

from api import Api

# Of a row, and where it is kept: ("spans", id).
Key = tuple[str, str]


@dataclasses.dataclass
class Acknowledged:
    """Every fact for which a success was received; what was in doubt is in `batches` alone."""

    traces: dict[str, str] = dataclasses.field(default_factory=dict)
    spans: dict[str, str] = dataclasses.field(default_factory=dict)
    ended: set[str] = dataclasses.field(default_factory=set)
    scored: set[str] = dataclasses.field(default_factory=set)
    commented: dict[str, str] = dataclasses.field(default_factory=dict)
    tagged: dict[str, str] = dataclasses.field(default_factory=dict)
    items: set[str] = dataclasses.field(default_factory=set)
    # By the trace that they hang on: name and SHA-256.
    files: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    # Everything that was sent in one request, whatever became of it.
    batches: list[frozenset[Key]] = dataclasses.field(default_factory=list)
    requests: int = 0
    unexpected: list[str] = dataclasses.field(default_factory=list)
    last_refusal: str = "nothing was refused"

    def counts(self) -> dict[str, int]:
        kinds = ("traces", "spans", "ended", "scored", "commented", "tagged", "items", "files")
        return {kind: len(getattr(self, kind)) for kind in kinds}

    def sends(self, kind: str, ids) -> None:
        self.batches.append(frozenset((kind, id) for id in ids))


def everything(api: Api, kind: str, project: str) -> dict[str, dict]:
    rows, last = {}, None
    while True:
        page = api.stream_rows(kind, project_name=project, limit=2000, last_retrieved_id=last)
        rows.update((row["id"], row) for row in page)
        if len(page) < 2000:
            return rows
        last = page[-1]["id"]


def items(api: Api, dataset: str) -> dict[str, dict]:
    """All items of the newest version, by their ids; none where there is no such dataset."""
    found = api.send("POST", "datasets/retrieve", {"dataset_name": dataset})
    if found.status_code == 404:
        return {}
    rows, page = {}, 1
    while True:
        content = api.get(f"datasets/{found.json()['id']}/items", size=1000, page=page)["content"]
        rows.update((row["data"]["of"], row) for row in content)
        if len(content) < 1000:
            return rows
        page += 1


def file_hashes(api: Api, project_id: str, trace: str) -> dict[str, str]:
    path = base64.b64encode(f"{api.root.base_url}/api/".encode()).decode()
    params = {"project_id": project_id, "entity_type": "trace", "entity_id": trace, "path": path}
    listed = api.get("attachment/list", **params)["content"]
    return {row["file_name"]: hashlib.sha256(api.root.get(row["link"]).content).hexdigest() for row in listed}


class Found:
    """All that is there of a project and its dataset."""

    def __init__(self, api: Api, project: str, dataset: str):
        self.api, self.project = api, project
        self.traces, self.spans = everything(api, "traces", project), everything(api, "spans", project)
        self.items = items(api, dataset)

    def missing(self, said: Acknowledged) -> list[str]:
        """What was acknowledged and is not there, or not as it was written."""
        traces, spans = self.traces, self.spans
        lost = [f"trace {id}" for id, name in said.traces.items() if traces.get(id, {}).get("name") != name]
        lost += [f"span {id}" for id, name in said.spans.items() if spans.get(id, {}).get("name") != name]
        lost += [f"end of {id}" for id in said.ended if traces.get(id, {}).get("output") != {"ended": id}]
        lost += [f"score of {id}" for id in said.scored if "feedback_scores" not in traces.get(id, {})]
        lost += [f"tag of {id}" for id, tag in said.tagged.items() if tag not in traces.get(id, {}).get("tags", [])]
        lost += [f"comment on {id}" for id, text in said.commented.items() if text not in self.comments(id)]
        lost += [f"item {id}" for id in said.items if self.items.get(id, {}).get("data", {}).get("q") != f"why {id}?"]
        return lost + self.missing_files(said)

    def comments(self, trace: str) -> list[str]:
        return [comment["text"] for comment in self.traces.get(trace, {}).get("comments", [])]

    def missing_files(self, said: Acknowledged) -> list[str]:
        if not said.files:
            return []
        project_id = self.api.send("POST", "projects/retrieve", {"name": self.project}).json()["id"]
        there = {trace: file_hashes(self.api, project_id, trace) for trace in said.files}
        return [f"file {name} of {trace}" for trace, (name, hash) in said.files.items() if there[trace].get(name) != hash]

    def halves(self, said: Acknowledged) -> list[str]:
        """Requests of which a part is there and a part is not."""
        there = {("traces", id) for id in self.traces} | {("spans", id) for id in self.spans}
        there |= {("items", id) for id in self.items}
        counts = [(len(batch & there), len(batch)) for batch in said.batches]
        return [f"{count} of {whole}" for count, whole in counts if count not in (0, whole)]


def missing(api: Api, project: str, said: Acknowledged) -> list[str]:
    return Found(api, project, project).missing(said)
