"""The caller cuts in: the agent falls silent, and its runner learns what was really heard."""

from agent import STORY
from caller import Caller
from runner import Runner
from scenario import Scenario

PHRASES = ["tell me a story", "stop that please", "how far is the harbour", "ten green bottles",
           "what is the weather like"]


class BargeIn(Scenario):
    async def test_heard_is_a_prefix_of_sent(self) -> None:
        pipe = self.node.create_pipe("teller", PHRASES)
        async with Runner(self.node, "teller", "story") as runner, \
                Caller(self.node, pipe) as caller:
            await caller.say("tell me a story")
            await runner.report("user_turn")
            await caller.sound(2500)
            await caller.say("stop that please")
            cut = await caller.event("interrupted")
            await runner.report("interruption")
            heard = (await runner.report("heard"))["text"]
            self.assertTrue(STORY.startswith(heard), heard)
            self.assertTrue(heard, "something had been heard")
            self.assertLess(len(heard), len(STORY) / 2)
            self.assertEqual(cut["heard_prefix"], heard)
            self.assertEqual((await runner.report("user_turn"))["text"], "stop that please")
            await caller.event("user_turn", text="stop that please")
            await caller.reply("you said stop that please")
            # What was left of the story would have been half a minute.
            self.assertLess(caller.heard_ms, 15_000)
            await caller.hang_up()
        said = [turn["content"] for turn in self.node.ended_call(caller.call_id)["transcript"]
                if turn["role"] == "agent"]
        self.assertEqual(said[0].strip(), heard.strip())

    async def test_a_cough_does_not_interrupt(self) -> None:
        pipe = self.node.create_pipe("coughed-at", PHRASES)
        async with Runner(self.node, "coughed-at", "story") as runner, \
                Caller(self.node, pipe) as caller:
            await caller.say("tell me a story")
            await caller.sound(1500)
            caller.noise(60)
            await caller.sound(4000)
            self.assertEqual(runner.count("interruption"), 0)
            await caller.hang_up()
            # Hanging up while the agent speaks is no failure for its developer.
            self.assertEqual((await runner.report("call_end"))["final_state"], "ended")
            self.assertEqual(runner.count("entrypoint"), 1)
