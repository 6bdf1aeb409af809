"""A new program on an old folder: everything is there as it was. An old program on a newer folder touches nothing."""

import hashlib
import pathlib

import pytest

import released
from cairn_server import Server, cairn


def sums(folder: pathlib.Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("archive", released.archives(), ids=lambda archive: archive.name)
def test_a_folder_of_a_released_version_gives_the_answers_of_then(own_server, archive):
    released.unpack(archive, own_server.data.parent)
    expected = released.expected(archive)
    own_server.start()
    told = released.answers(own_server)
    for question, answer in expected.items():
        assert told[question] == answer, question
    assert own_server.stop() == 0
    for command in ("verify", "rebuild"):
        done = cairn(command, "--data", str(own_server.data))
        assert done.returncode == 0, f"{command}: {done.stderr}"
    own_server.start()
    assert released.answers(own_server) == told


def test_there_is_a_folder_of_the_first_version():
    assert [archive.name for archive in released.archives()][0] == "0.1.0.tar.xz"


@pytest.mark.parametrize("command", ["serve", "verify", "rebuild", "doctor", "repair", "backup"])
def test_a_store_of_a_version_to_come_is_refused_and_untouched(tmp_path, command):
    server = Server(tmp_path)
    server.start()
    assert server.stop() == 0
    for store in server.data.rglob("store"):
        (store / "version").write_bytes(b"FJL\x09")
    before = sums(server.data)
    more = {"serve": ["--listen", "127.0.0.1:0", "--grpc-listen", "off"], "backup": [str(tmp_path / "backup")]}
    done = cairn(command, "--data", str(server.data), *more.get(command, []))
    assert done.returncode == 1
    assert "version" in (done.stderr + done.stdout).lower()
    assert sums(server.data) == before
