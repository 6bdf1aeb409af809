"""Programs that write without pause, each in its own way, and remember exactly what the server acknowledged."""

import hashlib
import os
import random
import threading
import time

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from acknowledged import Acknowledged
from api import Api, new_id, span_row, trace_row
from otel import BEGIN, SECOND, span_id_of, trace_id_of

ROWS_PER_BATCH = 3
ITEMS_PER_BATCH = 60
SPANS_PER_EXPORT = 12
FILE_BYTES_MAX = 200_000
COUNTING = threading.Lock()
BUSY = (429, 503)  # busy or going away is an honest answer


class Program(threading.Thread):
    """Goes on until the server goes away or it is told to stop. The dataset has the name of the project."""

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
        raise NotImplementedError

    def acknowledged(self, response: httpx.Response) -> bool:
        if response.is_success:
            with COUNTING:
                self.said.requests += 1
            return True
        self.said.last_refusal = f"{response.request.method} {response.request.url}: {response.status_code} {response.text}"
        if response.status_code not in BUSY:
            self.said.unexpected.append(self.said.last_refusal)
        return False

    def one_trace(self, api: Api, name: str) -> str | None:
        row = trace_row(self.project, name=name)
        if not self.acknowledged(api.post("traces", row)):
            return None
        self.said.traces[row["id"]] = name
        return row["id"]


class Rest(Program):
    """Creates traces with spans, ends and scores them."""

    def one_round(self, api: Api) -> None:
        traces = [trace_row(self.project, name=f"trace {n}", input={"n": n}) for n in range(ROWS_PER_BATCH)]
        spans = [span_row(self.project, trace["id"], name="work") for trace in traces]
        self.said.sends("traces", [row["id"] for row in traces])
        if not self.acknowledged(api.send("POST", "traces/batch", {"traces": traces})):
            return
        self.said.traces.update((row["id"], row["name"]) for row in traces)
        self.said.sends("spans", [row["id"] for row in spans])
        if self.acknowledged(api.send("POST", "spans/batch", {"spans": spans})):
            self.said.spans.update((row["id"], row["name"]) for row in spans)
        self.one_trace(api, "single")
        end = api.patch("traces", traces[0]["id"], project_name=self.project, output={"ended": traces[0]["id"]})
        if self.acknowledged(end):
            self.said.ended.add(traces[0]["id"])
        score = {"id": traces[1]["id"], "project_name": self.project, "name": "s", "value": 0.5, "source": "sdk"}
        if self.acknowledged(api.send("PUT", "traces/feedback-scores", {"scores": [score]})):
            self.said.scored.add(traces[1]["id"])


class Otlp(Program):
    """Exports a tree of spans in one request, as protobuf."""

    def one_round(self, api: Api) -> None:
        otel_trace, otel_spans = os.urandom(16), [os.urandom(8) for _ in range(SPANS_PER_EXPORT)]
        spans = [
            Span(
                trace_id=otel_trace,
                span_id=span,
                parent_span_id=otel_spans[0] if number else b"",
                name=f"step {number}",
                start_time_unix_nano=BEGIN + number,
                end_time_unix_nano=BEGIN + SECOND,
            )
            for number, span in enumerate(otel_spans)
        ]
        request = ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])])
        trace = trace_id_of(int.from_bytes(otel_trace, "big"), BEGIN)
        ids = [span_id_of(int.from_bytes(span, "big"), trace) for span in otel_spans]
        self.said.batches.append(frozenset([("traces", trace), *(("spans", id) for id in ids)]))
        headers = {"content-type": "application/x-protobuf", "projectName": self.project}
        if self.acknowledged(api.http.post("otel/v1/traces", content=request.SerializeToString(), headers=headers)):
            self.said.traces[trace] = "step 0"
            self.said.spans.update((id, f"step {number}") for number, id in enumerate(ids))


class Graphql(Program):
    """Comments on a trace, scores and tags it."""

    def one_round(self, api: Api) -> None:
        trace = self.one_trace(api, "discussed")
        if trace is None:
            return
        if self.mutate(api, "commentOnTrace(id: $id, text: $text) { id }", id=trace, text=f"on {trace}"):
            self.said.commented[trace] = f"on {trace}"
        if self.mutate(api, 'scoreTrace(id: $id, score: { name: $text, value: 1 }) { id }', id=trace, text="g"):
            self.said.scored.add(trace)
        if self.mutate(api, "tagTraces(ids: [$id], add: [$text]) { id }", id=trace, text="seen"):
            self.said.tagged[trace] = "seen"

    def mutate(self, api: Api, mutation: str, **variables: str) -> bool:
        query = f"mutation ($id: ID!, $text: String!) {{ {mutation} }}"
        response = api.root.post("/graphql", json={"query": query, "variables": variables})
        if not self.acknowledged(response):
            return False
        errors = response.json().get("errors", [])
        codes = [error["extensions"]["code"] for error in errors]
        if errors and codes != ["OVERLOADED"]:
            self.said.unexpected.append(f"{mutation}: {errors}")
        return not errors


class Datasets(Program):
    """Puts many items at once."""

    def one_round(self, api: Api) -> None:
        ids = [new_id() for _ in range(ITEMS_PER_BATCH)]
        rows = [{"id": id, "source": "manual", "data": {"of": id, "q": f"why {id}?"}} for id in ids]
        self.said.sends("items", ids)
        body = {"dataset_name": self.project, "items": rows}
        if self.acknowledged(api.send("PUT", "datasets/items", body)):
            self.said.items.update(ids)


class Files(Program):
    """Attaches files of all lengths, each with contents of its own."""

    def one_round(self, api: Api) -> None:
        trace = self.one_trace(api, "with a file")
        if trace is None:
            return
        content = os.urandom(random.randrange(1, FILE_BYTES_MAX))
        params = {"file_name": "f.bin", "entity_type": "trace", "entity_id": trace, "project_name": self.project}
        if self.acknowledged(api.http.put("attachment/upload", params=params, content=content)):
            self.said.files[trace] = ("f.bin", hashlib.sha256(content).hexdigest())


MIXED = (Rest, Rest, Otlp, Graphql, Datasets, Files)


class Traffic:
    def __init__(self, root_url: str, project: str, said: Acknowledged, programs: tuple[type[Program], ...] = MIXED):
        self.said, self.stop = said, threading.Event()
        self.programs = [program(root_url, project, said, self.stop) for program in programs]

    def __enter__(self) -> "Traffic":
        for program in self.programs:
            program.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for program in self.programs:
            program.join(timeout=90)
            assert not program.is_alive(), "a program still waits for an answer"

    def wait_for(self, requests: int) -> None:
        goal = self.said.requests + requests
        deadline = time.monotonic() + 60
        while self.said.requests < goal:
            assert time.monotonic() < deadline, f"too few writes are acknowledged; last refusal: {self.said.last_refusal}"
            time.sleep(0.01)
