"""An operator takes backups while programs go on writing, and makes a new server of them after a loss."""

import fcntl
import hashlib
import json
import pathlib

import httpx

from acknowledged import Acknowledged, missing
from api import Api, eventually, trace_row
from cairn_server import Server, cairn
from test_attachments import bucket, contents, listed, names, project_id, put
from test_durability import PROJECT, answers, verified
from traffic import Traffic


def done(*arguments: object) -> str:
    ended = cairn(*(str(argument) for argument in arguments))
    assert ended.returncode == 0, f"{arguments}: {ended.stdout}{ended.stderr}"
    return ended.stdout


def restored(backup: pathlib.Path, folder: pathlib.Path, *options: str) -> Server:
    server = Server(folder)
    done("restore", backup, "--data", server.data, *options)
    return server


def test_a_backup_taken_under_load_restores_to_the_same_answers(own_server, tmp_path):
    said = Acknowledged()
    backup = tmp_path / "backup"
    own_server.start()
    with Traffic(own_server.root_url, PROJECT, said) as traffic:
        for _ in range(3):
            traffic.wait_for(requests=60)
            done("backup", backup, "--data", own_server.data)
    assert said.unexpected == []
    done("backup", backup, "--data", own_server.data)
    second = restored(backup, tmp_path / "restored")
    verified(second)
    second.start()
    try:
        with Api(second.root_url) as api:
            assert missing(api, PROJECT, said) == []
        assert answers(second, PROJECT) == answers(own_server, PROJECT)
    finally:
        second.kill()


def test_files_come_back_as_they_were_at_any_moment(own_server, tmp_path):
    backup, large = tmp_path / "backup", hashlib.shake_256(b"large").digest(3 << 20)
    server = own_server.start()
    with Api(server.root_url) as api:
        kept, gone = trace_row("p"), trace_row("p")
        api.write("traces", kept, gone)
        put(api, kept["id"], "large", large, "p")
        put(api, gone["id"], "gone", b"gone", "p")
        done("backup", backup, "--data", server.data)
        then = json.loads(done("log", "--data", server.data).splitlines()[-1])["position"]
        put(api, kept["id"], "never", b"never in a backup", "p")
        put(api, kept["id"], "later", b"later", "p")
        body = {"file_names": ["never"], "entity_type": "trace", "entity_id": kept["id"], "container_id": project_id(api, "p")}
        assert api.send("POST", "attachment/delete", body).status_code == 204
        assert api.send("POST", "traces/delete", {"ids": [gone["id"]]}).status_code == 204
        eventually("the bytes are gone", lambda: len(contents(server)) == 2)
        done("backup", backup, "--data", server.data)
    assert len([path for path in backup.glob("workspaces/*/contents/*/*") if path.is_file()]) == 3

    newest = restored(backup, tmp_path / "newest")
    assert len(contents(newest)) == 2
    earlier = restored(backup, tmp_path / "earlier", "--until", str(then))
    for again, expected in ((newest, ["large", "later"]), (earlier, ["large"])):
        verified(again)
        again.start()
        try:
            with Api(again.root_url) as api:
                assert sorted(names(api, kept["id"], "p")) == expected
                links = {row["file_name"]: row["link"] for row in listed(api, kept["id"], "p")["content"]}
                assert httpx.get(links["large"]).content == large
                if again is earlier:
                    [row] = listed(api, gone["id"], "p")["content"]
                    assert httpx.get(row["link"]).content == b"gone", "backups keep what is erased later"
        finally:
            again.kill()


def test_a_lost_file_is_told_and_all_else_is_in_the_backup(own_server, tmp_path):
    backup = tmp_path / "backup"
    server = own_server.start()
    with Api(server.root_url) as api:
        trace = trace_row("p")
        api.write("traces", trace)
        put(api, trace["id"], "whole", b"whole", "p")
        put(api, trace["id"], "lost", b"lost", "p")
    [lost] = [path for path in contents(server) if path.read_bytes() == b"lost"]
    lost.write_bytes(b"rust")
    told = cairn("backup", str(backup), "--data", str(server.data))
    assert told.returncode == 1 and "1 contents of attachments are missing or damaged" in told.stderr
    # Somebody finds the file again.
    lost.write_bytes(b"lost")
    done("backup", backup, "--data", server.data)
    assert len(contents(restored(backup, tmp_path / "restored"))) == 2


def test_files_of_a_bucket_are_in_the_backup_and_go_into_a_bucket(own_server, bucket, monkeypatch, tmp_path):
    backup = tmp_path / "backup"
    server = own_server.start()
    with Api(server.root_url) as api:
        trace = trace_row("p")
        api.write("traces", trace)
        put(api, trace["id"], "a", b"in the bucket", "p")
    done("backup", backup, "--data", server.data)
    [before] = bucket.keys("files")
    assert server.stop() == 0
    monkeypatch.setenv("CAIRN_S3_PREFIX", "of/another")
    again = restored(backup, tmp_path / "restored")
    verified(again)
    assert sorted(bucket.keys("files")) == sorted([before, before.replace("of/cairn", "of/another")])


def test_only_one_backup_is_written_at_a_time(own_server, tmp_path):
    backup = tmp_path / "backup"
    own_server.start()
    done("backup", backup, "--data", own_server.data)
    with (backup / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = cairn("backup", str(backup), "--data", str(own_server.data))
        assert told.returncode == 1 and "another backup" in told.stderr
