"""A user points the clients at a fresh server and asks whether it is there and lets them in."""

import os
import pathlib
import pty
import select
import subprocess
import sys
import time

import httpx
import opik
import pytest
from opik.rest_api.core.api_error import ApiError

from conftest import HOME

OPIK = str(pathlib.Path(sys.executable).with_name("opik"))


def run_opik(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [OPIK, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answer_questions(command: list[str], answers: dict[str, str], seconds_max: float = 60) -> tuple[int, str]:
    """Runs a command in a terminal and types an answer when its question appears."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    waiting = dict(answers)
    seen = ""
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other end is closed
            chunk = b""
        if not chunk:
            break
        seen += chunk.decode(errors="replace")
        for question in [question for question in waiting if question in seen]:
            os.write(terminal, f"{waiting.pop(question)}\n".encode())
    else:
        os.kill(pid, 9)
    os.close(terminal)
    status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status), seen


@pytest.mark.parametrize("prefix", ["/api", ""])
def test_ping_says_healthy_as_json(api, prefix):
    response = api.root.get(f"{prefix}/is-alive/ping")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    assert response.json() == {"message": "Healthy Server", "healthy": True}


def test_version_is_a_semantic_version(api):
    answer = api.root.get("/api/is-alive/ver").json()
    assert list(answer) == ["version"]
    assert [part.isdigit() for part in answer["version"].split(".")] == [True, True, True]


def test_auth_answers_without_a_body(api):
    response = api.raw("POST", "auth", b"")
    assert (response.status_code, response.content) == (204, b"")
    assert api.send("POST", "auth", {}).status_code == 204


def test_the_workspace_is_called_default(api):
    assert api.get("auth/workspace") == {"workspace_name": "default"}


@pytest.mark.parametrize("key", ["", "any-key", "Bearer of nothing", "ключ"])
def test_any_key_is_accepted_in_open_mode(api, key):
    response = api.http.get("auth/workspace", headers={"authorization": key.encode()})
    assert (response.status_code, response.json()) == (200, {"workspace_name": "default"})


@pytest.mark.parametrize("workspace", ["", "default"])
def test_an_empty_workspace_means_the_default_one(api, workspace):
    response = api.http.get("auth/workspace", headers={"comet-workspace": workspace})
    assert (response.status_code, response.json()) == (200, {"workspace_name": "default"})


def test_a_refusal_is_an_answer_and_no_broken_connection(api):
    """The body is not needed to refuse it, and is on its way."""
    stranger = {"comet-workspace": "nobody-made-this"}
    for size in (100, 1_000, 200_000):
        for _ in range(150):
            response = api.raw("POST", "traces/batch", b" " * size, **stranger)
            assert response.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "auth", {}),
        ("GET", "auth/workspace", None),
        ("GET", "projects", None),
        ("POST", "traces/batch", {"traces": [{"start_time": "2026-01-01T00:00:00Z", "project_name": "elsewhere"}]}),
        ("POST", "spans/search", {"project_name": "elsewhere"}),
    ],
)
def test_an_unknown_workspace_is_refused_everywhere(api, method, path, body):
    response = api.send(method, path, body, headers={"comet-workspace": "nobody-made-this"})
    assert response.status_code == 404
    assert "Workspace not found" in response.text
    assert not api.project_exists("elsewhere")


def test_session_paths_do_not_ask_for_a_workspace(api):
    response = api.root.get("/api/is-alive/ping", headers={"comet-workspace": "nobody-made-this"})
    assert response.status_code == 200


def test_auth_check_of_the_sdk_passes(client):
    client.auth_check()


def test_auth_check_of_the_sdk_fails_for_an_unknown_workspace(server):
    stranger = opik.Opik(host=server.api_url, workspace="nobody-made-this")
    with pytest.raises(ApiError) as refused:
        stranger.auth_check()
    stranger.end()
    assert refused.value.status_code == 404


def test_the_sdk_works_with_a_base_url_with_and_without_slash(server, project):
    for ending in ("", "/"):
        client = opik.Opik(project_name=project, host=server.api_url + ending)
        client.trace(name=f"with {ending!r}")
        assert client.flush()
        client.end()
    reader = opik.Opik(project_name=project, host=server.api_url)
    assert {trace.name for trace in reader.search_traces()} == {"with ''", "with '/'"}
    reader.end()


def test_healthcheck_of_the_command_line_finds_the_workspace(server):
    done = run_opik("healthcheck", OPIK_URL_OVERRIDE=server.api_url, COLUMNS="200")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Backend workspace available: yes" in done.stdout


def test_healthcheck_of_the_command_line_misses_an_unknown_workspace(server):
    done = run_opik("healthcheck", OPIK_URL_OVERRIDE=server.api_url, OPIK_WORKSPACE="nobody-made-this", COLUMNS="200")
    assert "Backend workspace available: no" in done.stdout


def test_configure_use_local_writes_the_address_of_the_server(server):
    config = pathlib.Path(HOME, ".opik.config")
    code, screen = answer_questions(
        [OPIK, "configure", "--use_local", "--no-install-mcp", "--no-install-skills"],
        {"Opik instance URL:": f"{server.root_url}/", "as the project name?": "y"},
    )
    written = config.read_text() if config.exists() else ""
    config.unlink(missing_ok=True)
    assert code == 0, screen
    assert f"url_override = {server.api_url}/" in written
    assert "workspace = default" in written


def test_the_server_is_found_by_the_ping_of_configure_alone(server):
    from opik.configurator import opik_rest_helpers

    assert opik_rest_helpers.is_instance_active(f"{server.root_url}/")
    assert httpx.get(f"{server.root_url}/api/is-alive/ping").json()["healthy"] is True
