"""One node of its own per scenario file: started, spoken to over REST, stopped and examined."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from importlib.metadata import version

import httpx

START_S_MAX = 60  # only fails; a start takes well under a second
STOP_S_MAX = 60

SDK_VERSION = tuple(int(part) for part in version("unpod").split(".")[:2])


def grammar(*phrases: str) -> str:
    """A JSGF grammar whose turns are exactly these phrases."""
    return f"#JSGF V1.0;\ngrammar turns;\npublic <turn> = {' | '.join(phrases)};\n"


def environment() -> dict[str, str]:
    """Nothing of the developer's own settings. A busy machine hears late, yet all of it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("UNPOD_")}
    return env | {"UNPOD_NODE_LIMITS_END_OF_TURN_MAX_MS": "30000"}


def rows(answer: httpx.Response) -> object:
    """What an answer of the API carries, out of its envelope."""
    answer.raise_for_status()
    return answer.json()["data"]


class Node:
    """`unpod start --dev` on a free loopback port with a temporary data directory.

    `settings` are variables of the node's environment; `port` is that of a node before it.
    """

    def __init__(self, *flags: str, settings: dict[str, str] | None = None, port: int = 0) -> None:
        self.data_dir = pathlib.Path(tempfile.mkdtemp(prefix="unpod-sdk-"))
        self.url = ""
        self.key = ""
        self.secrets: set[str] = set()  # whatever must never reach the log
        self._log_path = self.data_dir / "stderr.txt"
        self._said: list[str] = []
        self._ready = threading.Event()
        with open(self._log_path, "wb") as log:
            self.process = subprocess.Popen(
                [os.environ["UNPOD_BINARY"], "start", "--dev", "--listen", f"127.0.0.1:{port}",
                 "--data-dir", str(self.data_dir / "data"), *flags],
                env=environment() | (settings or {}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                text=True)
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(START_S_MAX):
            self.process.kill()
            raise AssertionError(f"the node did not start:\n{self.log()}")
        self.secrets.add(self.key)
        self.rest = httpx.Client(base_url=self.url, timeout=30,
                                 headers={"Authorization": f"Bearer {self.key}"})

    def _listen(self) -> None:
        for line in self.process.stdout:
            self._said.append(line)
            if found := re.search(r"listens on (http://\S+)", line):
                self.url = found[1].rstrip("/")
            if found := re.search(r"api key: (sk_\S+)", line):
                self.key = found[1]
            if self.url and self.key:
                self._ready.set()
        self._ready.set()

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port

    # -- what a test wants from the API -----------------------------------------

    def create_pipe(self, agent: str, phrases: list[str] | None = None, **fields) -> str:
        """A pipe for `agent`; with `phrases` the recogniser listens for just these."""
        body = {"name": f"pipe of {agent}", "agent_id": agent, "voice_profile": "embedded-en",
                **fields}
        if phrases:
            body["stt_grammar"] = grammar(*phrases)
        return rows(self.rest.post("/platform/v1/pipes", json=body))["pipe_id"]

    def token(self, pipe_id: str, **metadata) -> str:
        body = {"pipe_id": pipe_id, **({"metadata": metadata} if metadata else {})}
        token = rows(self.rest.post("/platform/v1/sessions/token", json=body))["token"]
        self.secrets.add(token)
        return token

    def call(self, call_id: str) -> dict:
        return rows(self.rest.get(f"/platform/v1/calls/{call_id}"))

    def ended_call(self, call_id: str) -> dict:
        """The record of a call that is over, once it is written."""
        return self.until(lambda: (record := self.call(call_id))["ended_at"] and record,
                          f"call {call_id} to end")

    def runners(self, agent: str) -> list[dict]:
        answer = self.rest.get("/v1/runners")
        answer.raise_for_status()
        listed = answer.json()
        listed = listed["data"] if isinstance(listed, dict) else listed
        return [row for row in listed if row["agent_id"] == agent]

    def until(self, question, what: str, limit_s: float = 30):
        """Asks until the answer is truthy: for what only polling can tell."""
        deadline = time.monotonic() + limit_s
        while not (answer := question()):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {limit_s} s in vain for {what}\n{self.log()}")
            time.sleep(0.05)
        return answer

    # -- what it is like inside ---------------------------------------------------

    def resident_mb(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def log(self, lines: int = 40) -> str:
        said = self._log_path.read_text(errors="replace").splitlines()
        return "\n".join([f"-- the node's last {lines} lines:", *said[-lines:]])

    def stop(self) -> None:
        """Drains, and fails unless the node left politely and kept its secrets."""
        self.rest.close()
        try:
            if self.process.poll() is not None:
                raise AssertionError(f"the node died: {self.process.returncode}\n{self.log(200)}")
            self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(STOP_S_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the node did not stop\n{self.log(100)}") from None
            log = self._log_path.read_text(errors="replace")
            assert code == 0, f"the node stopped with {code}\n{self.log(100)}"
            told = [secret[:12] for secret in self.secrets if secret and secret in log]
            assert not told, f"secrets in the log: {told}"
        finally:
            self.process.stdout.close()
            shutil.rmtree(self.data_dir, ignore_errors=True)
