#!/usr/bin/env python3
"""Measures experiments side by side at their size: `ops/experiments_load.py http://127.0.0.1:5173 [experiments] [items] [pid]`.

Loads a dataset, and experiments that each ran all of it, with a trace and two scores for each run; then reads the first
and the last page of the comparison, over REST and in GraphQL. What is loaded is the same every time, its ids and moments
aside. Prints one line a figure; given the server's process, also the most memory that it held meanwhile. It only reads
and writes over HTTP, as a client would, and needs nothing but Python.
"""

import concurrent.futures
import json
import pathlib
import sys
import time
import urllib.parse

from datasets_load import BATCH, Api, load, new_id, say, timed

PARALLEL = 4
PAGE = 50
READS = 10
FOCUS = {"measure": "feedback_scores.accuracy"}
COMPARE = """query($ids: [ID!]!, $focus: ComparisonFocus, $after: String) {
    compareExperiments(ids: $ids, focus: $focus, first: 50, after: $after) {
        totalCount pageInfo { endCursor hasNextPage }
        experiments { measures { measure mean difference differenceInterval { low high } improvedCount regressedCount unchangedCount } }
        nodes { datasetItemId cells { values { value difference outcome } } } } }"""


class Memory:
    """What the kernel says of the server's process; nothing where it is not known or not ours."""

    def __init__(self, process: str | None):
        self.folder = pathlib.Path("/proc", process) if process else None

    def forget(self) -> None:
        if self.folder:
            (self.folder / "clear_refs").write_text("5")

    def tell(self, what: str) -> None:
        if not self.folder:
            return
        lines = (line.split(":") for line in (self.folder / "status").read_text().splitlines())
        sizes = {name: int(value.split()[0]) // 1024 for name, value in lines if name in ("VmHWM", "RssAnon")}
        print(f"{what:<58} {sizes['VmHWM']:>10} MiB at most, {sizes['RssAnon']} MiB without files", flush=True)


def record(api: Api, name: str, items: list[str], number: int) -> str:
    experiment = new_id()
    api.rest("POST", "experiments", {"id": experiment, "name": f"run {number}", "dataset_name": name})

    def send(start: int) -> None:
        part = list(enumerate(items[start : start + BATCH], start))
        ids = [new_id() for _ in part]
        second = lambda at: f"2026-01-01T00:00:{at * 7 % 50:02}.{at % 1000:03}Z"
        traces = [{"id": id, "project_name": name, "start_time": "2026-01-01T00:00:00Z", "end_time": second(at), "output": {"answer": at}} for id, (at, _) in zip(ids, part, strict=True)]
        ties = [{"id": new_id(), "experiment_id": experiment, "dataset_item_id": item, "trace_id": id} for id, (_, item) in zip(ids, part, strict=True)]
        score = lambda id, named, value: {"id": id, "project_name": name, "name": named, "value": value, "source": "sdk"}
        scores = [score(id, "accuracy", (at * 7 + number * (at % 3)) % 11 / 10) for id, (at, _) in zip(ids, part, strict=True)]
        scores += [score(id, "brevity", (at + number) % 4) for id, (at, _) in zip(ids, part, strict=True)]
        api.rest("POST", "traces/batch", {"traces": traces})
        api.rest("POST", "experiments/items", {"experiment_items": ties})
        api.rest("PUT", "traces/feedback-scores", {"scores": scores[: len(part)]})
        api.rest("PUT", "traces/feedback-scores", {"scores": scores[len(part) :]})

    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(send, range(0, len(items), BATCH)))
    return experiment


def last_page(api: Api, ids: list[str], focus: dict | None) -> str:
    """The cursor before the last page."""
    walk = """query($ids: [ID!]!, $focus: ComparisonFocus, $after: String, $first: Int) {
        compareExperiments(ids: $ids, focus: $focus, first: $first, after: $after) {
            totalCount pageInfo { endCursor } } }"""
    after, left = None, None
    while left is None or left > 0:
        first = 2_000 if left is None else min(left, 2_000)
        page = api.graphql(walk, ids=ids, focus=focus, after=after, first=first)["compareExperiments"]
        after = page["pageInfo"]["endCursor"]
        left = (page["totalCount"] - PAGE if left is None else left) - first
    return after


def measure(api: Api, memory: Memory, dataset: str, ids: list[str], count: int) -> None:
    wanted = urllib.parse.quote(json.dumps(ids))
    side = f"datasets/{dataset}/items/experiments/items?experiment_ids={wanted}&size={PAGE}"
    sorting = urllib.parse.quote(json.dumps([{"field": "feedback_scores.accuracy", "direction": "DESC"}]))
    compare = lambda **more: api.graphql(COMPARE, ids=ids, **more)["compareExperiments"]

    def phase(what: str, work, times: int = READS, more=lambda _: "") -> None:
        memory.forget()
        timed(f"{what}, the first time", work, more=more)
        if times > 1:
            timed(what, work, times)
        memory.tell("  memory of the server")

    phase("figures of one experiment", lambda: api.rest("GET", f"experiments/{ids[0]}"), more=lambda found: f"{found['trace_count']} runs")
    phase(f"side by side over REST, first page of {PAGE}", lambda: api.rest("GET", f"{side}&page=1"), more=lambda found: f"of {found['total']}")
    phase(f"side by side over REST, last page of {PAGE}", lambda: api.rest("GET", f"{side}&page={count // PAGE}"))
    phase("side by side over REST, statistics", lambda: api.rest("GET", f"{side.replace('items?', 'items/stats?')}"), 3)
    phase("side by side over REST, sorted by a score", lambda: api.rest("GET", f"{side}&page=1&sorting={sorting}"), 1)
    phase("compared in GraphQL, first page", compare, more=lambda found: f"of {found['totalCount']}")
    phase("compared in GraphQL by difference, first page", lambda: compare(focus=FOCUS))
    before = last_page(api, ids, FOCUS)
    phase("compared in GraphQL by difference, last page", lambda: compare(focus=FOCUS, after=before), more=lambda found: f"{len(found['nodes'])} rows, more: {found['pageInfo']['hasNextPage']}")


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    given = dict(enumerate(sys.argv))
    number, count = int(given.get(2, 5)), int(given.get(3, 10_000))
    api, memory = Api(given[1]), Memory(given.get(4))
    name, dataset = f"load {new_id()}", new_id()
    api.rest("POST", "datasets", {"id": dataset, "name": name})
    load(api, dataset, count)
    pages = range(1, (count + BATCH - 1) // BATCH + 1)
    items = [item["id"] for page in pages for item in api.rest("GET", f"datasets/{dataset}/items?page={page}&size={BATCH}")["content"]]
    start = time.perf_counter()
    ids = [record(api, name, items, at) for at in range(number)]
    seconds = time.perf_counter() - start
    say(f"{number} experiments of {count} runs, with traces and scores", seconds, f"{number * count / seconds:,.0f} runs/s")
    memory.tell("  memory of the server while loading")
    measure(api, memory, dataset, ids, count)


if __name__ == "__main__":
    main()
