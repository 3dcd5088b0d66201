"""A node looked at while it works: its tree during a live call is the one that is drawn, a crash
is seen with its restart, the whole console is read in a terminal of tmux, and no secret shows."""

import asyncio
import json
import os
import pathlib
import signal
import subprocess
import time
import unittest
import unittest.mock
import uuid

from caller import Caller
from node import Node, environment, rows
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

    @staticmethod
    def edges(tree: list[dict]) -> set[tuple[str, str]]:
        by_id = {row["id"]: row for row in tree}
        return {(by_id[row["parent_id"]]["kind"], row["kind"]) for row in tree
                if row["parent_id"] in by_id}

    async def walk(self, edges: set[tuple[str, str]]) -> None:
        """All that is seen while a turn goes on: a voice's stream lives while it speaks."""
        while True:
            edges |= self.edges(await asyncio.to_thread(self.actors))
            await asyncio.sleep(0.05)

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
            edges: set[tuple[str, str]] = set()
            walking = asyncio.create_task(self.walk(edges))
            await self.turn(caller, runner, PHRASES[0])
            walking.cancel()
            seen = self.actors()
            edges |= self.edges(seen)
            self.assertEqual(edges, DRAWN)
            self.assertEqual([row["kind"] for row in seen if row["level"] == 0], ["node"])
            for row in seen:
                if row["kind"] in OF_A_CALL - {"client_leg"}:
                    self.assertEqual(row["subject"], caller.call_id, row)
            self.assertEqual(self.one("call")["state"], "listening")
            self.assertGreater(self.one("store")["handled"], 0)
            # Whoever is first to say so, the voice or the media thread: the turn is measured.
            self.node.until(lambda: {"turn", "voice", "playout"} <= {
                row["stage"] for row in rows(self.node.rest.get("/v1/node"))["latencies"]
                if row["p50_ms"] is not None}, "figures of the turn")
            self.read_the_verbs(caller.call_id)
            told = rows(self.node.rest.get(f"/v1/calls/{caller.call_id}/timeline"))["rows"]
            self.assertIn("partial", [row["kind"] for row in told])
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
        self.assertIn("provider", self.tool("top"))
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

    async def test_a_crash_of_each_kind_is_seen_with_its_reason_and_its_restart(self) -> None:
        pipe = self.node.create_pipe("phoenix", PHRASES, recording=True)
        async with Runner(self.node, "phoenix", "echo") as runner:
            # A call restarts two of its own in 10 s and no more; the house is no part of that.
            async with Caller(self.node, pipe) as caller:
                await self.turn(caller, runner, PHRASES[0])
                for kind in ("transcriber", "synthesizer", "provider", "accountant", "webhooks",
                             "analyst", "loopback_trunk", "call_queue", "orchestrator",
                             "providers", "store"):
                    await asyncio.to_thread(self.see_a_crash, kind)
                await self.turn(caller, runner, PHRASES[0])  # all of it cost the call nothing
                await caller.hang_up()
            async with Caller(self.node, pipe) as caller:
                await asyncio.to_thread(self.see_a_crash, "bridge_leg")
                for kind in ("stt_stream", "recorder", "call"):  # another takes over, or none
                    self.tool("chaos", "kill", kind)
                    await asyncio.to_thread(self.node.until, lambda kind=kind: self.died(kind),
                                            f"the death of {kind}")
        self.assertEqual(self.node.ended_call(caller.call_id)["end_reason"], "internal_error")

    def died(self, kind: str) -> bool:
        return any(row["kind"] == kind and "kill" in row["reason"] for row in self.deaths())

    def see_a_crash(self, kind: str) -> None:
        victim = self.one(kind)
        self.tool("actor", "kill", victim["id"])
        self.node.until(lambda: self.died(kind), f"the death of {kind}")
        self.node.until(lambda: any(
            row["subject"] == victim["subject"] and row["restarts"] > victim["restarts"]
            and "kill" in row["last_exit"] for row in self.actors(view="flat", kind=kind)),
            f"the next {kind}")

    async def test_the_messages_of_an_actor_are_traced_and_words_only_when_asked(self) -> None:
        pipe = self.node.create_pipe("tracer", PHRASES)
        async with Runner(self.node, "tracer", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            call = self.one("call")["id"]
            traces = [asyncio.to_thread(self.tool, "actor", "trace", call, "--seconds", "60",
                                        "--json", *more) for more in ((), ("--words",))]
            traced = asyncio.gather(*traces)
            audit = lambda: json.dumps(rows(self.node.rest.get("/v1/audit"))).count("/trace")
            await asyncio.to_thread(self.node.until, lambda: audit() >= 2, "both traces to be on")
            await self.turn(caller, runner, PHRASES[0])
            events = len(caller.events)
            said = self.tool("call", "say", caller.call_id, "This is the operator.")
            self.assertIn("on its way", said)
            await caller.reply("This is the operator.", since=events)
            await caller.hang_up()
            plain, worded = await traced
        for text in (plain, worded):
            seen = [json.loads(line) for line in text.splitlines()]
            self.assertEqual(seen[-1]["what"], "end")
            types = {(row["way"], row["type"]) for row in seen if row["what"] == "message"}
            for way, kind in (("in", "speech_started"), ("in", "heard_final"), ("in", "say_words"),
                              ("out", "speak_text"), ("out", "bridge_user_text")):
                self.assertIn((way, kind), types)
            named = {row["receiver_name"] for row in seen if row["what"] == "message"}
            self.assertIn(f"synthesizer {caller.call_id}", named)
        for word in ("loaves", "operator"):
            self.assertNotIn(word, plain)
            self.assertIn(word, worded)
        kinds = [row["kind"] for row in
                 rows(self.node.rest.get(f"/v1/calls/{caller.call_id}/timeline"))["rows"]]
        self.assertIn("operator_said", kinds)

    async def test_a_slowed_actor_is_slow_and_nobody_else(self) -> None:
        pipe = self.node.create_pipe("snail", PHRASES)
        async with Runner(self.node, "snail", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            for victim in self.actors(view="flat", kind="webhooks") + \
                    self.actors(view="flat", kind="provider"):
                self.tool("chaos", "slow", victim["id"], "--ms", "5000", "--seconds", "20")
            self.tool("chaos", "slow", self.one("recorder")["id"]
                      if self.actors(view="flat", kind="recorder")
                      else self.one("transcriber")["id"], "--ms", "20", "--seconds", "5")
            await self.turn(caller, runner, PHRASES[0])
            await caller.hang_up()


class Secrets(Scenario):
    """Canaries wherever a secret goes in; then all that comes out is looked through."""

    provider_key = f"dg_canary_{uuid.uuid4().hex}"
    model_key = f"llm_canary_{uuid.uuid4().hex}"
    settings = {"DEEPGRAM_API_KEY": provider_key, "UNPOD_NODE_PROVIDERS_CARTESIA_KEY": provider_key,
                "UNPOD_NODE_LLM_URL": "http://127.0.0.1:9/", "UNPOD_NODE_LLM_MODEL": "m",
                "UNPOD_NODE_LLM_KEY": model_key, "UNPOD_NODE_LOG_LEVEL": "debug"}

    def post(self, path: str, **body) -> dict:
        return rows(self.node.rest.post(path, json=body))

    def plant(self) -> set[str]:
        """Everything that is secret, as the node was given it or gave it out once."""
        def canary() -> str:
            return f"canary_{uuid.uuid4().hex}"
        planted = {self.provider_key, self.model_key, self.node.key}
        brain, header, query, password, agent, hook = (canary() for _ in range(6))
        planted |= {brain, header, query, password, agent, hook}
        self.post("/v1/agents", agent_id="thinker", name="thinker", brain={
            "type": "endpoint", "ref": "http://127.0.0.1:9/",
            "cfg": {"api_key": brain, "headers": {"X-Key": header}, "query": {"api_key": query}}})
        self.post("/v1/trunks", name="carrier", type="byo", byo_config={
            "sip_domain": "sip.example.org", "auth_username": "u", "auth_password": password})
        self.post("/v1/pipes", name="served", agent_id="served", voice_profile="embedded-en",
                  agent_endpoint=f"wss://runner.example.org/?token={agent}", agent_secret=agent)
        webhook = self.post("/v1/webhooks", url=f"http://127.0.0.1:9/in?token={hook}&t={hook}")
        planted.add(webhook["secret"])
        planted.add(rows(self.node.rest.patch(f"/v1/webhooks/{webhook['webhook_id']}",
                                              json={"rotate_secret": True}))["secret"])
        planted.add(self.post("/v1/api-keys", name="desk", scopes=["read"])["raw_key"])
        planted.add(self.post("/v1/spaces", name="desk")["space_token"])
        return planted

    def everything(self, call_id: str) -> dict[str, str]:
        """Every answer that a GET brings: all routes without a name in them, and all of a call."""
        paths = [path for path, verbs in self.node.rest.get("/openapi.json").json()["paths"].items()
                 if "get" in verbs and "{" not in path]
        self.assertGreater(len(paths), 30)
        paths += [f"/v1/calls/{call_id}", f"/v1/calls/{call_id}/timeline",
                  f"/v1/calls/{call_id}/events?follow=false"]
        for listed, name in (("agents", "agent_id"), ("pipes", "pipe_id"), ("webhooks", "webhook_id"),
                             ("actors?view=flat", "id"), ("api-keys", "key_id")):
            paths += [f"/v1/{listed.partition('?')[0]}/{row[name]}"
                      for row in rows(self.node.rest.get(f"/v1/{listed}"))]
        paths += [f"{path}/deliveries" for path in paths if path.startswith("/v1/webhooks/")]
        return {path: self.node.rest.get(path).text for path in paths}

    async def test_no_secret_shows_in_anything_that_is_seen(self) -> None:
        planted = self.plant()
        pipe = self.node.create_pipe("keeper", PHRASES)
        shout = f"sk_canary_{uuid.uuid4().hex}"
        planted.add(shout)
        for way in ({"Authorization": f"Bearer {shout}"}, {"Authorization": f"Token {shout}"}):
            self.assertEqual(self.node.rest.get("/v1/pipes", headers=way).status_code, 401)
        self.node.rest.get("/v1/nothing", params={"token": shout})
        whom = [row["id"] for row in rows(self.node.rest.get("/v1/actors?view=flat"))
                if row["kind"] in ("orchestrator", "runner_door", "store", "webhooks")]
        traces = [asyncio.create_task(asyncio.to_thread(self.trace, one)) for one in whom]
        audited = lambda: json.dumps(rows(self.node.rest.get("/v1/audit"))).count("/trace")
        await asyncio.to_thread(self.node.until, lambda: audited() == len(whom), "the traces")
        async with Runner(self.node, "keeper", "echo") as runner, Caller(self.node, pipe) as caller:
            planted |= self.node.secrets  # the caller's token among them
            await self.turn(caller, runner, PHRASES[0])
            seen = self.everything(caller.call_id)
            await caller.hang_up()
        self.node.ended_call(caller.call_id)
        seen |= {f"{path} later": text for path, text in self.everything(caller.call_id).items()}
        for one, text in zip(whom, await asyncio.gather(*traces)):
            self.assertIn('"what":"end"', text)
            seen[f"trace {one}"] = text
        seen["log"] = (self.node.data_dir / "stderr.txt").read_text(errors="replace")
        self.assertIn("dispatch_call(", json.dumps(seen))  # which carries a token
        for where, text in seen.items():
            for secret in planted:
                self.assertNotIn(secret, text, where)
        kept = json.loads(seen["/v1/agents/thinker"])["data"]["brain"]
        self.assertEqual(kept["cfg"]["api_key"], "********")  # there, and not shown

    def trace(self, actor: str) -> str:
        answer = self.node.rest.post(f"/v1/actors/{actor}/trace", timeout=60,
                                     json={"seconds": 12, "words": True})
        self.assertEqual(answer.status_code, 200)
        return answer.text


class Terminal:
    """The console in a tmux of its own."""

    def __init__(self, node, columns: int, lines: int, kind: str = "screen-256color") -> None:
        self.name = f"unpod-{uuid.uuid4().hex[:8]}"
        env = {"UNPOD_API_KEY": node.key, "UNPOD_BASE_URL": node.url, "TERM": "xterm-256color",
               "LC_ALL": "C.UTF-8", "UNPOD": os.environ["UNPOD_BINARY"]}
        with unittest.mock.patch.dict(os.environ, env):
            self.tmux("new-session", "-d", "-x", str(columns), "-y", str(lines), "sh")
        self.keys(f'PS1="ready$ "; TERM={kind}; clear', "Enter")
        self.keys('"$UNPOD" console', "Enter")

    def tmux(self, *words: str) -> str:
        return subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", *words], text=True,
                              capture_output=True, check=True, timeout=20).stdout

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def click(self, line: int, column: int) -> None:
        """The first button pressed and let go, in the bytes that a terminal sends (xterm's X10)."""
        for button in (0, 3):
            self.keys("-H", "1b", "5b", "4d", f"{32 + button:02x}", f"{33 + column:02x}",
                      f"{33 + line:02x}")

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def attributes(self) -> str:
        """The screen with what it is painted in."""
        return self.tmux("capture-pane", "-p", "-e")

    def console(self) -> int:
        """The process."""
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        return int(pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def keep(self, name: str) -> None:
        """For people to read, where UNPOD_SCREENS says."""
        if folder := os.environ.get("UNPOD_SCREENS"):
            pathlib.Path(folder, name + ".txt").write_text(self.screen())

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
    def terminal(self, columns: int, lines: int, kind: str = "screen-256color") -> Terminal:
        made = Terminal(self.node, columns, lines, kind)
        self.addCleanup(made.close)
        return made

    async def test_every_view_at_eighty_columns_and_at_two_hundred(self) -> None:
        pipe = self.node.create_pipe("baker", PHRASES)
        async with Runner(self.node, "baker", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            for columns, lines in ((80, 24), (200, 60)):
                # Apart, for a caller that waits for a terminal does not talk in real time.
                terminal = await asyncio.to_thread(self.look_around, caller, columns, lines)
                await self.turn(caller, runner, PHRASES[0])
                await asyncio.to_thread(self.look_at_the_trace, terminal, f"{columns}x{lines}")
            await caller.hang_up()

    def look_around(self, caller: Caller, columns: int, lines: int) -> Terminal:
        """Each view in turn; then a call is traced."""
        terminal = self.terminal(columns, lines)
        screen = terminal.until("[Overview]", "1 now", "p95", "writable", "Limits")
        self.assertEqual(len(screen.split("\n")[:lines]), lines)
        size = f"{columns}x{lines}"
        terminal.keep(f"overview-{size}")
        for key, words in (("2", (caller.call_id, "active")),
                           ("4", ("baker", "free")),
                           ("5", ("embedded-en", "yes", "PROVIDER", "embedded  ")),
                           ("6", ("WAITING", "store", "journal entries")),
                           ("7", ("node", "    pipe", "transcriber")),
                           ("8", ("Choose an actor",)),
                           ("9", ("[Log]", "adapters")),
                           ("?", ("Any key goes back", "m   ", "q   "))):
            terminal.keys(key)
            terminal.until(*words)
            terminal.keep(f"view-{'help' if key == '?' else key}-{size}")
        terminal.keys("x")
        terminal.keys("2")
        terminal.until("active")
        terminal.keys("Enter")
        terminal.until("took it", "started")
        terminal.keys("End")
        terminal.until("agent_turn")
        terminal.keep(f"timeline-{size}")
        terminal.keys("7")
        terminal.keys("/", "transc", "Enter")
        self.assertIn("[/transc]", terminal.until("transcriber", "[/transc]"))
        terminal.keys("1")
        self.trace_a_call(terminal)
        return terminal

    def look_at_the_trace(self, terminal: Terminal, size: str) -> None:
        terminal.until("Messages of call SCL_", "it goes on")
        terminal.keys("/", "speak_text", "Enter")  # others scroll it away
        terminal.until("-> ", "synthesizer", "speak_text(")
        self.assertNotIn("loaves", terminal.screen())
        terminal.keep(f"trace-{size}")
        terminal.keys("q")
        self.assertIn("ready$", terminal.until("ready$"))
        terminal.close()

    async def test_it_resizes_and_dies_without_breaking_the_terminal(self) -> None:
        terminal = self.terminal(80, 24)
        terminal.until("[Overview]", "Limits")
        terminal.tmux("resize-window", "-x", "120", "-y", "40")
        terminal.until("q quit")
        self.assertRegex(terminal.screen().split("\n")[39], "q quit")
        for end in (signal.SIGSEGV, signal.SIGTERM, signal.SIGABRT):
            os.kill(terminal.console(), end)
            terminal.until("ready$")
            terminal.keys(f"echo still $((40+{int(end)}))", "Enter")
            terminal.until(f"still {40 + end}")  # typed blindly it would not be shown
            terminal.keys('clear; "$UNPOD" console', "Enter")
            terminal.until("[Overview]", "Limits")
        terminal.keys("q")
        terminal.until("ready$")

    async def test_a_mouse_chooses_once_it_was_asked_for(self) -> None:
        terminal = self.terminal(80, 24)
        terminal.until("[Overview]", "Limits")
        terminal.keys("M")
        lines = terminal.until("M gives the mouse back").split("\n")
        terminal.click(1, lines[1].index("7Actors") + 2)
        lines = terminal.until("7[Actors]", "orchestrator").split("\n")
        at = next(row for row, line in enumerate(lines) if "orchestrator" in line)
        for _ in range(2):  # chooses it, goes into it
            terminal.click(at, 5)
        terminal.until("actor        orchestrator")
        terminal.keys("M")
        terminal.until("The mouse selects text again")
        terminal.keys("q")
        terminal.until("ready$")

    def trace_a_call(self, terminal: Terminal) -> None:
        """Finds a call in the tree and has its messages shown."""
        terminal.keys("7")
        terminal.until("[Actors]", "transcriber")
        terminal.keys("/", "SCL_", "Enter")
        terminal.until("[/SCL_]")
        rows_seen = [line.split()[0] for line in terminal.screen().split("\n")[4:] if line.split()]
        for _ in range(rows_seen.index("call")):
            terminal.keys("j")
        terminal.keys("m")
        terminal.until("[Trace]", "Messages of")

    async def test_without_colours_the_same_is_said(self) -> None:
        terminal = self.terminal(80, 24, "vt100")
        terminal.until("[Overview]", "Limits", "q quit")
        terminal.keys("7")
        terminal.until("node", "store")
        painted = terminal.attributes()
        self.assertNotRegex(painted, r"\x1b\[[0-9;]*3[0-7]m")  # no colour of any letter
        self.assertIn("\x1b[7m", painted)  # what is chosen, and the bar
        terminal.keys("q")
        terminal.until("ready$")


class Away(unittest.TestCase):
    """A node that goes away and comes back."""

    def test_the_console_goes_on_with_the_next_node(self) -> None:
        first = Node()
        port = first.port
        terminal = Terminal(first, 80, 24)
        self.addCleanup(terminal.close)
        terminal.until("[Overview]", "Limits")
        first.stop()
        terminal.until("no answer for", "Trying again")
        terminal.keys("7")
        terminal.until("[Actors]")  # keys are answered all the same
        second = Node(port=port)
        self.addCleanup(second.stop)
        screen = terminal.until("ok, up", "store", "providers")
        self.assertNotIn("no answer", screen)
