"""Others that take the same load, from PyPI, each in an environment of its own under `.cache/bench/venvs`, started with
their defaults; and the reads that all of them answer over public HTTP APIs.

What is known of them is what their documentation says and what they answer. Standard library only.
"""

import collections
import dataclasses
import http.client
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable

from measured import HEALTHY_SECONDS_MAX, ROOT, Generator, Server, disk_bytes, free_port

VENVS = ROOT / ".cache" / "bench" / "venvs"
END_SECONDS_MAX = 30
WARM_UP = 3
SPANS_PER_SESSION = 32
PAGE, ONE, SESSION, ERRORS = ("first page of 25 traces", "one trace with its spans", "traces of one session",
                              "50 spans with an error")
QUESTIONS = (PAGE, ONE, SESSION, ERRORS)


@dataclasses.dataclass
class Request:
    path: str
    body: dict | None = None


@dataclasses.dataclass
class Reads:
    """How a product is asked. `one` takes the id of a trace, `session` the name of a session; what is `None` it cannot."""

    page: Request
    ids: Callable[[dict], list[str]]
    one: Callable[[str], Request]
    session: Callable[[str], Request]
    errors: Request | None
    # The rows of any answer.
    rows: Callable[[dict], list]


@dataclasses.dataclass
class Peer:
    name: str
    requirement: str
    # Where the generator puts its spans: a name, or the id of what is there from the beginning.
    project: str
    command: Callable[[pathlib.Path, int], list[str]]
    environment: Callable[[pathlib.Path, int], dict[str, str]]
    healthy: str
    reads: Reads


def path(base: str, **params: object) -> str:
    return f"{base}?{urllib.parse.urlencode(params)}"


def cairn_reads(project: str) -> Reads:
    def some(kind: str, size: int, **more: object) -> Request:
        return Request(path(f"/api/v1/private/{kind}", project_name=project, page=1, size=size, **more))

    def where(field: str, operator: str, value: str) -> str:
        return json.dumps([{"field": field, "operator": operator, "value": value}])

    return Reads(
        page=some("traces", 25),
        ids=lambda answer: [row["id"] for row in answer["content"]],
        one=lambda id: some("spans", 500, trace_id=id),
        session=lambda name: some("traces", 25, filters=where("thread_id", "=", name)),
        errors=some("spans", 50, filters=where("error_info", "is_not_empty", "")),
        rows=lambda answer: answer["content"],
    )


def phoenix(project: str = "bench") -> Peer:
    base = f"/v1/projects/{project}"
    return Peer(
        name="phoenix",
        requirement="arize-phoenix==20.26.1",
        project=project,
        command=lambda venv, _: [str(venv / "bin" / "phoenix"), "serve"],
        environment=lambda folder, port: {
            "PHOENIX_WORKING_DIR": str(folder), "PHOENIX_HOST": "127.0.0.1", "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(free_port()), "PHOENIX_TELEMETRY_ENABLED": "false",
        },
        healthy="/healthz",
        reads=Reads(
            page=Request(path(f"{base}/traces", limit=25, sort="start_time", order="desc")),
            ids=lambda answer: [row["trace_id"] for row in answer["data"]],
            one=lambda id: Request(path(f"{base}/spans", trace_id=id, limit=500)),
            session=lambda name: Request(path(f"{base}/traces", session_identifier=name, limit=25)),
            errors=Request(path(f"{base}/spans", status_code="ERROR", limit=50)),
            rows=lambda answer: answer["data"],
        ),
    )


def mlflow(experiment: str = "0") -> Peer:
    search, here = "/api/3.0/mlflow/traces/search", [
        {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}]
    return Peer(
        name="mlflow",
        requirement="mlflow==3.17.2",
        project=experiment,
        command=lambda venv, port: [str(venv / "bin" / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port)],
        environment=lambda *_: {"MLFLOW_DISABLE_TELEMETRY": "true"},
        healthy="/health",
        reads=Reads(
            page=Request(search, {"locations": here, "max_results": 25, "order_by": ["timestamp_ms DESC"]}),
            ids=lambda answer: [row["trace_id"] for row in answer["traces"]],
            one=lambda id: Request(path("/api/3.0/mlflow/traces/get", trace_id=id)),
            session=lambda name: Request(search, {
                "locations": here, "max_results": 25, "filter": f"metadata.`mlflow.trace.session` = '{name}'"}),
            errors=None,
            rows=lambda answer: answer["traces"] if "traces" in answer else answer["trace"]["spans"],
        ),
    )


PEERS = {"phoenix": phoenix, "mlflow": mlflow}


class Running:
    """A peer in a folder of its own, until it is ended."""

    def __init__(self, peer: Peer, folder: pathlib.Path) -> None:
        venv, port = installed(peer), free_port()
        self.url, self.folder = f"http://127.0.0.1:{port}", folder
        folder.mkdir()
        strangers = ("OTEL_", "PHOENIX_", "MLFLOW_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
        environment = inherited | {"HOME": str(folder), "DO_NOT_TRACK": "1"} | peer.environment(folder, port)
        environment["PATH"] = f"{venv / 'bin'}:{environment['PATH']}"
        self.log = folder / "log"
        began = time.monotonic()
        with self.log.open("wb") as log:
            # A session of its own: some are several processes, which are measured and ended together.
            self.process = subprocess.Popen(peer.command(venv, port), cwd=folder, env=environment, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True)
        self.wait_until_healthy(peer.healthy)
        self.healthy_seconds = time.monotonic() - began

    def wait_until_healthy(self, place: str) -> None:
        given_up = time.monotonic() + HEALTHY_SECONDS_MAX
        while self.process.poll() is None and time.monotonic() < given_up:
            try:
                Client(self.url).send(Request(place))
                return
            except (OSError, http.client.HTTPException, Refused):
                time.sleep(0.1)
        raise SystemExit(f"it did not become healthy:\n{self.log.read_text(errors='replace')[-4_000:]}")

    def memory_mib(self) -> float:
        return sum(resident_kib(pid) for pid in session(self.process.pid)) / 1024

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def session(leader: int) -> list[int]:
    """The processes of a session."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == leader:
                found.append(int(folder.name))
    return found


def resident_kib(pid: int) -> int:
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def installed(peer: Peer) -> pathlib.Path:
    """The environment of a peer, made when it is first asked for, or when another version is wanted."""
    venv = VENVS / peer.name
    stamp = venv / ".installed"
    if not stamp.exists() or stamp.read_text() != peer.requirement:
        print(f"installing {peer.requirement} into {venv.relative_to(ROOT)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, peer.requirement], check=True)
        stamp.write_text(peer.requirement)
    return venv


class Refused(Exception):
    pass


class Client:
    """One connection that is kept, as a program would. The same for all who are compared."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)

    def send(self, request: Request) -> bytes:
        body = None if request.body is None else json.dumps(request.body)
        headers = {} if body is None else {"content-type": "application/json"}
        self.connection.request("GET" if body is None else "POST", request.path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise Refused(f"{request.path} {body or ''} was answered with {answer.status}: {content[:500]!r}")
        return content


def timed(url: str, reads: Reads, spans: int, times: int) -> dict[str, dict | None]:
    """Milliseconds of each read, one after the other. A read that finds nothing is no measurement."""
    client, draw = Client(url), random.Random(7)
    ids = reads.ids(json.loads(client.send(reads.page)))
    asked = {
        PAGE: lambda: reads.page,
        ONE: lambda: reads.one(draw.choice(ids)),
        SESSION: lambda: reads.session(f"session-{draw.randrange(max(spans // SPANS_PER_SESSION, 1))}"),
        ERRORS: (lambda: reads.errors) if reads.errors else None,
    }
    return {question: time_of(client, reads, question, ask, times) if ask else None for question, ask in asked.items()}


def time_of(client: Client, reads: Reads, question: str, ask: Callable[[], Request], times: int) -> dict:
    took = []
    for number in range(times + WARM_UP):
        request = ask()
        began = time.perf_counter()
        content = client.send(request)
        if number >= WARM_UP:
            took.append((time.perf_counter() - began) * 1000)
        if not reads.rows(json.loads(content)):
            raise SystemExit(f"`{question}` found nothing: {request}")
    took.sort()
    return {"p50": round(statistics.median(took), 2), "p95": round(took[int(len(took) * 0.95)], 2)}


def measured(name: str, running: Running | Server, generator: Generator, project: str, reads: Reads, spans: int, times: int,
             data: pathlib.Path) -> dict:
    """The same load and the same reads, whoever is asked."""
    product = ["--product", name, "--project", project, "load", "--spans", spans]
    loaded = generator(*product, *(["--no-wait"] if name == "mlflow" else []))
    result = {
        "spans": spans,
        "acknowledged_spans_per_second": loaded["acknowledged_spans_per_second"],
        "visible_spans_per_second": loaded["visible_spans_per_second"],
        "asked_to_wait": loaded["refused"],
        "reads": timed(running.url, reads, spans, times),
        "mib": round(running.memory_mib()),
        "disk_mib": round(disk_bytes(data) / (1 << 20), 1),
        "healthy_seconds": round(running.healthy_seconds, 2),
    }
    print(f"{name}: {result['acknowledged_spans_per_second']:.0f} spans/s", file=sys.stderr)
    return result


def compare(names: list[str], binaries: tuple[pathlib.Path, pathlib.Path], folder: pathlib.Path, spans: int,
            times: int) -> dict:
    """One after the other on the same machine, each with nothing else at work."""
    cairn, generator = binaries
    results: dict[str, dict] = collections.OrderedDict()
    data = folder / "cairn"
    server = Server(cairn, data)
    try:
        results["cairn"] = measured("cairn", server, Generator(generator, server.url), "bench", cairn_reads("bench"),
                                    spans, times, data)
    finally:
        server.end()
    for name in names:
        peer = PEERS[name]()
        running = Running(peer, folder / name)
        try:
            results[name] = measured(name, running, Generator(generator, running.url), peer.project, peer.reads,
                                     spans, times, running.folder)
            results[name]["version"] = peer.requirement
        finally:
            running.end()
    return results


def table(results: dict[str, dict]) -> str:
    """Figures of each, and behind those of a peer how many times better Cairn's is."""
    lines = [f"{'':<44}" + "".join(f"{name:>26}" for name in results)]
    ours = results["cairn"]

    def row(what: str, value: Callable[[dict], float | None], more_is_better: bool) -> None:
        cells = []
        for name, result in results.items():
            figure, own = value(result), value(ours)
            if figure is None:
                cells.append("–")
            elif name == "cairn" or own is None:
                cells.append(f"{figure:,}")
            else:
                cells.append(f"{figure:,} ({own / figure if more_is_better else figure / own:.1f}×)")
        lines.append(f"{what:<44}" + "".join(f"{cell:>26}" for cell in cells))

    row("spans/s until acknowledged", lambda one: one["acknowledged_spans_per_second"], True)
    row("spans/s until lists count them", lambda one: one["visible_spans_per_second"], True)
    for question in QUESTIONS:
        for rank in ("p50", "p95"):
            row(f"{question}, {rank} in ms", lambda one: (one["reads"][question] or {}).get(rank), False)
    row("memory afterwards in MiB", lambda one: one["mib"], False)
    row("disk in MiB", lambda one: one["disk_mib"], False)
    row("start to healthy in s", lambda one: one["healthy_seconds"], False)
    return "\n".join(lines)
