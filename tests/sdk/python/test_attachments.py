"""Files on traces and spans: sent by the SDK, listed, downloaded, kept once, and gone with what they hang on."""

import base64
import datetime
import gzip
import hashlib
import pathlib
import re
import socket
import urllib.parse

import httpx
import opik
import pytest

from api import Api, eventually, new_id, span_row, trace_row
from cairn_server import Server, cairn
from object_store import ObjectStore
from otel import Program, export, http_exporter

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE = b"<html><script>document.title = 'taken'</script></html>"


def put(api: Api, owner: str, name: str, content, project: str, kind: str = "trace", **options) -> httpx.Response:
    headers = options.pop("headers", {})
    params = {"file_name": name, "entity_type": kind, "entity_id": owner, "project_name": project, **options}
    return api.http.put("attachment/upload", params=params, content=content, headers=headers)


def project_id(api: Api, project: str) -> str:
    return api.send("POST", "projects/retrieve", {"name": project}).json()["id"]


def listed(api: Api, owner: str, project: str, kind: str = "trace", base: str | None = None, **params) -> dict:
    path = base64.b64encode((base or f"{api.root.base_url}/api/").encode()).decode()
    return api.get(
        "attachment/list",
        project_id=project_id(api, project),
        entity_type=kind,
        entity_id=owner,
        path=path,
        **params,
    )


def names(api: Api, owner: str, project: str, kind: str = "trace") -> list[str]:
    return [row["file_name"] for row in listed(api, owner, project, kind)["content"]]


def contents(server: Server) -> list[pathlib.Path]:
    """The files in which the server keeps contents."""
    return [path for path in server.data.glob("workspaces/*/attachments/contents/*/*") if path.is_file()]


def incoming(server: Server) -> list[pathlib.Path]:
    return list(server.data.glob("workspaces/*/attachments/incoming/*"))


class TestThroughTheClient:
    def test_a_file_of_a_trace_can_be_listed_and_downloaded(self, client, project, tmp_path):
        file = tmp_path / "picture.png"
        file.write_bytes(PNG)
        trace = client.trace(name="t", attachments=[opik.Attachment(data=str(file))])
        client.flush()
        attachments = client.get_attachment_client()
        found = eventually(
            "the attachment", lambda: attachments.get_attachment_list(project, trace.id, "trace")
        )
        assert [(one.file_name, one.file_size, one.mime_type) for one in found] == [("picture.png", len(PNG), "image/png")]
        got = attachments.download_attachment(project, "trace", trace.id, "picture.png", "image/png")
        assert b"".join(got) == PNG

    def test_a_span_has_its_own_files(self, client, project, api):
        trace = client.trace(name="t")
        span = trace.span(
            name="s",
            attachments=[
                opik.Attachment(data=b"one", file_name="ein Wort.txt", content_type="text/plain"),
                opik.Attachment(data=b"two", file_name="zwei.bin", content_type="application/x-two"),
            ],
        )
        client.flush()
        eventually("both", lambda: names(api, span.id, project, "span") == ["ein Wort.txt", "zwei.bin"])
        assert names(api, trace.id, project) == []

    def test_a_tracked_function_attaches_what_it_is_told_to(self, tracked, api):
        ids = {}

        @opik.track
        def step():
            opik.opik_context.update_current_span(attachments=[opik.Attachment(data=b"step", file_name="step.txt")])
            ids["span"] = opik.opik_context.get_current_span_data().id

        @opik.track
        def run():
            step()
            opik.opik_context.update_current_trace(attachments=[opik.Attachment(data=b"run", file_name="run.txt")])
            ids["trace"] = opik.opik_context.get_current_trace_data().id

        run()
        opik.flush_tracker()
        eventually("of the trace", lambda: names(api, ids["trace"], tracked) == ["run.txt"])
        eventually("of the span", lambda: names(api, ids["span"], tracked, "span") == ["step.txt"])

    def test_the_attachment_client_uploads_large_files_whole(self, client, project, api, tmp_path):
        file = tmp_path / "large.bin"
        content = hashlib.shake_256(b"large").digest(12 << 20)
        file.write_bytes(content)
        trace = client.trace(name="t")
        client.flush()
        client.get_attachment_client().upload_attachment(project, "trace", trace.id, str(file), file_name="groß.bin")
        got = client.get_attachment_client().download_attachment(
            project, "trace", trace.id, "groß.bin", "application/octet-stream"
        )
        assert hashlib.sha256(b"".join(got)).digest() == hashlib.sha256(content).digest()


class TestTheWire:
    @pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
    @pytest.mark.parametrize("padded", [True, False])
    def test_the_upload_address_begins_as_the_client_knows_the_server(self, api, project, encode, padded):
        base = "https://traces.example.org/proxied~~~/api/"
        path = encode(base.encode()).decode()
        start = api.send(
            "POST",
            "attachment/upload-start",
            {
                "file_name": "a & b/ü.txt",
                "num_of_file_parts": 1,
                "project_name": project,
                "entity_type": "span",
                "entity_id": new_id(),
                "path": path if padded else path.rstrip("="),
            },
        )
        assert start.status_code == 200, start.text
        assert start.json()["upload_id"] == "BEMinIO"
        [url] = start.json()["pre_sign_urls"]
        assert url.startswith(f"{base}v1/private/attachment/upload?")
        assert urllib.parse.parse_qs(url.partition("?")[2])["file_name"] == ["a & b/ü.txt"]

    def test_links_work_without_headers_and_begin_as_the_client_knows_the_server(self, api, server, project):
        owner = new_id()
        assert put(api, owner, "a.txt", b"hello", project).status_code == 204
        [row] = listed(api, owner, project, base=server.api_url)["content"]
        assert row["link"].startswith(f"{server.api_url}/v1/private/attachment/download?workspace_name=default&")
        got = httpx.get(row["link"])
        assert (got.status_code, got.content) == (200, b"hello")
        strange = row["link"].replace("workspace_name=default", "workspace_name=nobody")
        assert httpx.get(strange).status_code == 404

    @pytest.mark.parametrize("name", ["../../../etc/passwd", "..", "a/b", "C:\\x", "ü 😀.txt", "a\r\nb", 'q"q', "%2e%2e"])
    def test_names_are_names_and_never_paths(self, api, server, project, name):
        owner = new_id()
        content = name.encode()
        assert put(api, owner, name, content, project).status_code == 204
        [row] = listed(api, owner, project)["content"]
        assert row["file_name"] == name
        got = httpx.get(row["link"])
        assert got.content == content
        assert got.headers["content-disposition"].startswith("attachment; ")
        stored = {path.resolve() for path in server.data.rglob("*") if path.is_file()}
        assert not [path for path in stored if name.strip("./") and name.strip("./") in path.name]

    def test_a_file_of_the_same_name_takes_the_place_of_the_older(self, api, project):
        owner = new_id()
        for content in (b"older", b"newer one"):
            assert put(api, owner, "same.txt", content, project).status_code == 204
        [row] = listed(api, owner, project)["content"]
        assert row["file_size"] == 9
        assert httpx.get(row["link"]).content == b"newer one"

    def test_lists_come_in_pages(self, api, project):
        owner = new_id()
        for number in range(5):
            put(api, owner, f"{number}.txt", b"x", project)
        page = listed(api, owner, project, page=2, size=2)
        assert (page["page"], page["size"], page["total"]) == (2, 2, 5)
        assert [row["file_name"] for row in page["content"]] == ["2.txt", "3.txt"]

    def test_kinds_come_from_the_client_the_name_or_the_bytes(self, api, project):
        owner = new_id()
        put(api, owner, "1", b"x", project, mime_type="application/x-own")
        put(api, owner, "2.json", b"{}", project)
        put(api, owner, "3", PNG, project)
        put(api, owner, "4", b"???", project)
        put(api, owner, "5", PNG, project, mime_type="text/html\r\nx: y")
        kinds = [row["mime_type"] for row in listed(api, owner, project)["content"]]
        assert kinds == ["application/x-own", "application/json", "image/png", "application/octet-stream", "image/png"]

    def test_a_packed_upload_is_kept_unpacked(self, api, project):
        owner = new_id()
        packed = put(api, owner, "a.txt", gzip.compress(b"hello" * 1000), project, headers={"content-encoding": "gzip"})
        assert packed.status_code == 204
        [row] = listed(api, owner, project)["content"]
        assert row["file_size"] == 5000
        broken = put(api, owner, "b.txt", b"no gzip", project, headers={"content-encoding": "gzip"})
        assert broken.status_code == 400
        assert names(api, owner, project) == ["a.txt"]

    def test_parts_can_be_asked_for(self, api, project):
        owner = new_id()
        put(api, owner, "a.bin", bytes(range(100)), project)
        [row] = listed(api, owner, project)["content"]
        part = httpx.get(row["link"], headers={"range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
        assert part.headers["content-range"] == "bytes 10-19/100"
        assert httpx.get(row["link"], headers={"range": "bytes=-5"}).content == bytes(range(95, 100))
        beyond = httpx.get(row["link"], headers={"range": "bytes=100-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */100")
        whole = httpx.get(row["link"])
        assert (whole.headers["accept-ranges"], whole.headers["content-length"]) == ("bytes", "100")
        known = httpx.get(row["link"], headers={"if-none-match": whole.headers["etag"]})
        assert known.status_code == 304

    def test_a_hostile_page_is_harmless(self, api, project):
        owner = new_id()
        put(api, owner, "page.html", HOSTILE, project, mime_type="text/html")
        [row] = listed(api, owner, project)["content"]
        got = httpx.get(row["link"])
        assert got.headers["content-type"] == "text/html"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert got.headers["content-disposition"].startswith("attachment; ")

    def test_an_empty_file_is_a_file(self, api, project):
        owner = new_id()
        assert put(api, owner, "empty", b"", project).status_code == 204
        [row] = listed(api, owner, project)["content"]
        assert (row["file_size"], httpx.get(row["link"]).content) == (0, b"")

    @pytest.mark.parametrize(
        ("changed", "status"),
        [({"kind": "thread"}, 400), ({"name": " "}, 422), ({"name": "x" * 1001}, 422), ({"owner": "no id"}, 400)],
    )
    def test_what_makes_no_sense_is_refused(self, api, project, changed, status):
        asked = {"owner": new_id(), "name": "a.txt", "content": b"x", "project": project, **changed}
        assert put(api, **asked).status_code == status


class TestDeletion:
    def test_named_files_can_be_deleted(self, api, project):
        owner = new_id()
        for name in ("a", "b", "c"):
            put(api, owner, name, b"x", project)
        body = {
            "file_names": ["a", "c", "unknown"],
            "entity_type": "trace",
            "entity_id": owner,
            "container_id": project_id(api, project),
        }
        assert api.send("POST", "attachment/delete", body).status_code == 204
        assert names(api, owner, project) == ["b"]

    def test_equal_files_are_kept_once_until_the_last_is_gone(self, own_server):
        server = own_server.start()
        with Api(server.root_url) as api:
            first, second = trace_row("p"), trace_row("p")
            api.write("traces", first, second)
            for row in (first, second):
                put(api, row["id"], "same", b"twice", "p")
            assert len(contents(server)) == 1
            api.send("POST", "traces/delete", {"ids": [first["id"]]})
            assert names(api, second["id"], "p") == ["same"]
            [row] = listed(api, second["id"], "p")["content"]
            assert httpx.get(row["link"]).content == b"twice"
            api.send("POST", "traces/delete", {"ids": [second["id"]]})
            eventually("the bytes are gone", lambda: contents(server) == [])
            # What was erased can be sent again.
            put(api, first["id"], "again", b"twice", "p")
            [row] = listed(api, first["id"], "p")["content"]
            assert httpx.get(row["link"]).content == b"twice"

    def test_files_go_with_their_trace_span_or_project(self, own_server):
        server = own_server.start()
        with Api(server.root_url) as api:
            trace, other = trace_row("p"), trace_row("p")
            api.write("traces", trace, other)
            spans = [{**trace_row("p"), "trace_id": trace["id"]} for _ in range(2)]
            api.write("spans", *spans)
            for number, span in enumerate(spans):
                put(api, span["id"], "f", f"span {number}".encode(), "p", kind="span")
            put(api, trace["id"], "f", b"trace", "p")
            put(api, other["id"], "f", b"other", "p")
            assert len(contents(server)) == 4
            assert api.send("DELETE", f"spans/{spans[0]['id']}").status_code == 204
            eventually("one span's", lambda: len(contents(server)) == 3)
            assert api.send("DELETE", f"traces/{trace['id']}").status_code == 204
            eventually("the trace's and its span's", lambda: len(contents(server)) == 1)
            assert api.send("DELETE", f"projects/{project_id(api, 'p')}").status_code == 204
            eventually("the project's", lambda: contents(server) == [])


class TestDurability:
    def test_a_killed_upload_leaves_nothing_and_what_was_acknowledged_stays(self, own_server):
        server = own_server.start()
        owner = new_id()
        with Api(server.root_url) as api:
            assert put(api, owner, "kept", b"kept" * 1000, "p").status_code == 204
        with socket.create_connection(("127.0.0.1", server.port)) as torn:
            query = urllib.parse.urlencode({"file_name": "torn", "entity_type": "trace", "entity_id": owner})
            head = f"PUT /api/v1/private/attachment/upload?{query} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999999\r\n\r\n"
            torn.sendall(head.encode() + b"x" * 100_000)
            eventually("the upload is on its way", lambda: [path for path in incoming(server) if path.stat().st_size])
            server.kill()
        assert incoming(server)
        server.start()
        with Api(server.root_url) as api:
            eventually("the torn upload is removed", lambda: incoming(server) == [])
            assert names(api, owner, "p") == ["kept"]
            [row] = listed(api, owner, "p")["content"]
            assert httpx.get(row["link"]).content == b"kept" * 1000

    def test_a_client_that_breaks_off_leaves_nothing(self, own_server):
        server = own_server.start()
        with socket.create_connection(("127.0.0.1", server.port)) as torn:
            query = urllib.parse.urlencode({"file_name": "torn", "entity_type": "trace", "entity_id": new_id()})
            head = f"PUT /api/v1/private/attachment/upload?{query} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999999\r\n\r\n"
            torn.sendall(head.encode() + b"x" * 100_000)
            eventually("the upload is on its way", lambda: incoming(server))
        eventually("it is forgotten", lambda: incoming(server) == [])
        assert contents(server) == []

    def test_kept_but_never_told_of_is_removed_at_the_next_start(self, own_server):
        server = own_server.start()
        owner = new_id()
        with Api(server.root_url) as api:
            put(api, owner, "told", b"told", "p")
        server.kill()
        [told] = contents(server)
        folder = told.parents[2]
        # As a kill leaves it between the move and the commit.
        orphan = folder / "contents" / "ab" / ("cd" * 31)
        orphan.parent.mkdir(exist_ok=True)
        orphan.write_bytes(b"never told")
        for path in (orphan, told):
            (folder / "incoming" / f"{path.parent.name}{path.name}.7.mark").touch()
        server.start()
        eventually("the marks are gone", lambda: incoming(server) == [])
        assert contents(server) == [told]

    def test_a_rebuild_changes_nothing_and_damage_is_named(self, own_server):
        server = own_server.start()
        owner = new_id()
        with Api(server.root_url) as api:
            put(api, owner, "a", b"first", "p")
            put(api, owner, "b", b"first", "p")
            put(api, owner, "c", b"second", "p")
            before = listed(api, owner, "p")
        server.stop()
        assert cairn("rebuild", "--data", str(server.data)).returncode == 0
        verified = cairn("verify", "--data", str(server.data))
        assert verified.returncode == 0 and "2 contents of attachments are whole" in verified.stdout
        server.start()
        with Api(server.root_url) as api:
            assert listed(api, owner, "p") == before
        server.stop()
        contents(server)[0].write_bytes(b"forged")
        damaged = cairn("verify", "--data", str(server.data))
        assert damaged.returncode == 1 and "is missing or damaged" in damaged.stderr


def picture(seed: str, bytes_count: int = 240_000) -> bytes:
    """What a program takes for a picture, long enough to be taken out of a body."""
    return PNG[:8] + hashlib.shake_256(seed.encode()).digest(bytes_count)


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


REFERENCE = re.compile(r"\[((?:input|output|metadata)-attachment-\d+-\d+\.png)\]")


class TestFilesInBodies:
    @pytest.mark.parametrize("kind", ["traces", "spans"])
    def test_long_base64_becomes_an_attachment_and_comes_back_to_the_byte(self, api, project, kind):
        picked = picture("one")
        body = {
            "url": f"data:image/png;base64,{encoded(picked)}",
            "bare": [encoded(picture("two")), "short"],
            "note": f"[{'x' * 10}] é\n",
        }
        make = trace_row if kind == "traces" else span_row
        row = make(project, input=body, metadata={"raw": encoded(picked)}, output={"text": "as it was"})
        assert api.post(kind, row).status_code == 201
        whole = api.get(f"{kind}/{row['id']}")
        assert (whole["input"], whole["metadata"]["raw"], whole["output"]) == (body, encoded(picked), row["output"])
        stripped = api.get(f"{kind}/{row['id']}", strip_attachments=True)
        [url] = REFERENCE.findall(stripped["input"]["url"])
        assert stripped["input"] == {
            "url": f"data:image/png;base64,[{url}]",
            "bare": [f"[{REFERENCE.findall(stripped['input']['bare'][0])[0]}]", "short"],
            "note": body["note"],
        }
        rows = {one["file_name"]: one for one in listed(api, row["id"], project, kind[:-1])["content"]}
        assert sorted(name.partition("-attachment-")[0] for name in rows) == ["input", "input", "metadata"]
        assert (rows[url]["mime_type"], rows[url]["file_size"]) == ("image/png", len(picked))
        assert httpx.get(rows[url]["link"]).content == picked

    def test_lists_and_streams_show_files_or_references_as_asked(self, api, project):
        body = {"image": encoded(picture("three"))}
        api.write("traces", trace_row(project, input=body))
        assert api.page("traces", project)["content"][0]["input"] == body
        assert api.stream_rows("traces", project_name=project)[0]["input"] == body
        for row in (
            api.page("traces", project, strip_attachments=True)["content"][0],
            api.stream_rows("traces", project_name=project, strip_attachments=True)[0],
        ):
            assert REFERENCE.fullmatch(row["input"]["image"])

    def test_what_is_no_file_or_would_not_come_back_stays(self, api, server, project):
        image = encoded(picture("four", 240_002))
        body = {
            "letters": "a" * 400_000,
            "number": "1" * 400_000,
            "opaque": encoded(bytes(300_000)),
            "unpadded": image.rstrip("="),
            "url_safe": base64.urlsafe_b64encode(PNG[:8] + b"\xff\xfe\xfd" * 100_000).decode(),
            "small": encoded(PNG),
        }
        assert body["unpadded"] != image
        row = trace_row(project, input=body)
        api.post("traces", row)
        assert api.get(f"traces/{row['id']}", strip_attachments=True)["input"] == body
        assert names(api, row["id"], project) == []

    def test_a_reference_without_a_file_stays_a_reference(self, api, project):
        row = trace_row(project, input={"a": "[input-attachment-1-1700000000000.png]"})
        api.post("traces", row)
        assert api.get(f"traces/{row['id']}")["input"] == row["input"]

    def test_a_new_value_drops_the_files_of_the_old_but_not_what_clients_sent(self, own_server):
        server = own_server.start()
        with Api(server.root_url) as api:
            row = trace_row("p", input={"a": encoded(picture("five"))}, output={"b": encoded(picture("six"))})
            api.post("traces", row)
            put(api, row["id"], "input-attachment-1-1-sdk.png", PNG, "p")
            assert len(contents(server)) == 3
            patched = {"project_name": "p", "input": {"a": encoded(picture("seven"))}}
            assert api.patch("traces", row["id"], **patched).status_code == 204
            after = names(api, row["id"], "p")
            assert len(after) == 3 and "input-attachment-1-1-sdk.png" in after
            whole = api.get(f"traces/{row['id']}")
            assert (whole["input"], whole["output"]) == (patched["input"], row["output"])
            api.patch("traces", row["id"], project_name="p", input={"a": "small"})
            assert [name.partition("-")[0] for name in names(api, row["id"], "p")] == ["input", "output"]

    def test_an_older_row_that_changes_nothing_brings_no_files(self, api, project):
        newer = trace_row(project, last_updated_at="2026-03-04T05:06:09Z", input={"a": "newer"})
        older = {**newer, "last_updated_at": "2026-03-04T05:06:08Z", "input": {"a": encoded(picture("eight"))}}
        api.write("traces", newer)
        api.write("traces", older)
        assert names(api, newer["id"], project) == []
        again = {**newer, "last_updated_at": "2026-03-04T05:06:10Z", "input": {"a": encoded(picture("nine"))}}
        api.write("traces", again)
        api.write("traces", again)
        assert len(names(api, newer["id"], project)) == 1
        assert api.get(f"traces/{newer['id']}")["input"] == again["input"]

    def test_a_file_of_an_exporter_hangs_on_its_span_and_on_its_trace(self, server, api, project):
        image = encoded(picture("ten"))
        program = Program()
        root, _ = program.span("root")
        root.set_attribute("input.value", f"look: {image}")
        program.end(root)
        export(http_exporter(server, project), program.finished())
        [trace] = eventually("the trace", lambda: api.page("traces", project)["content"])
        [span] = api.page("spans", project)["content"]
        for kind, row in (("trace", trace), ("span", span)):
            assert image in str(row["input"])
            assert len(names(api, row["id"], project, kind)) == 1
        stripped = api.get(f"spans/{span['id']}", strip_attachments=True)
        assert REFERENCE.search(str(stripped["input"]))

    def test_what_the_client_takes_out_is_put_back_for_readers(self, client, project, api):
        image = encoded(picture("eleven", 300_000))
        # The client looks into what is ended only.
        now = datetime.datetime.now(datetime.UTC)
        trace = client.trace(name="t", start_time=now, end_time=now, input={"image": image})
        client.flush()
        [name] = eventually("the attachment", lambda: names(api, trace.id, project))
        assert name.endswith("-sdk.png")
        read = eventually("the trace", lambda: client.get_trace_content(trace.id))
        assert read.input == {"image": image}
        assert api.get(f"traces/{trace.id}", strip_attachments=True)["input"] == {"image": f"[{name}]"}


@pytest.fixture
def bucket(own_server, monkeypatch):
    """A server whose attachments lie in a bucket of an object store."""
    with ObjectStore() as store:
        store.make_bucket("files")
        for name, value in {
            "CAIRN_S3_BUCKET": "files",
            "CAIRN_S3_PREFIX": "of/cairn",
            "CAIRN_S3_ENDPOINT": store.url,
            "CAIRN_S3_REGION": "us-east-1",
            "CAIRN_S3_ACCESS_KEY_ID": "id",
            "CAIRN_S3_SECRET_ACCESS_KEY": "secret",
        }.items():
            monkeypatch.setenv(name, value)
        yield store


class TestInAnObjectStore:
    def test_files_lie_in_the_bucket_and_nowhere_else(self, own_server, bucket):
        server = own_server.start()
        large = hashlib.shake_256(b"large").digest(20 << 20)
        with Api(server.root_url) as api:
            trace = trace_row("p", input={"image": encoded(picture("twelve"))})
            api.write("traces", trace)
            for name, content in (("small", b"small"), ("again", b"small"), ("large", large)):
                assert put(api, trace["id"], name, content, "p").status_code == 204
            assert len(bucket.keys("files")) == 3, "equal contents are kept once"
            assert all(key.startswith("of/cairn/") for key in bucket.keys("files"))
            assert contents(server) == incoming(server) == []
            assert api.get(f"traces/{trace['id']}")["input"] == trace["input"]
            links = {row["file_name"]: row["link"] for row in listed(api, trace["id"], "p")["content"]}
            assert httpx.get(links["large"]).content == large
            part = httpx.get(links["large"], headers={"range": "bytes=10000000-10000009"})
            assert (part.status_code, part.content) == (206, large[10_000_000:10_000_010])
        server.stop()
        verified = cairn("verify", "--data", str(server.data))
        assert verified.returncode == 0 and "3 contents of attachments are whole" in verified.stdout, verified
        server.start()
        with Api(server.root_url) as api:
            api.send("DELETE", f"traces/{trace['id']}")
            eventually("the bucket is empty", lambda: bucket.keys("files") == [])

    def test_a_fork_has_copies_of_its_own(self, own_server, bucket):
        server = own_server.start()
        with Api(server.root_url) as api:
            trace = trace_row("p")
            api.write("traces", trace)
            assert put(api, trace["id"], "small", b"small", "p").status_code == 204
            forked = cairn("fork", "--data", str(server.data), "--to", "copy")
            assert forked.returncode == 0, forked
            assert len(bucket.keys("files")) == 2
            [row] = listed(api, trace["id"], "p")["content"]
            api.send("DELETE", f"traces/{trace['id']}")
            eventually("the content of the source is erased", lambda: len(bucket.keys("files")) == 1)
            assert httpx.get(row["link"].replace("default", "copy")).content == b"small"
        server.stop()
        verified = cairn("verify", "--data", str(server.data))
        assert verified.returncode == 0 and "1 contents of attachments are whole" in verified.stdout, verified

    def test_a_store_that_refuses_is_no_acknowledgement(self, own_server, bucket, monkeypatch):
        monkeypatch.setenv("CAIRN_S3_BUCKET", "missing")
        server = own_server.start()
        owner = new_id()
        with Api(server.root_url) as api:
            assert put(api, owner, "a", b"a", "p").status_code == 500
            assert put(api, owner, "a", b"a", "p").status_code == 500
            assert api.post("traces", trace_row("p")).status_code == 201, "traces do not need the store"
            assert names(api, owner, "p") == []
        assert "secret" not in server.log()
