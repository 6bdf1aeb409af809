"""A server under measurement, what it takes of the machine, and the generator that loads it: for `bench` and `load`.

Standard library only.
"""

import atexit
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEALTHY_SECONDS_MAX = 600
SAMPLE_SECONDS = 0.2
SPANS_PER_TRACE = 8
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
LAG = re.compile(r'^cairn_index_lag_events\{[^}]*index="(\w+)"[^}]*\} (\d+)', re.MULTILINE)


def target_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def build(binaries: pathlib.Path | None) -> tuple[pathlib.Path, pathlib.Path]:
    if binaries:
        return binaries / "cairn", binaries / "cairn-bench"
    for package in ("cairn-server", "cairn-bench"):
        subprocess.run(["cargo", "build", "--locked", "--release", "-p", package], cwd=ROOT, check=True)
    return target_folder() / "release" / "cairn", target_folder() / "release" / "cairn-bench"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, binary: pathlib.Path, data: pathlib.Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = ["serve", "--data", str(data), "--listen", f"127.0.0.1:{self.port}", "--grpc-listen", "off"]
        self.log = tempfile.TemporaryFile()
        began = time.monotonic()
        self.process = subprocess.Popen([binary, *arguments], stdout=self.log, stderr=self.log)
        # A measurement that is given up leaves nobody behind; one that has ended is not there to be killed.
        atexit.register(self.process.kill)
        self.healthy_seconds = self.wait_until_healthy() - began

    def wait_until_healthy(self) -> float:
        given_up = time.monotonic() + HEALTHY_SECONDS_MAX
        while self.process.poll() is None and time.monotonic() < given_up:
            try:
                with urllib.request.urlopen(f"{self.url}/is-alive/ping", timeout=1) as answer:
                    if json.load(answer)["healthy"]:
                        return time.monotonic()
            except OSError:
                time.sleep(0.005)
        raise SystemExit("the server did not become healthy:\n" + self.said())

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-4_000:]

    def memory_mib(self, kind: str = "VmRSS") -> float:
        """`RssAnon` is what is the process's own, without the files that the system keeps for it."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def lag(self) -> dict[str, int]:
        """How many events each index is behind, the furthest of all workspaces."""
        behind: dict[str, int] = {}
        for index, events in LAG.findall(self.get("metrics").decode()):
            behind[index] = max(behind.get(index, 0), int(events))
        return behind

    def spans(self, project: str) -> int:
        return json.loads(self.get(f"api/v1/private/spans?size=1&project_name={project}"))["total"]

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as answer:
            return answer.read()

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)


class Watch:
    """Samples a server's memory until it is ended."""

    def __init__(self, server: Server) -> None:
        self.peak_mib = 0.0
        self.cpu_before = server.cpu_seconds()
        self.server = server
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.sample)
        self.thread.start()

    def sample(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            self.peak_mib = max(self.peak_mib, self.server.memory_mib())

    def end(self) -> dict:
        self.over.set()
        self.thread.join()
        return {"peak_mib": round(self.peak_mib), "cpu_seconds": round(self.server.cpu_seconds() - self.cpu_before, 2)}


class Generator:
    def __init__(self, binary: pathlib.Path, url: str) -> None:
        self.command = [str(binary), "--url", url]

    def __call__(self, *arguments: object) -> object:
        done = subprocess.run(self.command + [str(word) for word in arguments], stdout=subprocess.PIPE)
        if done.returncode:
            raise SystemExit(f"the generator failed: {' '.join(map(str, arguments))}")
        return json.loads(done.stdout)

    def start(self, *arguments: object) -> subprocess.Popen:
        return subprocess.Popen(self.command + [str(word) for word in arguments], stdout=subprocess.PIPE)


def disk_bytes(folder: pathlib.Path) -> int:
    """What the files really take: they may be made longer than they are filled."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
