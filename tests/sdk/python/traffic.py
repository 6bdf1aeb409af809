"""Programs that write without pause and remember exactly what the server acknowledged."""

import dataclasses
import threading
import time

import httpx

from api import Api, span_row, trace_row

ROWS_PER_BATCH = 3


@dataclasses.dataclass
class Acknowledged:
    """Every fact for which a 2xx was received; what was in doubt is not here."""

    traces: dict[str, str] = dataclasses.field(default_factory=dict)
    spans: dict[str, str] = dataclasses.field(default_factory=dict)
    ended: set[str] = dataclasses.field(default_factory=set)
    scored: set[str] = dataclasses.field(default_factory=set)
    unexpected: list[str] = dataclasses.field(default_factory=list)
    last_refusal: str = "nothing was refused"

    def count(self) -> int:
        return len(self.traces) + len(self.spans) + len(self.ended) + len(self.scored)


class Writer(threading.Thread):
    """One program: it creates traces with spans, ends and scores them, until the server goes away or it is told to stop."""

    def __init__(self, root_url: str, project: str, said: Acknowledged, stop: threading.Event):
        super().__init__(daemon=True)
        self.root_url, self.project, self.said, self.stop = root_url, project, said, stop

    def run(self) -> None:
        with Api(self.root_url) as api:
            while not self.stop.is_set():
                try:
                    self.one_round(api)
                except httpx.TransportError:
                    return

    def one_round(self, api: Api) -> None:
        traces = [trace_row(self.project, name=f"trace {n}", input={"n": n}) for n in range(ROWS_PER_BATCH)]
        spans = [span_row(self.project, trace["id"], name="work") for trace in traces]
        single = trace_row(self.project, name="single")
        if self.acknowledged(api.send("POST", "traces/batch", {"traces": traces})):
            self.said.traces.update((row["id"], row["name"]) for row in traces)
        if self.acknowledged(api.send("POST", "spans/batch", {"spans": spans})):
            self.said.spans.update((row["id"], row["name"]) for row in spans)
        if self.acknowledged(api.post("traces", single)):
            self.said.traces[single["id"]] = single["name"]
        end = api.patch("traces", traces[0]["id"], project_name=self.project, output={"ended": traces[0]["id"]})
        if self.acknowledged(end):
            self.said.ended.add(traces[0]["id"])
        score = {"id": traces[1]["id"], "project_name": self.project, "name": "s", "value": 0.5, "source": "sdk"}
        if self.acknowledged(api.send("PUT", "traces/feedback-scores", {"scores": [score]})):
            self.said.scored.add(traces[1]["id"])

    def acknowledged(self, response: httpx.Response) -> bool:
        if response.is_success:
            return True
        self.said.last_refusal = f"{response.request.method} {response.request.url}: {response.status_code} {response.text}"
        if response.status_code not in (429, 503):  # busy or going away is an honest answer
            self.said.unexpected.append(self.said.last_refusal)
        return False


class Traffic:
    def __init__(self, root_url: str, project: str, said: Acknowledged, writers: int = 4):
        self.said, self.stop = said, threading.Event()
        self.writers = [Writer(root_url, project, said, self.stop) for _ in range(writers)]

    def __enter__(self) -> "Traffic":
        for writer in self.writers:
            writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for writer in self.writers:
            writer.join(timeout=90)
            assert not writer.is_alive(), "a writer still waits for an answer"

    def wait_for(self, facts: int) -> None:
        goal = self.said.count() + facts
        deadline = time.monotonic() + 60
        while self.said.count() < goal:
            assert time.monotonic() < deadline, f"too few writes are acknowledged; last refusal: {self.said.last_refusal}"
            time.sleep(0.01)


def everything(api: Api, kind: str, project: str) -> dict[str, dict]:
    rows, last = {}, None
    while True:
        page = api.stream_rows(kind, project_name=project, limit=2000, last_retrieved_id=last)
        rows.update((row["id"], row) for row in page)
        if len(page) < 2000:
            return rows
        last = page[-1]["id"]


def missing(api: Api, project: str, said: Acknowledged) -> list[str]:
    """What was acknowledged and is not there, or not as it was written."""
    traces, spans = everything(api, "traces", project), everything(api, "spans", project)
    lost = [f"trace {id}" for id, name in said.traces.items() if traces.get(id, {}).get("name") != name]
    lost += [f"span {id}" for id, name in said.spans.items() if spans.get(id, {}).get("name") != name]
    lost += [f"end of {id}" for id in said.ended if traces.get(id, {}).get("output") != {"ended": id}]
    lost += [f"score of {id}" for id in said.scored if "feedback_scores" not in traces.get(id, {})]
    return lost
