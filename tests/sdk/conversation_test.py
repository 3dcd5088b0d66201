"""A call as a Python developer sees it: an unmodified runner hears whole turns and is heard."""

import asyncio
import contextlib
import pathlib
import wave

import speech
import unpod
from caller import Caller
from runner import Runner
from scenario import Scenario

PHRASES = ["what time do you open", "two loaves of brown bread", "do you deliver on sundays",
           "where is the station", "seven apples and a melon", "my order is late", "goodbye"]


class Conversation(Scenario):
    async def test_a_call_of_three_turns(self) -> None:
        pipe = self.node.create_pipe("baker", PHRASES)
        async with Runner(self.node, "baker", "echo") as runner, \
                Caller(self.node, pipe, metadata={"customer": "Ada", "loyal": True}) as caller:
            met = await runner.report("entrypoint")
            self.assertEqual(met["session_id"], caller.started["session_id"])
            self.assertEqual((met["agent_id"], met["direction"]), ("baker", "web"))
            self.assertEqual((met["data"]["customer"], met["data"]["loyal"]), ("Ada", True))
            self.assertEqual(caller.started["audio"]["frame_ms"], 20)
            for turn, words in enumerate(PHRASES[:3], start=1):
                heard_ms, events = caller.heard_ms, len(caller.events)
                await caller.say(words)
                self.assertEqual((await runner.report("user_turn"))["text"], words)
                self.assertEqual((await caller.event("user_turn", turn_id=turn))["text"], words)
                self.assertIn(words, await caller.reply(f"you said {words}", since=events))
                await caller.silence()
                self.assertGreater(caller.heard_ms - heard_ms, 700)
                self.assertEqual((await runner.report("agent_turn"))["text"].strip(),
                                 f"You said {words}.")
            self.assertEqual(await caller.hang_up(), {"type": "ended", "reason": "caller_hangup"})
            self.assertEqual((await runner.report("session_end"))["outcome"], "hangup")
            self.assertEqual((await runner.report("call_end"))["final_state"], "ended")
            self.assertEqual(runner.count("entrypoint"), 1)
            states = {report["state"] for report in runner.reports if report["event"] == "state"}
            self.assertLessEqual(states, {"idle", "listening", "thinking", "speaking",
                                          "interrupted"})
            self.assertLessEqual({"thinking", "speaking"}, states)
        await self.check_records(caller, pipe)

    async def check_records(self, caller: Caller, pipe: str) -> None:
        record = self.node.ended_call(caller.call_id)
        self.assertEqual((record["status"], record["end_reason"]), ("completed", "caller_hangup"))
        async with unpod.AsyncClient(api_key=self.node.key, base_url=self.node.url) as client:
            for found in (await client.calls.get(caller.call_id),
                          await client.sessions.get(caller.started["session_id"]),
                          await client.transcripts.get(caller.started["session_id"])):
                self.assertEqual(found.pipe_id, pipe)
                said = [turn if isinstance(turn, dict) else turn.model_dump()
                        for turn in found.transcript]
                users = [turn["content"] for turn in said if turn["role"] == "user"]
                agents = [turn["content"].strip() for turn in said if turn["role"] == "agent"]
                self.assertEqual(users, PHRASES[:3])
                self.assertEqual(agents, [f"You said {words}." for words in PHRASES[:3]])
            (listed,) = await client.calls.list(pipe_id=pipe)
            self.assertEqual((listed.call_id, listed.transcript_turns), (caller.call_id, 6))
            self.assertIn(caller.started["session_id"],
                          [row.session_id for row in await client.transcripts.list()])

    async def test_the_agent_may_speak_first(self) -> None:
        pipe = self.node.create_pipe("greeter", PHRASES)
        async with Runner(self.node, "greeter", "greet") as runner, \
                Caller(self.node, pipe) as caller:
            await caller.reply("welcome to the corner bakery")
            await caller.silence()
            await caller.say(PHRASES[1])
            self.assertEqual((await runner.report("user_turn"))["text"], PHRASES[1])
            await caller.reply(f"you said {PHRASES[1]}")
            await caller.hang_up()

    async def test_an_agent_made_by_the_sdk_answers_free_speech(self) -> None:
        async with unpod.AsyncClient(api_key=self.node.key, base_url=self.node.url) as client:
            await client.agents.create("helper", brain=unpod.Runner(), voice_profile="embedded-en")
            pipe = next(p.pipe_id for p in await client.pipes.list() if p.agent_id == "helper")
            async with Runner(self.node, "helper", "echo") as runner, \
                    Caller(self.node, pipe) as caller:
                await caller.say("I would like to go home now")
                words = (await runner.report("user_turn"))["text"]
                self.assertIn("home", words)
                await caller.reply(f"you said {words}")
                await caller.hang_up()

    async def test_sentinels_are_obeyed_and_never_spoken(self) -> None:
        pipe = self.node.create_pipe("whisperer", PHRASES, recording=True)
        async with Runner(self.node, "whisperer", "whisper"), Caller(self.node, pipe) as caller:
            await caller.reply("this part is not recorded")
            await caller.silence()
            await caller.say(PHRASES[0])
            await caller.reply(f"you said {PHRASES[0]}")
            await caller.silence()
            self.assertNotIn("_", caller.replies())
            await caller.hang_up()
        lasted_s = self.node.ended_call(caller.call_id)["duration_s"]
        (path,) = await asyncio.to_thread(self.node.until, self.finished_recordings, "a recording")
        with wave.open(str(path)) as recording:
            self.assertEqual(recording.getnchannels(), 2, "caller left, agent right")
            frames = recording.readframes(recording.getnframes())
            # Time goes on while nothing is recorded.
            recorded_s = recording.getnframes() / recording.getframerate()
            self.assertAlmostEqual(recorded_s, lasted_s, delta=0.5)
        recorded_ms = speech.voiced_ms(speech.channel(frames, 1))
        self.assertGreater(recorded_ms, 700, "the answer to the turn that resumed it")
        self.assertGreater(caller.heard_ms - recorded_ms, 700, "what was said before")
        self.assertLess(speech.voiced_ms(speech.channel(frames, 0)), 100, "the turn itself")

    def finished_recordings(self) -> list[pathlib.Path]:
        """Those whose header says how long they are."""
        def frames(path: pathlib.Path) -> int:
            with contextlib.suppress(wave.Error, EOFError), wave.open(str(path)) as recording:
                return recording.getnframes()
            return 0
        return [path for path in self.node.data_dir.rglob("*.wav") if frames(path)]
