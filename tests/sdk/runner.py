"""An Agent Runner as a process of its own: the unmodified `unpod` package runs agent.py."""

import asyncio
import json
import os
import pathlib
import signal
import sys
import tempfile

from node import SDK_VERSION

AGENT = pathlib.Path(__file__).with_name("agent.py")
WAIT_S = 40


def environment(node, key: str | None = None) -> dict[str, str]:
    """What a developer exports for this release of the SDK, and nothing else of ours."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("UNPOD_")}
    env |= {"UNPOD_BASE_URL": node.url, "PYTHONUNBUFFERED": "1"}
    if SDK_VERSION < (0, 4):
        env["UNPOD_API_KEY"] = key or node.key
    else:  # the control socket takes a platform token and an organisation
        env |= {"UNPOD_PLATFORM_TOKEN": key or node.key, "UNPOD_ORG_HANDLE": "tests"}
    return env


class Runner:
    """`async with Runner(node, "agent", "echo") as runner`: registered, then killed at the end."""

    def __init__(self, node, agent: str, behaviour: str, *flags: str, key: str | None = None,
                 registers: bool = True) -> None:
        self.node, self.agent = node, agent
        self.reports: list[dict] = []
        self._command = [sys.executable, "-B", str(AGENT), behaviour, "--agent-id", agent, *flags]
        self._key, self._registers = key, registers
        self._news = asyncio.Condition()
        self._log = tempfile.TemporaryFile()
        self._taken = 0

    async def __aenter__(self) -> "Runner":
        known = await asyncio.to_thread(self.node.runners, self.agent)
        before = {row["worker_id"] for row in known}
        self.process = await asyncio.create_subprocess_exec(
            *self._command, env=environment(self.node, self._key),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=self._log)
        self._reader = asyncio.create_task(self._read())
        if self._registers:
            def arrived() -> list[dict]:
                return [row for row in self.node.runners(self.agent)
                        if row["worker_id"] not in before]
            try:
                row = await asyncio.to_thread(
                    self.node.until, arrived, f"runner {self.agent} to register")
            except AssertionError as why:
                await self.__aexit__()
                raise AssertionError(f"{why}\n{self.log()}") from None
            self.worker_id = row[0]["worker_id"]
        return self

    async def __aexit__(self, *_) -> None:
        self.signal(signal.SIGKILL)
        await self.process.wait()
        await self._reader
        self._log.close()

    def signal(self, number: int) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)

    async def _read(self) -> None:
        async for line in self.process.stdout:
            async with self._news:
                self.reports.append(json.loads(line))
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    def log(self) -> str:
        self._log.seek(0)
        return "-- the runner said:\n" + self._log.read().decode(errors="replace")[-6000:]

    def count(self, kind: str) -> int:
        return sum(report["event"] == kind for report in self.reports)

    def _match(self, kind: str):
        for at in range(self._taken, len(self.reports)):
            if self.reports[at]["event"] == kind:
                self._taken = at + 1
                return self.reports[at]
        return None

    async def report(self, kind: str) -> dict:
        """The next report of this kind after the one that was last waited for."""
        async with self._news:
            try:
                async with asyncio.timeout(WAIT_S):
                    while not (found := self._match(kind)):
                        await self._news.wait()
                    return found
            except TimeoutError:
                raise AssertionError(f"no {kind} from the runner, only {self.reports}\n{self.log()}"
                                     f"\n{self.node.log()}") from None
