"""Runners that die, stop or fall behind in a call: their caller is served, the others unaware."""

import json
import signal

from caller import Caller
from runner import Runner
from scenario import Scenario

PHRASES = ["what time do you open", "two loaves of brown bread", "do you deliver on sundays",
           "my order is late"]


class Failover(Scenario):
    async def test_another_runner_takes_over_and_knows_what_was_said(self) -> None:
        pipe = self.node.create_pipe("twins", PHRASES)
        async with Runner(self.node, "twins", "echo") as first, Caller(self.node, pipe) as caller:
            await self.turn(caller, first, PHRASES[1])
            async with Runner(self.node, "twins", "echo") as second:
                first.signal(signal.SIGKILL)
                met = await second.report("entrypoint")
                self.assertEqual(met["session_id"], caller.started["session_id"])
                self.assertIn(PHRASES[1], json.dumps(met["data"]), "the history came along")
                await self.turn(caller, second, PHRASES[2])
                await caller.hang_up()
        record = self.node.ended_call(caller.call_id)
        self.assertEqual(record["end_reason"], "caller_hangup")
        self.assertEqual([turn["content"] for turn in record["transcript"]
                          if turn["role"] == "user"], PHRASES[1:3])

    async def test_without_another_runner_the_caller_hears_an_apology(self) -> None:
        pipe = self.node.create_pipe("only", PHRASES)
        async with Runner(self.node, "only", "echo") as runner, Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            heard_ms = caller.heard_ms
            runner.signal(signal.SIGKILL)
            self.assertEqual((await caller.ended())["reason"], "runner_lost")
            self.assertGreater(caller.heard_ms - heard_ms, 400)
        self.assertEqual(self.node.ended_call(caller.call_id)["end_reason"], "runner_lost")

    async def test_a_runner_that_stops_reading_hurts_nobody_else(self) -> None:
        slow_pipe = self.node.create_pipe("slow", PHRASES)
        quick_pipe = self.node.create_pipe("quick", PHRASES)
        async with Runner(self.node, "slow", "echo") as slow, \
                Runner(self.node, "quick", "echo") as quick, \
                Caller(self.node, slow_pipe) as waiting, Caller(self.node, quick_pipe) as served:
            await slow.report("entrypoint")
            slow.signal(signal.SIGSTOP)
            try:
                await waiting.say(PHRASES[3])
                await waiting.event("user_turn", text=PHRASES[3])
                for words in PHRASES[:2]:
                    await self.turn(served, quick, words)
            finally:
                slow.signal(signal.SIGCONT)
            self.assertEqual((await slow.report("user_turn"))["text"], PHRASES[3])
            await waiting.reply(f"you said {PHRASES[3]}")
            await waiting.hang_up()
            await served.hang_up()

    async def test_a_runner_that_does_not_answer_an_offer_is_passed_over(self) -> None:
        pipe = self.node.create_pipe("pair")
        async with Runner(self.node, "pair", "greet") as stopped, \
                Runner(self.node, "pair", "greet") as awake:
            stopped.signal(signal.SIGSTOP)
            async with Caller(self.node, pipe, silent=True) as one, \
                    Caller(self.node, pipe, silent=True) as two:
                await one.reply("welcome to the corner bakery")
                await two.reply("welcome to the corner bakery")
                self.assertEqual(awake.count("entrypoint"), 2)
                await one.hang_up()
                await two.hang_up()
            stopped.signal(signal.SIGCONT)
        self.assertEqual(stopped.count("user_turn"), 0)
