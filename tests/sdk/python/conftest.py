"""One server for the whole run, clean clients for every test, and the server's log beside every failure."""

import os
import pathlib
import shutil
import tempfile

# For the tests and not for what they start.
OURS = ("CAIRN_BIN", "CAIRN_KILLS")
HOME = tempfile.mkdtemp(prefix="cairn-sdk-home-")


def isolate_environment() -> None:
    """Nothing of the person who runs the suite may reach the clients: no file, no key, no proxy."""
    strangers = ("OPIK_", "OTEL_", "COMET_", "CAIRN_")
    proxies = {"http_proxy", "https_proxy", "all_proxy"}
    for name in list(os.environ):
        if name not in OURS and (name.startswith(strangers) or name.lower() in proxies):
            del os.environ[name]
    os.environ.update(
        HOME=HOME,
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        NO_PROXY="*",
        OPIK_ANALYTICS_ENABLE="false",
        OPIK_SENTRY_ENABLE="false",
        OPIK_SUPPRESS_BATCHING_UPDATE_WARNING="true",
    )


isolate_environment()  # before the SDK is imported

import opik  # noqa: E402
import pytest  # noqa: E402
from opik.api_objects import opik_client  # noqa: E402

from api import Api  # noqa: E402
from cairn_server import Server  # noqa: E402
from scripted_model import ScriptedModel  # noqa: E402

SERVER_KEY = pytest.StashKey[Server]()
LOG_START_KEY = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def server(request, tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("cairn")).start()
    request.config.stash[SERVER_KEY] = running
    os.environ["OPIK_URL_OVERRIDE"] = running.api_url
    yield running
    opik_client.reset_global_client(end_client=True)
    assert running.is_running(), f"the server ended during the run:\n{running.log()[-5000:]}"
    assert running.stop() == 0, "SIGTERM must end the server with exit code 0"


@pytest.fixture
def project(request) -> str:
    """A name of its own for every test, so that no test sees the data of another."""
    return f"{request.node.name[:80]}-{os.urandom(4).hex()}"


@pytest.fixture
def api(server):
    with Api(server.root_url) as raw:
        yield raw


@pytest.fixture
def project_id(api, project) -> str:
    """The project of this test, made before anything is in it."""
    assert api.send("POST", "projects", {"name": project}).status_code == 201
    return api.send("POST", "projects/retrieve", {"name": project}).json()["id"]


@pytest.fixture
def client(server, project):
    """The SDK as most programs use it: batching in the background."""
    batching = opik.Opik(project_name=project, host=server.api_url)
    yield batching
    batching.end()


@pytest.fixture
def direct_client(server, project):
    """The SDK without batching: every call is a request of its own."""
    unbatched = opik.Opik(project_name=project, host=server.api_url, batching=False)
    yield unbatched
    unbatched.end()


@pytest.fixture
def tracked(server, project):
    """What `@opik.track` writes to: the global client, pointed at this test's project."""
    os.environ["OPIK_PROJECT_NAME"] = project
    opik_client.reset_global_client(end_client=True)
    yield project
    opik_client.reset_global_client(end_client=True)
    del os.environ["OPIK_PROJECT_NAME"]


@pytest.fixture(scope="session")
def scripted_model():
    """In place of a vendor's model."""
    model = ScriptedModel()
    yield model
    model.close()


@pytest.fixture
def own_server(tmp_path):
    """A server that a test may kill: nobody else uses it."""
    alone = Server(pathlib.Path(tmp_path))
    yield alone
    if alone.is_running():
        alone.kill()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    running = item.config.stash.get(SERVER_KEY, None)
    item.stash[LOG_START_KEY] = running.log_bytes() if running else 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        running = item.funcargs.get("own_server") or item.config.stash.get(SERVER_KEY, None)
        if running is not None:
            since = 0 if "own_server" in item.funcargs else item.stash.get(LOG_START_KEY, 0)
            report.sections.append(("log of cairn", running.log(since)[-8000:]))
    return report


def pytest_unconfigure():
    shutil.rmtree(HOME, ignore_errors=True)
