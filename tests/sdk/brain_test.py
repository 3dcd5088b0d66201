"""Brains behind a URL: the README's twenty lines, a model that streams, and what is asked of it
when the call has ended."""

import asyncio
import contextlib
import http.server
import json
import pathlib
import re
import socket
import sys
import threading

import unpod
from caller import Caller
from scenario import Scenario

README = pathlib.Path(__file__).parents[2] / "README.md"
PHRASES = ["what time do you open", "two loaves of brown bread", "goodbye"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Model(http.server.BaseHTTPRequestHandler):
    """Streams an answer to whoever streams; says what a call was about to whoever asks."""

    asked: list[dict] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append({"key": self.headers["Authorization"], **body})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if body["stream"] else
                         "application/json")
        self.end_headers()
        if not body["stream"]:
            said = {"summary": "Bread was sold.", "success": True, "data": {"loaves": 2}}
            self.wfile.write(json.dumps(
                {"choices": [{"message": {"content": json.dumps(said)}}]}).encode())
            return
        for word in ["With ", "pleasure. ", "Two ", "loaves."]:
            event = {"choices": [{"delta": {"content": word}}]}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_) -> None:
        pass


class Brains(Scenario):
    @classmethod
    def setUpClass(cls) -> None:
        cls.model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
        threading.Thread(target=cls.model.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.model.shutdown)
        cls.url = f"http://127.0.0.1:{cls.model.server_port}/v1/chat/completions"
        cls.settings = {"UNPOD_NODE_LLM_URL": cls.url, "UNPOD_NODE_LLM_MODEL": "small",
                        "UNPOD_NODE_LLM_KEY": "sk-the-nodes-own"}
        super().setUpClass()
        cls.node.secrets |= {"sk-the-nodes-own", "sk-the-agents-own"}

    async def talk(self, pipe: str, said: str, answer: str) -> Caller:
        async with Caller(self.node, pipe) as caller:
            events = len(caller.events)
            await caller.say(said)
            await caller.event("user_turn")
            await caller.reply(answer, since=events)
            await caller.silence()
            self.assertGreater(caller.heard_ms, 500)
            await caller.hang_up()
        return caller

    async def test_the_twenty_lines_of_the_readme(self) -> None:
        code = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[2]
        self.assertLessEqual(len(code.rstrip().split("\n")), 20)
        port = free_port()
        brain = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code.replace("8000", str(port)),
            stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
        try:
            await asyncio.to_thread(self.node.until, lambda: self.listens(port), "the brain")
            pipe = self.node.create_pipe("hook", PHRASES,
                                         agent_endpoint=f"http://127.0.0.1:{port}/")
            caller = await self.talk(pipe, PHRASES[1], f"you said: {PHRASES[1]}")
        finally:
            brain.kill()
            await brain.wait()
        record = self.node.ended_call(caller.call_id)
        self.assertEqual([turn["content"].strip() for turn in record["transcript"]],
                         [PHRASES[1], f"That was turn 1. You said: {PHRASES[1]}."])

    @staticmethod
    def listens(port: int) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    async def test_a_prompt_and_an_endpoint_made_by_the_sdk(self) -> None:
        async with unpod.AsyncClient(api_key=self.node.key, base_url=self.node.url) as client:
            await client.agents.create("prompted", brain=unpod.Prompt("You are a baker."),
                                       voice_profile="embedded-en")
            await client.agents.create(
                "pointed", brain=unpod.Endpoint(self.url, model="big",
                                                api_key="sk-the-agents-own"),
                voice_profile="embedded-en")
            pipes = {pipe.agent_id: pipe.pipe_id for pipe in await client.pipes.list()}
        for agent, key, model in (("prompted", "sk-the-nodes-own", "small"),
                                  ("pointed", "sk-the-agents-own", "big")):
            Model.asked.clear()
            await self.talk(pipes[agent], "I would like to go home now", "two loaves.")
            self.assertEqual((Model.asked[0]["key"], Model.asked[0]["model"]),
                             (f"Bearer {key}", model))
            self.assertEqual(Model.asked[0]["messages"][-1]["role"], "user")

    async def test_blocks_are_run_when_the_call_has_ended(self) -> None:
        async with unpod.AsyncClient(api_key=self.node.key, base_url=self.node.url) as client:
            await client.agents.create("seller", brain=unpod.Prompt("You are a baker."),
                                       voice_profile="embedded-en")
            pipe = next(p.pipe_id for p in await client.pipes.list() if p.agent_id == "seller")
            block = await client.analytics.create(
                name="orders", prompt="What was sold?", fields=[{"name": "loaves", "type": "int"}])
            await client.analytics.attach(block.block_id, "seller")
            caller = await self.talk(pipe, "I would like to go home now", "two loaves.")
            await asyncio.to_thread(self.node.ended_call, caller.call_id)
            async with asyncio.timeout(30):
                while not (found := await client.analytics.for_session(caller.call_id)):
                    await asyncio.sleep(0.1)
        (result,) = found
        self.assertEqual((result.status, result.summary, result.success_evaluation, result.data),
                         ("ok", "Bread was sold.", True, {"loaves": 2}))
