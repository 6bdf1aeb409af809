"""Whoever runs the server can prove what happened: the log is signed, damage is named, and the trail goes elsewhere."""

import json
import shutil

import pytest

from api import Api, instant, new_id, trace_row
from cairn_server import cairn
from test_backup import done, restored


@pytest.fixture
def recorded(own_server):
    """A server that was used a little and stopped in order."""
    own_server.start()
    with Api(own_server.root_url) as api:
        row = trace_row("p", name="asked")
        api.write("traces", row)
        assert api.patch("traces", row["id"], project_name="p", tags=["x"]).status_code == 204
        assert api.send("POST", "feedback-definitions", definition()).status_code == 201
        assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
    assert own_server.stop() == 0
    return own_server


def definition() -> dict:
    return {"name": f"d-{new_id()}", "type": "numerical", "details": {"min": 0, "max": 1}}


def data(server) -> tuple[str, str]:
    return "--data", str(server.data)


def trail(server, *arguments: str) -> list[dict]:
    printed = cairn("audit", "--export", *arguments, *data(server))
    assert printed.returncode == 0, printed.stderr
    return [json.loads(line) for line in printed.stdout.splitlines()]


def public_key(server) -> str:
    return cairn("audit", *data(server)).stdout.strip()


def test_a_clean_stop_signs_the_log_and_a_copy_is_verified_with_the_public_key_alone(recorded, tmp_path):
    key = public_key(recorded)
    assert len(bytes.fromhex(key)) == 32
    assert (recorded.data / "audit.key").stat().st_mode & 0o777 == 0o600
    copy = tmp_path / "copy"
    shutil.copytree(recorded.data, copy)
    (copy / "audit.key").unlink()
    (copy / "audit.pub").unlink()
    verified = cairn("verify", "--data", str(copy), "--key", key)
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.count(f"1 checkpoints signed by {key}") == 2
    other = "20d0f96ea5d0d4b8fc2eb2ad04a3c5cf9c1dc9b96f5ea4d49f0b0a4b8d5b1b60"
    assert cairn("verify", "--data", str(copy), "--key", other).returncode != 0


def test_a_checkpoint_that_was_kept_elsewhere_tells_of_a_log_that_was_cut_short(recorded, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(recorded.data, copy)
    recorded.start()
    with Api(recorded.root_url) as api:
        api.write("traces", trace_row("p", name="later"))
    assert recorded.stop() == 0
    [workspace] = [folder.name for folder in (recorded.data / "workspaces").iterdir()]
    kept = recorded.data / "workspaces" / workspace / "checkpoints"
    assert len(kept.read_text().splitlines()) == 2
    shutil.copy(kept, copy / "workspaces" / workspace / "checkpoints")
    verified = cairn("verify", "--data", str(copy))
    assert verified.returncode != 0
    assert f"{workspace}: the log is damaged at position" in verified.stderr
    assert "events are missing: the chain was signed up to position" in verified.stderr


def test_a_backup_holds_no_key_and_what_is_restored_is_signed_anew(recorded, tmp_path):
    backup = tmp_path / "backup"
    done("backup", backup, "--data", recorded.data)
    names = {path.name for path in backup.rglob("*")}
    assert "list.json" in names and not names & {"audit.key", "audit.pub", "checkpoints"}
    again = restored(backup, tmp_path / "again", "--until", "2")
    assert done("verify", "--data", again.data).count("no key to check signatures with") == 2
    again.start()
    with Api(again.root_url) as api:
        api.write("traces", trace_row("p", name="anew"))
    assert again.stop() == 0
    key = public_key(again)
    assert key != public_key(recorded)
    assert done("verify", "--data", again.data).count(f"1 checkpoints signed by {key}") == 2


def test_the_trail_is_exported_for_other_systems(recorded):
    lines = trail(recorded)
    by_code = {line["metadata"]["event_code"]: line for line in lines}
    written, changed, defined, deleted = (
        by_code[code] for code in ("trace_recorded", "trace_patched", "definition_created", "trace_deleted")
    )
    assert (written["class_uid"], written["type_uid"], written["category_uid"]) == (6003, 600_301, 6)
    assert (changed["type_uid"], deleted["type_uid"]) == (600_303, 600_304)
    assert (defined["class_uid"], defined["type_uid"], defined["category_uid"]) == (3004, 300_401, 3)
    assert written["actor"] == {"user": {"name": "admin"}}
    assert written["api"]["request"]["uid"] == written["metadata"]["correlation_uid"]
    assert written["resources"][0]["uid"] == deleted["resources"][0]["uid"]
    assert defined["entity"]["type"] == "Definitions"
    moment = instant(written["metadata"]["original_time"])
    assert written["time"] == int(moment.timestamp() * 1_000)
    assert len({line["metadata"]["uid"] for line in lines}) == len(lines)


def test_the_trail_is_cut_by_time_whether_or_not_the_server_runs(recorded):
    whole = trail(recorded)
    middle = whole[len(whole) // 2]
    time = middle["metadata"]["original_time"]
    later = [line for line in whole if line["time"] >= middle["time"]]
    earlier = [line for line in whole if instant(line["metadata"]["original_time"]) <= instant(time)]
    assert trail(recorded, "--until", time) == earlier
    assert [line for line in trail(recorded, "--from", time) if line not in later] == []
    recorded.start()
    assert trail(recorded, "--until", time) == earlier
    assert trail(recorded, "--workspace", "default") == whole
    refused = cairn("audit", "--export", "--from", "yesterday", *data(recorded))
    assert "write a time like" in refused.stderr
    assert "Workspace not found" in cairn("audit", "--export", "--workspace", "nowhere", *data(recorded)).stderr
