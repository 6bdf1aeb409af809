"""Large things: bodies of many megabytes and traces of very many spans come back whole, in memory that stays bounded.

The sizes here keep a run short. `FULL_SIZES=1` tries the full ones: a body of 100 MB and a trace of 50,000 spans.
"""

import gzip
import hashlib
import json
import os
import pathlib

import pytest

from api import START, Api, eventually, new_id, strict_json, trace_row

FULL = os.environ.get("FULL_SIZES") == "1"
BODY_BYTES = 100_000_000 if FULL else 48_000_000
SPANS = 50_000 if FULL else 6_000


def memory_peak(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def text(bytes_count: int) -> str:
    """Text that does not compress to nothing, and that no search would find words in for ever."""
    block = hashlib.shake_256(b"text").hexdigest(32_000)
    return " ".join(block[at : at + 16] for at in range(0, len(block), 16)) * (bytes_count // 68_000 + 1)


@pytest.fixture(scope="module")
def large_text() -> str:
    return text(BODY_BYTES)[:BODY_BYTES]


@pytest.mark.parametrize("way", ["create", "batch", "gzip"])
def test_a_large_input_comes_back_whole_in_bounded_memory(own_server, large_text, way):
    server = own_server.start()
    row = trace_row("large", input={"text": large_text}, output={"text": "small"})
    with Api(server.root_url) as api:
        # What the first request of any kind costs is no matter of the body.
        api.write("traces", trace_row("large", input={"text": "small"}))
        api.page("traces", "large", truncate=True)
        before = memory_peak(server.process.pid)
        path, body = ("traces", row) if way == "create" else ("traces/batch", {"traces": [row]})
        sent = json.dumps(body).encode()
        if way == "gzip":
            answer = api.raw("POST", path, gzip.compress(sent, 1), **{"content-encoding": "gzip"})
        else:
            answer = api.raw("POST", path, sent)
        assert answer.status_code in (201, 204), answer.text
        written = memory_peak(server.process.pid)
        read = api.http.get(f"traces/{row['id']}")
        assert strict_json(read.content)["input"] == row["input"]
        after = memory_peak(server.process.pid)
    grown = {"writing": written - before, "reading": after - before}
    print(f"{way}: body {BODY_BYTES >> 20} MiB, before {before >> 20} MiB, grown by", {k: v >> 20 for k, v in grown.items()})
    assert grown["writing"] < 2 * BODY_BYTES and grown["reading"] < 2 * BODY_BYTES, grown


def test_a_trace_of_very_many_spans_is_whole(own_server):
    server = own_server.start()
    with Api(server.root_url) as api:
        trace = trace_row("many")
        api.write("traces", trace)
        spans = [
            {
                "id": new_id(),
                "project_name": "many",
                "trace_id": trace["id"],
                "start_time": START,
                "name": f"span {number}",
                "type": "llm",
                "usage": {"total_tokens": 2},
            }
            for number in range(SPANS)
        ]
        for at in range(0, SPANS, 1000):
            api.write("spans", *spans[at : at + 1000])
        seen = api.get(f"traces/{trace['id']}")
        assert (seen["span_count"], seen["usage"]["total_tokens"]) == (SPANS, 2 * SPANS)
        found = lambda: api.http.get("spans", params={"project_name": "many", "size": 1})
        eventually("the index has come after", lambda: found().status_code == 200 and found().json()["total"] == SPANS, 120)
        streamed, last = [], None
        while True:
            rows = api.stream_rows("spans", project_name="many", trace_id=trace["id"], limit=2000, last_retrieved_id=last)
            streamed += [row["id"] for row in rows]
            if len(rows) < 2000:
                break
            last = rows[-1]["id"]
        assert streamed == sorted((span["id"] for span in spans), reverse=True)
        assert api.send("DELETE", f"traces/{trace['id']}").status_code == 204
        assert api.page("spans", "many")["total"] == 0
    print(f"{SPANS} spans: peak {memory_peak(server.process.pid) >> 20} MiB")


def test_a_body_beyond_the_bound_is_refused_and_the_server_lives(api):
    def endless():
        for _ in range(257):
            yield b" " * (1 << 20)

    answer = api.http.post("traces", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413, answer.text
    assert api.is_healthy()


def test_a_bomb_of_gzip_is_refused(api):
    packed = gzip.compress(b" " * (257 << 20), 9)
    answer = api.raw("POST", "traces", packed, **{"content-encoding": "gzip"})
    assert answer.status_code == 413, answer.text
    assert api.is_healthy()
