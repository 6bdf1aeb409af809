"""The disk is full: writes are refused and the reason is told, reading goes on, and writing does once there is room.

A disk of its own is filled wherever this may mount one. A limit on the size of files stands for it everywhere: the kernel
then cuts a write short and fails the next, in the middle of the journal.
"""

import contextlib
import os
import pathlib
import resource
import subprocess
import tempfile
from collections.abc import Iterator

import pytest

from api import Api, eventually, trace_row
from cairn_server import Server, cairn

PROJECT = "full"
FILE_BYTES_MAX = 600_000
DISK_BYTES = 256 << 20
ROOM_BYTES = 1 << 20
UNLIMITED = resource.RLIM_INFINITY


class Limited:
    """No file may be longer than so much."""

    says = "File too large"

    def __init__(self, server: Server):
        self.server = server

    def fill(self) -> None:
        self.limit(FILE_BYTES_MAX)

    def make_room(self) -> None:
        self.limit(UNLIMITED)

    def replace(self) -> None:
        """The next process has no such limit."""

    def limit(self, soft: int) -> None:
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, (soft, UNLIMITED))


class Small:
    """A disk that something else has filled."""

    says = "No space left on device"

    def __init__(self, server: Server):
        self.ballast = server.data / "ballast"

    def fill(self) -> None:
        disk = os.statvfs(self.ballast.parent)
        with self.ballast.open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, disk.f_bavail * disk.f_frsize - ROOM_BYTES)

    def make_room(self) -> None:
        self.ballast.unlink()

    def replace(self) -> None:
        self.make_room()


@contextlib.contextmanager
def mounted(folder: pathlib.Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def can_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(OSError, subprocess.CalledProcessError):
        with mounted(pathlib.Path(folder)):
            return True
    return False


@pytest.fixture(params=[Limited, *([Small] if can_mount() else [])], ids=lambda disk: disk.__name__.lower())
def disk(request, tmp_path):
    server = Server(tmp_path)
    with contextlib.ExitStack() as held:
        if request.param is Small:
            held.enter_context(mounted(server.data))
        # Python's own programs ignore the signal that comes with the limit, and so does what they start, if told to.
        server.start(restore_signals=False)
        held.callback(lambda: server.is_running() and server.kill())
        full = request.param(server)
        full.server = server
        with Api(server.root_url) as api:
            api.write("traces", trace_row(PROJECT, name="before"))
        full.fill()
        yield full


def incompressible(number: int) -> dict:
    return trace_row(PROJECT, name=f"trace {number}", input={"noise": os.urandom(20_000).hex()})


def write_until_refused(api: Api) -> tuple[list[str], str]:
    """The ids of what was acknowledged, and what the refusal said."""
    acknowledged = []
    for number in range(200):
        row = incompressible(number)
        response = api.send("POST", "traces/batch", {"traces": [row]})
        if response.status_code != 204:
            return acknowledged, response.text
        acknowledged.append(row["id"])
    raise AssertionError("the disk did not get full")


def test_a_full_disk_stops_writing_not_reading_and_heals_by_itself(disk):
    with Api(disk.server.root_url) as api:
        acknowledged, refusal = write_until_refused(api)
        assert len(acknowledged) > 2
        assert disk.says in refusal
        assert "the server cannot write and accepts nothing more" in refusal

        ping = api.root.get("/api/is-alive/ping")
        assert ping.status_code == 500
        assert ping.json()["healthy"] is False
        assert disk.says in ping.json()["message"]
        mutation = 'mutation { createProject(input: {name: "more"}) { id } }'
        answer = api.root.post("/graphql", json={"query": mutation}).json()
        assert answer["errors"][0]["extensions"]["code"] == "READ_ONLY", answer

        assert api.get(f"traces/{acknowledged[0]}")["name"] == "trace 0"

        assert 'cairn_read_only{workspace="default"} 1' in api.root.get("/metrics").text

        disk.make_room()
        eventually("writing goes on", lambda: api.is_healthy() or None, seconds_max=60)
        row = incompressible(1_000)
        api.write("traces", row)
        found = api.ids("traces", PROJECT)
        assert set(acknowledged) | {row["id"]} <= set(found)
        assert len(found) <= len(acknowledged) + 3, "what was refused may be there; nothing else is"
    assert disk.server.stop() == 0
    done = cairn("verify", "--data", str(disk.server.data))
    assert done.returncode == 0, done.stderr


def test_a_kill_while_the_disk_is_full_loses_nothing(disk):
    with Api(disk.server.root_url) as api:
        acknowledged, _ = write_until_refused(api)
    disk.server.kill()
    disk.replace()
    disk.server.start()
    with Api(disk.server.root_url) as api:
        assert set(acknowledged) <= set(api.ids("traces", PROJECT))
        api.write("traces", incompressible(1_000))
