"""Every way a call can end from the runner's side, and what the caller hears of it."""

from caller import Caller
from runner import Runner
from scenario import Scenario

PHRASES = ["what time do you open", "two loaves of brown bread", "goodbye", "my order is late"]


class Endings(Scenario):
    def check_record(self, caller: Caller, reasons: set[str]) -> None:
        self.assertIn(self.node.ended_call(caller.call_id)["end_reason"], reasons)

    async def test_the_agent_ends_the_call_after_its_last_words(self) -> None:
        pipe = self.node.create_pipe("ender")
        async with Runner(self.node, "ender", "end") as runner, Caller(self.node, pipe) as caller:
            self.assertEqual((await caller.ended())["reason"], "agent_end_call")
            self.assertIn("have a good day", caller.replies().lower())
            self.assertGreater(caller.heard_ms, 1200, "queued speech is spoken to its end")
            self.assertEqual((await runner.report("call_end"))["final_state"], "ended")
            self.assertEqual(runner.count("entrypoint"), 1)
        self.check_record(caller, {"agent_end_call"})

    async def test_a_finished_dialog_ends_the_call(self) -> None:
        pipe = self.node.create_pipe("finisher", PHRASES)
        async with Runner(self.node, "finisher", "echo"), Caller(self.node, pipe) as caller:
            await caller.say("goodbye")
            self.assertEqual((await caller.ended())["reason"], "agent_end_call")
            self.assertIn("you said goodbye", caller.replies().lower())
        self.check_record(caller, {"agent_end_call"})

    async def test_an_entrypoint_that_returns_completes_the_call(self) -> None:
        pipe = self.node.create_pipe("returner")
        async with Runner(self.node, "returner", "return") as runner, \
                Caller(self.node, pipe) as caller:
            self.assertEqual((await caller.ended())["reason"], "completed")
            self.assertGreater(caller.heard_ms, 800, "queued speech is spoken to its end")
            self.assertEqual(runner.count("entrypoint"), 1)
        self.check_record(caller, {"completed"})

    async def test_an_entrypoint_that_raises_gets_its_two_redials(self) -> None:
        pipe = self.node.create_pipe("failer")
        async with Runner(self.node, "failer", "fail") as runner, Caller(self.node, pipe) as caller:
            ended = await caller.ended()
            self.assertIn(ended["reason"], {"runner_lost", "completed"})
            self.assertEqual(runner.count("entrypoint"), 3)
            self.assertGreater(caller.heard_ms, 400, "the caller hears an apology")
        self.check_record(caller, {ended["reason"]})

    async def test_an_entrypoint_that_raises_once_still_serves_its_caller(self) -> None:
        pipe = self.node.create_pipe("stumbler", PHRASES)
        async with Runner(self.node, "stumbler", "fail_once") as runner, \
                Caller(self.node, pipe) as caller:
            await caller.reply("welcome to the corner bakery")
            await caller.silence()
            await self.turn(caller, runner, "my order is late")
            await caller.hang_up()
        self.assertEqual(runner.count("entrypoint"), 2)
        self.check_record(caller, {"caller_hangup"})

    async def test_without_a_runner_the_caller_hears_an_apology(self) -> None:
        pipe = self.node.create_pipe("nobody")
        async with Caller(self.node, pipe) as caller:
            self.assertEqual((await caller.ended())["reason"], "no_runner")
            self.assertGreater(caller.heard_ms, 400)
        self.check_record(caller, {"no_runner"})
