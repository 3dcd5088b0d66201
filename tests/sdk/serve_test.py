"""The deprecated `serve` transport: the node dials the runner with a signed URL."""

import asyncio
import socket

from caller import Caller
from runner import Runner
from scenario import Scenario

PHRASES = ["what time do you open", "two loaves of brown bread", "my order is late"]


def free_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"ws://127.0.0.1:{taken.getsockname()[1]}"


class Serve(Scenario):
    async def converse(self, agent: str, url: str, secret: str | None) -> None:
        fields = {"agent_endpoint": url, **({"agent_secret": secret} if secret else {})}
        pipe = self.node.create_pipe(agent, PHRASES, **fields)
        flags = ["--serve", url, *(["--secret", secret] if secret else [])]
        async with Runner(self.node, agent, "echo", *flags) as runner, \
                Caller(self.node, pipe) as caller:
            met = await runner.report("entrypoint")
            self.assertEqual(met["session_id"], caller.started["session_id"])
            for words in PHRASES[:2]:
                await self.turn(caller, runner, words)
            await caller.hang_up()
            self.assertEqual((await runner.report("call_end"))["final_state"], "ended")

    async def test_a_serving_runner_is_dialled(self) -> None:
        await self.converse("server", free_url(), None)

    async def test_a_serving_runner_checks_the_signature(self) -> None:
        await self.converse("guarded", free_url(), "a secret with spaces & + signs")

    async def test_a_wrong_secret_gets_no_answer(self) -> None:
        url = free_url()
        pipe = self.node.create_pipe("suspicious", agent_endpoint=url, agent_secret="wrong")
        async with Runner(self.node, "suspicious", "echo", "--serve", url, "--secret", "right") \
                as runner, Caller(self.node, pipe) as caller:
            self.assertIn((await caller.ended())["reason"], {"no_runner", "runner_lost"})
            self.assertEqual(runner.count("entrypoint"), 0)
            self.assertGreater(caller.heard_ms, 400, "the caller hears an apology")

    async def test_an_endpoint_where_nobody_listens(self) -> None:
        pipe = self.node.create_pipe("away", agent_endpoint=free_url())
        async with Caller(self.node, pipe) as caller:
            self.assertIn((await caller.ended())["reason"], {"no_runner", "runner_lost"})

    async def test_an_endpoint_serves_without_any_registration(self) -> None:
        """The pipe's own agent_endpoint is enough; the runner registered for another agent."""
        url = free_url()
        pipe = self.node.create_pipe("static", PHRASES, agent_endpoint=url, agent_secret="s3cret")
        async with Runner(self.node, "elsewhere", "echo", "--serve", url, "--secret", "s3cret") \
                as runner, Caller(self.node, pipe) as caller:
            await runner.report("entrypoint")
            await caller.say(PHRASES[2])
            self.assertEqual((await runner.report("user_turn"))["text"], PHRASES[2])
            await caller.hang_up()

    async def test_secrets_are_never_shown(self) -> None:
        self.node.secrets.add("never-to-be-seen")
        pipe = self.node.create_pipe("shy", agent_endpoint="ws://127.0.0.1:9",
                                     agent_secret="never-to-be-seen")
        for path in (f"/platform/v1/pipes/{pipe}", "/platform/v1/pipes"):
            answer = await asyncio.to_thread(self.node.rest.get, path)
            self.assertNotIn("never-to-be-seen", answer.raise_for_status().text)
