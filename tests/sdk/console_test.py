"""A node looked at while it works: its tree during a live call is the one that is drawn, a crash
is seen with its restart, the whole console is read in a terminal of tmux, and no secret shows."""

import json
import os
import pathlib
import signal
import subprocess
import time
import unittest.mock
import uuid

from caller import Caller
from node import environment, rows
from runner import Runner
from scenario import Scenario

PHRASES = ["two loaves of brown bread", "goodbye"]

#: README, "A call", and the doors: who may stand below whom while a call that came in lives.
DRAWN = {
    ("node", "store"), ("node", "accountant"), ("node", "providers"), ("node", "orchestrator"),
    ("node", "webhooks"), ("node", "analyst"), ("node", "call_queue"), ("node", "loopback_trunk"),
    ("node", "pipes"), ("node", "client_door"), ("node", "runner_door"),
    ("providers", "provider"), ("orchestrator", "runner"), ("runner_door", "runner_face"),
    ("client_door", "client_leg"), ("pipes", "pipe"), ("pipe", "call"), ("call", "transcriber"),
    ("call", "synthesizer"), ("call", "bridge_leg"), ("call", "recorder"),
    ("transcriber", "stt_stream"), ("synthesizer", "tts_stream"),
}

OF_A_CALL = {"call", "transcriber", "synthesizer", "bridge_leg", "recorder", "stt_stream",
             "tts_stream", "client_leg"}


class Console(Scenario):
    def actors(self, **wish: str) -> list[dict]:
        return rows(self.node.rest.get("/v1/actors", params=wish))

    def one(self, kind: str) -> dict:
        return self.actors(view="flat", kind=kind)[0]

    def deaths(self) -> list[dict]:
        """Who died, and of what; when is told anew each time, to a millisecond or so."""
        told = rows(self.node.rest.get("/v1/node"))["actors"]["last_deaths"]
        return [{name: row[name] for name in row if name != "at"} for row in told]

    def tool(self, *words: str) -> str:
        """What a verb of the program prints."""
        env = environment() | {"UNPOD_BASE_URL": self.node.url, "UNPOD_API_KEY": self.node.key}
        done = subprocess.run([os.environ["UNPOD_BINARY"], *words], env=env, text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    async def test_the_tree_is_the_one_that_is_drawn_and_nobody_is_left(self) -> None:
        dead = self.deaths()  # what another test killed
        pipe = self.node.create_pipe("baker", PHRASES, recording=True)
        async with Runner(self.node, "baker", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            seen = self.actors()
            by_id = {row["id"]: row for row in seen}
            edges = {(by_id[row["parent_id"]]["kind"], row["kind"]) for row in seen
                     if row["parent_id"] in by_id}
            self.assertLessEqual(edges, DRAWN)
            missing = DRAWN - edges - {("synthesizer", "tts_stream")}  # lives while it speaks
            self.assertEqual(missing, set())
            self.assertEqual([row["kind"] for row in seen if row["level"] == 0], ["node"])
            for row in seen:
                if row["kind"] in OF_A_CALL - {"client_leg"}:
                    self.assertEqual(row["subject"], caller.call_id, row)
            self.assertEqual(self.one("call")["state"], "listening")
            self.assertGreater(self.one("store")["handled"], 0)
            self.read_the_verbs(caller.call_id)
            await caller.hang_up()
        self.node.ended_call(caller.call_id)
        self.node.until(lambda: not [row for row in self.actors() if row["kind"] in OF_A_CALL],
                        "every actor of the call to be gone")
        self.assertEqual(self.deaths(), dead)
        self.read_the_story(caller.call_id)

    def read_the_verbs(self, call_id: str) -> None:
        self.assertIn("transcriber", self.tool("actor", "tree", "--kind", "transcriber"))
        self.assertIn(call_id, self.tool("actor", "tree", "--json"))
        call = self.one("call")["id"]
        self.assertIn("Its children:", self.tool("actor", "show", call))
        self.assertIn("store", self.tool("top"))
        self.assertIn("Threads", self.tool("node", "show"))
        self.assertIn("baker", self.tool("runner", "list"))
        self.assertIn("ok", self.tool("doctor"))

    def read_the_story(self, call_id: str) -> None:
        why = self.tool("call", "why", call_id)
        for words in ("took it", "The caller took 1 turn", "(caller_hangup)"):
            self.assertIn(words, " ".join(why.split()))
        told = rows(self.node.rest.get(f"/v1/calls/{call_id}/timeline"))
        kinds = [row["kind"] for row in told["rows"]]
        for kind in ("started", "dispatch", "user_turn", "agent_turn", "ledger", "end"):
            self.assertIn(kind, kinds)
        self.assertEqual(told["ended_by"], "the caller")
        self.assertEqual(kinds[0], "started")

    async def test_a_crash_is_seen_with_its_reason_and_the_call_goes_on(self) -> None:
        pipe = self.node.create_pipe("miller", PHRASES)
        async with Runner(self.node, "miller", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            self.tool("chaos", "kill", self.one("transcriber")["id"])
            again = self.node.until(
                lambda: next((row for row in self.actors(view="flat", kind="transcriber")
                              if row["restarts"] == 1), None), "the transcriber's next life")
            self.assertIn("kill", again["last_exit"])
            await self.turn(caller, runner, PHRASES[0])
            held = self.one("recorder") if self.actors(view="flat", kind="recorder") else again
            self.tool("actor", "suspend", held["id"], "--seconds", "5")
            self.assertTrue(rows(self.node.rest.get(f"/v1/actors/{held['id']}"))["suspended"])
            self.tool("actor", "resume", held["id"])
            audit = json.dumps(rows(self.node.rest.get("/v1/audit")))
            self.assertIn(f"(actor {held['id']})", audit)
            await caller.hang_up()

    async def test_no_secret_shows_in_anything_that_is_seen(self) -> None:
        canary = f"sk_canary_{uuid.uuid4().hex}"
        self.node.secrets.add(canary)
        pipe = self.node.create_pipe("keeper", PHRASES, metadata={"password": canary})
        brain = {"type": "endpoint", "ref": "http://127.0.0.1:9/",
                 "cfg": {"api_key": canary, "headers": {"X-Key": canary},
                         "query": {"api_key": canary}}}
        self.node.rest.post("/v1/agents", json={"agent_id": "thinker", "name": "thinker",
                                                "brain": brain}).raise_for_status()
        token = self.node.token(pipe, secret=canary)
        self.node.rest.post("/v1/logs/levels", json={"level": "debug"}).raise_for_status()
        for way in ({"Authorization": f"Bearer {canary}"}, {"Authorization": f"Token {canary}"}):
            self.assertEqual(self.node.rest.get("/v1/pipes", headers=way).status_code, 401)
        self.node.rest.get(f"/v1/{canary}", params={"token": canary})
        async with Runner(self.node, "keeper", "echo"):
            seen = [self.node.rest.get(path) for path in
                    ("/v1/actors", "/v1/node", "/v1/logs", "/v1/logs/levels", "/v1/runners",
                     "/v1/audit", "/metrics", "/v1/agents", "/v1/agents/thinker", "/v1/calls")]
            kept = rows(self.node.rest.get("/v1/agents/thinker"))["brain"]
        self.node.rest.post("/v1/logs/levels", json={"level": "info"}).raise_for_status()
        self.assertEqual(kept["cfg"]["api_key"], "********")  # there, and not shown
        for answer in seen:
            self.assertEqual(answer.status_code, 200, answer.url)
            for secret in (canary, token, self.node.key):
                self.assertNotIn(secret, answer.text)


class Terminal:
    """The console in a tmux of its own."""

    def __init__(self, node, columns: int, lines: int) -> None:
        self.name = f"unpod-{uuid.uuid4().hex[:8]}"
        env = {"UNPOD_API_KEY": node.key, "UNPOD_BASE_URL": node.url, "TERM": "xterm-256color",
               "LC_ALL": "C.UTF-8", "UNPOD": os.environ["UNPOD_BINARY"]}
        with unittest.mock.patch.dict(os.environ, env):
            self.tmux("new-session", "-d", "-x", str(columns), "-y", str(lines), "sh")
        self.keys('PS1="ready$ "; clear', "Enter")
        self.keys('"$UNPOD" console', "Enter")

    def tmux(self, *words: str) -> str:
        return subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", *words], text=True,
                              capture_output=True, check=True, timeout=20).stdout

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def until(self, *words: str, limit_s: float = 20) -> str:
        deadline = time.monotonic() + limit_s
        while any(word not in (screen := self.screen()) for word in words):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {words} in\n{screen}")
            time.sleep(0.1)
        return screen

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self.name, "kill-server"], capture_output=True, check=False)


class OnATerminal(Scenario):
    def terminal(self, columns: int, lines: int) -> Terminal:
        made = Terminal(self.node, columns, lines)
        self.addCleanup(made.close)
        return made

    async def test_every_view_at_eighty_columns_and_at_two_hundred(self) -> None:
        pipe = self.node.create_pipe("baker", PHRASES)
        async with Runner(self.node, "baker", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            for columns, lines in ((80, 24), (200, 60)):
                terminal = self.terminal(columns, lines)
                screen = terminal.until("[Overview]", "1 now", "p95", "writable", "Limits")
                self.assertEqual(len(screen.split("\n")[:lines]), lines)
                for key, words in (("2", (caller.call_id, "active")),
                                   ("4", ("baker", "free")),
                                   ("5", ("embedded-en", "yes")),
                                   ("6", ("WAITING", "store")),
                                   ("7", ("node", "    pipe", "transcriber")),
                                   ("8", ("[Log]",)),
                                   ("?", ("Any key goes back",))):
                    terminal.keys(key)
                    terminal.until(*words)
                terminal.keys("x")
                terminal.keys("2")
                terminal.until("active")
                terminal.keys("Enter")
                terminal.until("took it", "user_turn")
                terminal.keys("7")
                terminal.keys("/", "transc", "Enter")
                self.assertIn("[/transc]", terminal.until("transcriber", "[/transc]"))
                terminal.keys("q")
                self.assertIn("ready$", terminal.until("ready$"))
                terminal.close()
            await caller.hang_up()

    async def test_it_resizes_and_dies_without_breaking_the_terminal(self) -> None:
        terminal = self.terminal(80, 24)
        terminal.until("[Overview]", "Limits")
        terminal.tmux("resize-window", "-x", "120", "-y", "40")
        terminal.until("q quit")
        self.assertRegex(terminal.screen().split("\n")[39], "q quit")
        shell = int(terminal.tmux("display-message", "-p", "#{pane_pid}"))
        console = pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0]
        os.kill(int(console), signal.SIGSEGV)
        terminal.until("ready$")
        terminal.keys("echo still $((40+2))", "Enter")
        terminal.until("still 42")
