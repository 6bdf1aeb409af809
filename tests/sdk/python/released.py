"""Data folders as released versions wrote them: `python released.py 0.1.0` makes one, with the answers it gave.

An archive is made once, by the binary of its version, and never again. That of 0.1.0 was made before it was released.
"""

import json
import pathlib
import sys
import tarfile
import tempfile

from api import Api, new_id, span_row, trace_row
from cairn_server import Server

FOLDER = pathlib.Path(__file__).parent / "released"
GRAPHQL = """{ projects { nodes { name traces(first: 50) { totalCount nodes {
    id name input output metadata tags spanCount cost createdAt usage { key value } feedbackScores { name value } } } } } }"""


def archives() -> list[pathlib.Path]:
    return sorted(FOLDER.glob("*.tar.xz"))


def unpack(archive: pathlib.Path, to: pathlib.Path) -> None:
    with tarfile.open(archive) as packed:
        packed.extractall(to, filter="data")


def expected(archive: pathlib.Path) -> dict:
    return json.loads(archive.with_name(archive.name.replace(".tar.xz", ".json")).read_text())


def answers(server: Server) -> dict:
    """What the folder says of itself, of each kind of thing that is in it."""
    with Api(server.root_url) as api:
        rows = {kind: api.stream_rows(kind, project_name="kept", limit=500) for kind in ("traces", "spans")}
        rows["graphql"] = api.root.post("/graphql", json={"query": GRAPHQL}).json()["data"]
        rows["search"] = api.get("traces", project_name="kept", search="question")["total"]
        for path in ("datasets", "prompts", "environments", "feedback-definitions", "experiments"):
            rows[path] = api.get(path)
        dataset = rows["datasets"]["content"][0]["id"]
        rows["items"] = api.get(f"datasets/{dataset}/items")
        return rows


def fill(api: Api) -> None:
    traces = [
        trace_row("kept", name=f"trace {n}", input={"question": f"what is {n}?"}, metadata={"n": n}, tags=["ünï"])
        for n in range(20)
    ]
    api.write("traces", *traces)
    usage = {"prompt_tokens": 1_000, "completion_tokens": 100}
    call = {"type": "llm", "model": "gpt-4o", "provider": "openai", "usage": usage}
    api.write("spans", *(span_row("kept", trace["id"], name="call", **call) for trace in traces))
    assert api.patch("traces", traces[0]["id"], project_name="kept", output={"answer": "yes"}).is_success
    score = {"id": traces[1]["id"], "project_name": "kept", "name": "good", "value": 0.25, "source": "sdk"}
    api.score("traces", score)
    assert api.send("POST", "traces/delete", {"ids": [traces[2]["id"]]}).is_success
    comment = {"text": "worth a look"}
    assert api.send("POST", f"traces/{traces[3]['id']}/comments", comment).is_success
    items = [{"id": new_id(), "source": "sdk", "data": {"question": n}} for n in range(3)]
    assert api.send("PUT", "datasets/items", {"dataset_name": "kept", "items": items}).is_success
    assert api.send("POST", "prompts", {"name": "greet", "template": "hello {{name}}"}).is_success
    assert api.send("POST", "environments", {"name": "staging"}).is_success


def make(version: str) -> None:
    archive = FOLDER / f"{version}.tar.xz"
    assert not archive.exists(), "what was released stays as it is"
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as room:
        server = Server(pathlib.Path(room)).start()
        with Api(server.root_url) as api:
            fill(api)
        said = answers(server)
        assert server.stop() == 0
        with tarfile.open(archive, "w:xz") as packed:
            packed.add(server.data, arcname="data", filter=without_indexes)
    text = json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True)
    archive.with_name(f"{version}.json").write_text(text + "\n")


def without_indexes(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Indexes are made anew by every version; the owner of files is nobody's matter."""
    if member.name.split("/")[-1] in ("columns", "text"):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    make(sys.argv[1])
