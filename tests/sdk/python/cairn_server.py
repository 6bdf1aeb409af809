"""Starts and stops the real binary, as a user would from a shell.

It knows nothing of the API beyond the ping.
"""

import os
import pathlib
import signal
import socket
import subprocess
import time
from typing import Any

import httpx

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30


def binary() -> pathlib.Path:
    path = pathlib.Path(os.environ.get("CAIRN_BIN") or "target/release/cairn")
    return path if path.is_absolute() else REPOSITORY / path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cairn(*arguments: str, seconds_max: int = 120) -> subprocess.CompletedProcess:
    """Runs one command of the binary to its end."""
    return subprocess.run(
        [str(binary()), *arguments], capture_output=True, text=True, timeout=seconds_max, check=False
    )


class Server:
    """One data directory and the process that serves it; may be stopped, killed and started again."""

    def __init__(self, folder: pathlib.Path):
        self.data = folder / "data"
        self.log_file = folder / "cairn.log"
        self.port = free_port()
        self.grpc_port = free_port()
        self.process: subprocess.Popen | None = None

    @property
    def root_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.root_url}/api"

    def start(self, **options: Any) -> "Server":
        """Options go to the process."""
        self.launch(**options)
        self._wait_until_ready()
        return self

    def launch(self, **options: Any) -> None:
        """As `start`, for whoever does not want to wait."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(binary()),
                    "serve",
                    "--listen",
                    f"127.0.0.1:{self.port}",
                    "--grpc-listen",
                    f"127.0.0.1:{self.grpc_port}",
                    "--data",
                    str(self.data),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                **options,
            )

    def stop(self) -> int:
        """Asks politely, as a service manager does, and gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._wait_for_exit()

    def kill(self) -> None:
        self.process.kill()
        self._wait_for_exit()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log(self, since: int = 0) -> str:
        if not self.log_file.exists():
            return ""
        return self.log_file.read_bytes()[since:].decode(errors="replace")

    def log_bytes(self) -> int:
        return self.log_file.stat().st_size if self.log_file.exists() else 0

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"cairn ended with {self.process.returncode} at start:\n{self.log()}")
            try:
                if httpx.get(f"{self.api_url}/is-alive/ping", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        self.process.kill()
        raise RuntimeError(f"cairn did not answer within {READY_SECONDS_MAX} s:\n{self.log()}")

    def _wait_for_exit(self) -> int:
        try:
            return self.process.wait(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"cairn did not end within {STOP_SECONDS_MAX} s:\n{self.log()}") from None


def served(folder: pathlib.Path):
    """For a fixture: a server that is there until what asked for it has ended, and then ends as it should."""
    running = Server(folder).start()
    yield running
    assert running.stop() == 0, "SIGTERM must end the server with exit code 0"
