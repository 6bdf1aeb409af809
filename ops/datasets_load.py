#!/usr/bin/env python3
"""Measures datasets and experiments at their size: `ops/datasets_load.py http://127.0.0.1:5173 [items]`.

Loads items in parallel requests of one group, reads first and last pages, the newest and an old version, compares and
restores versions, and puts five experiments of ten thousand items side by side. Prints one line a figure. It only
reads and writes over HTTP, as a client would, and needs nothing but Python.
"""

import concurrent.futures
import http.client
import json
import os
import sys
import threading
import time
import urllib.parse
import uuid

BATCH = 1_000
PARALLEL = 8
EXPERIMENTS = 5
RUNS = 10_000
READS = 40

_local = threading.local()
_sequence = 0
_lock = threading.Lock()


def new_id() -> str:
    """A UUID of version 7; later ones are greater."""
    global _sequence
    with _lock:
        _sequence += 1
        sequence = _sequence
    head = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    tail = bytearray(sequence.to_bytes(5, "big") + os.urandom(5))
    tail[0] = 0x70 | tail[0] & 0x0F
    tail[2] = 0x80 | tail[2] & 0x3F
    return str(uuid.UUID(bytes=head + bytes(tail)))


class Api:
    def __init__(self, url: str):
        self.address = urllib.parse.urlsplit(url)

    def ask(self, method: str, path: str, body: object = None) -> object:
        if not hasattr(_local, "connection"):
            _local.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=600)
        payload = None if body is None else json.dumps(body).encode()
        _local.connection.request(method, path, payload, {"content-type": "application/json"})
        response = _local.connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {answer[:500]!r}")
        return json.loads(answer) if answer else None

    def rest(self, method: str, path: str, body: object = None) -> object:
        return self.ask(method, f"/api/v1/private/{path}", body)

    def graphql(self, query: str, **variables: object) -> dict:
        answer = self.ask("POST", "/graphql", {"query": query, "variables": variables})
        if answer.get("errors"):
            raise SystemExit(f"{query}: {answer['errors']}")
        return answer["data"]


def say(what: str, seconds: float, more: str = "") -> None:
    print(f"{what:<58} {seconds * 1000:>10.1f} ms {more}", flush=True)


def timed(what: str, work, times: int = 1, more=lambda _: ""):
    """Runs the work some times, and says the median and the 95th percentile."""
    taken, result = [], None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
    taken.sort()
    if times == 1:
        say(what, taken[0], more(result))
    else:
        say(f"{what}, p50", taken[len(taken) // 2], more(result))
        say(f"{what}, p95", taken[int(len(taken) * 0.95)])
    return result


def load(api: Api, dataset: str, count: int) -> None:
    group = new_id()

    def send(start: int) -> None:
        items = [
            {"id": new_id(), "source": "sdk", "data": {"number": number, "question": f"what is {number} times two?", "answer": str(number * 2)}}
            for number in range(start, min(start + BATCH, count))
        ]
        api.rest("PUT", "datasets/items", {"dataset_id": dataset, "items": items, "batch_group_id": group})

    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(send, range(0, count, BATCH)))


def page(api: Api, dataset: str, number: int, version: str = "latest") -> dict:
    return api.rest("GET", f"datasets/{dataset}/items?page={number}&size=100&version={version}")


CHANGES = """query($id: ID!, $old: String!, $kinds: [DatasetItemChangeKind!]) { dataset(id: $id) { diff(from: $old) {
    changes(kinds: $kinds, first: 100) { totalCount nodes { itemId before { data } after { data } } } } } }"""


def measure_versions(api: Api, dataset: str, count: int) -> list[str]:
    versions = lambda: api.rest("GET", f"datasets/{dataset}/versions")["content"]
    [first] = versions()
    assert first["items_total"] == count, first
    last = (count + 99) // 100
    timed("the last page for the first time", lambda: page(api, dataset, last), more=lambda found: f"{found['size']} items of {found['total']}")
    timed("first page of 100", lambda: page(api, dataset, 1), READS)
    timed("last page of 100", lambda: page(api, dataset, last), READS)
    some = [item["id"] for item in page(api, dataset, 1)["content"]]
    changes = {"base_version": first["id"], "deleted_ids": some[:50], "edited_items": [{"id": id, "data": {"number": 0}} for id in some[50:]]}
    second = timed("a version of 100 changes", lambda: api.rest("POST", f"datasets/{dataset}/items/changes", changes))
    assert second["items_total"] == count - 50, second
    old = first["version_hash"]
    timed("an old version, first page", lambda: page(api, dataset, 1, old), READS)
    timed("an old version, last page for the first time", lambda: page(api, dataset, last, old))
    timed("an old version, last page", lambda: page(api, dataset, last, old), READS)
    timed("a comparison of two versions", lambda: api.rest("GET", f"datasets/{dataset}/versions/diff?from={old}&to=latest"), more=lambda found: json.dumps(found["statistics"]))
    changes = lambda *kinds: api.graphql(CHANGES, id=dataset, old=old, kinds=kinds)["dataset"]["diff"]["changes"]
    timed("the items that differ, first page of 100", lambda: changes("MODIFIED", "DELETED"), READS, more=lambda found: f"{len(found['nodes'])} of {found['totalCount']}")
    timed("the items of a kind of which there is none", lambda: changes("ADDED"), 3, more=lambda found: f"of {found['totalCount']}")
    restored = timed("an old version restored", lambda: api.rest("POST", f"datasets/{dataset}/versions/restore", {"version_ref": old}))
    assert restored["items_total"] == count, restored
    timed("all versions listed, one of them restored", versions, READS)
    return [item["id"] for number in range(1, RUNS // BATCH + 1) for item in api.rest("GET", f"datasets/{dataset}/items?page={number}&size={BATCH}")["content"]]


def record(api: Api, name: str, items: list[str], number: int) -> str:
    experiment = new_id()
    api.rest("POST", "experiments", {"id": experiment, "name": f"run {number}", "dataset_name": name})
    for start in range(0, len(items), BATCH):
        part = items[start : start + BATCH]
        traces = [{"id": new_id(), "project_name": name, "start_time": "2026-01-01T00:00:00Z", "end_time": f"2026-01-01T00:00:{at % 50:02}.{number}Z", "output": {"answer": at}} for at in range(len(part))]
        ties = [{"id": new_id(), "experiment_id": experiment, "dataset_item_id": item, "trace_id": trace["id"]} for item, trace in zip(part, traces, strict=True)]
        scores = [{"id": trace["id"], "project_name": name, "name": "accuracy", "value": (at * 7 + number * (at % 3)) % 11 / 10, "source": "sdk"} for at, trace in enumerate(traces)]
        api.rest("POST", "traces/batch", {"traces": traces})
        api.rest("POST", "experiments/items", {"experiment_items": ties})
        api.rest("PUT", "traces/feedback-scores", {"scores": scores})
    return experiment


COMPARE = """query($ids: [ID!]!, $focus: ComparisonFocus) { compareExperiments(ids: $ids, focus: $focus, first: 50) {
    totalCount experiments { measures { measure mean difference improvedCount } }
    nodes { datasetItemId cells { values { value difference } } } } }"""


def measure_experiments(api: Api, name: str, dataset: str, items: list[str]) -> None:
    ids = timed(f"{EXPERIMENTS} experiments of {len(items)} runs recorded", lambda: [record(api, name, items, number) for number in range(EXPERIMENTS)])
    timed("figures of one experiment", lambda: api.rest("GET", f"experiments/{ids[0]}"), READS, more=lambda found: f"{found['trace_count']} runs")
    timed("a list of all experiments", lambda: api.rest("GET", "experiments?size=100"), READS)
    wanted = urllib.parse.quote(json.dumps(ids))
    side = f"datasets/{dataset}/items/experiments/items?experiment_ids={wanted}&size=50"
    timed("side by side, first page of 50 over REST", lambda: api.rest("GET", f"{side}&page=1"), READS, more=lambda found: f"of {found['total']}")
    timed("side by side, last page of 50 over REST", lambda: api.rest("GET", f"{side}&page={len(items) // 50}"), READS)
    timed("compared in GraphQL, newest first", lambda: api.graphql(COMPARE, ids=ids), READS)
    focus = {"measure": "feedback_scores.accuracy"}
    timed("compared in GraphQL, by difference", lambda: api.graphql(COMPARE, ids=ids, focus=focus), READS)


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    api, count = Api(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    name, dataset = f"load {new_id()}", new_id()
    api.rest("POST", "datasets", {"id": dataset, "name": name})
    start = time.perf_counter()
    load(api, dataset, count)
    seconds = time.perf_counter() - start
    say(f"{count} items in {PARALLEL} parallel requests of one group", seconds, f"{count / seconds:,.0f} items/s")
    items = measure_versions(api, dataset, count)
    measure_experiments(api, name, dataset, items)


if __name__ == "__main__":
    main()
