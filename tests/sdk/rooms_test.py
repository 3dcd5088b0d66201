"""Rooms: calls that are handed to another agent, merged, listened to; many callers in one."""

import array
import asyncio
import contextlib
import json
import math
import os
import pathlib

import speech
from caller import Caller
from runner import Runner
from scenario import Scenario

PHRASES = ["billing please", "call my brother", "two loaves of brown bread", "bring my friend",
           "show her out"]


def tone(hz: int, seconds: float) -> bytes:
    return array.array("h", (int(1500 * math.sin(2 * math.pi * hz * at / speech.RATE))
                             for at in range(int(speech.RATE * seconds)))).tobytes()


def loudness(hz: int, audio: bytes) -> float:
    """How much of this tone is in the audio, by correlation with it: 1500 is all of one voice."""
    samples = array.array("h", audio)
    step = 2 * math.pi * hz / speech.RATE
    sine = sum(value * math.sin(step * at) for at, value in enumerate(samples))
    cosine = sum(value * math.cos(step * at) for at, value in enumerate(samples))
    return 2 * math.hypot(sine, cosine) / max(1, len(samples))


class Rooms(Scenario):
    flags = ("--simulated-speech",)

    def post(self, path: str, body: dict):
        answer = self.node.rest.post(f"/orchestrator/v1/sessions/{path}", json=body)
        return answer.status_code, answer.json()

    def merge(self, first: Caller, *others: Caller) -> list[dict]:
        status, body = self.post("merge", {
            "primary_session_id": first.call_id,
            "secondary_session_ids": [other.call_id for other in others]})
        self.assertEqual(status, 200, body)
        return body["data"]["outcomes"]

    def session(self, caller: Caller) -> dict:
        return self.node.rest.get(f"/v1/sessions/{caller.call_id}").json()["data"]

    async def present(self, caller: Caller, field: str, expected) -> None:
        """Who leaves by hanging up asks nobody: the record follows a moment later."""
        for _ in range(100):
            if (found := self.session(caller)[field]) == expected:
                return
            await asyncio.sleep(0.05)
        self.assertEqual(found, expected)

    async def test_a_call_is_handed_to_another_agent_who_knows_what_was_said(self) -> None:
        pipe = self.node.create_pipe("operator", PHRASES)
        async with Runner(self.node, "operator", "operate") as operator, \
                Runner(self.node, "billing", "greet") as billing, \
                Caller(self.node, pipe) as caller:
            await caller.say(PHRASES[0])
            await caller.reply("I connect you to billing.")
            met = await billing.report("entrypoint")
            self.assertEqual(met["session_id"], caller.call_id)
            self.assertEqual(met["agent_id"], "billing")
            self.assertEqual(met["data"]["handover"]["from_agent"], "operator")
            self.assertEqual([turn["content"] for turn in met["data"]["history"]],
                             [PHRASES[0], "I connect you to billing."])
            self.assertEqual((await operator.report("call_end"))["final_state"], "ended")
            await caller.reply("welcome to the corner bakery")
            await caller.silence()
            await self.turn(caller, billing, PHRASES[2])
            await caller.hang_up()
        record = self.node.ended_call(caller.call_id)
        self.assertEqual((record["agent_id"], record["end_reason"]), ("billing", "caller_hangup"))

    async def test_a_number_that_is_not_allowed_is_refused_aloud(self) -> None:
        pipe = self.node.create_pipe("operator", PHRASES, transfer_refusal_phrase="That I may not.")
        async with Runner(self.node, "operator", "operate") as operator, \
                Caller(self.node, pipe) as caller:
            heard = caller.heard_ms
            await caller.say(PHRASES[1])
            await caller.reply("That I may not.")
            await caller.sound(500, since_ms=heard)
            await caller.silence()
            await caller.say(PHRASES[2])
            await caller.reply(f"the operator heard {PHRASES[2]}")
            self.assertEqual(operator.count("call_end"), 0)
            await caller.hang_up()

    async def test_through_the_sessions_api_too(self) -> None:
        pipe = self.node.create_pipe("desk", PHRASES, transfer_allowed_prefixes=["+49"])
        async with Runner(self.node, "desk", "echo") as desk, \
                Runner(self.node, "sales", "greet") as sales, Caller(self.node, pipe) as caller:
            await desk.report("entrypoint")
            to = f"{caller.call_id}/transfer"
            nobody = {"to": {"type": "agent", "config": {"agent_id": "nobody"}}}
            status, body = await asyncio.to_thread(self.post, to, nobody)
            self.assertEqual(status, 503, body)
            for number, expected in (("+14155550101", 403), ("+4930123456", 501), ("911", 422)):
                status, body = self.post(to, {"to": {"type": "sip", "config": {"number": number}}})
                self.assertEqual(status, expected, body)
            await self.turn(caller, desk, PHRASES[2])  # none of it has hurt the call
            status, body = await asyncio.to_thread(
                self.post, to, {"to": {"type": "agent", "config": {"agent_id": "sales"}},
                                "mode": "cold"})
            self.assertEqual((status, body["data"]["added_participant_id"]), (200, "agent:sales"))
            await sales.report("entrypoint")
            await caller.reply("welcome to the corner bakery")
            await caller.hang_up()

    async def test_two_calls_become_one_through_a_verb_and_a_caller_is_shown_out(self) -> None:
        pipe = self.node.create_pipe("host", PHRASES)
        async with Runner(self.node, "host", "gather") as runner, \
                Caller(self.node, pipe) as friend:
            await runner.report("entrypoint")
            async with Caller(self.node, pipe, metadata={"friend": friend.call_id}) as caller:
                await caller.say("bring my friend")
                await friend.event("moved", session_id=caller.call_id)
                await caller.reply("done")
                await caller.silence()
                self.assertEqual(self.node.ended_call(friend.call_id)["end_reason"], "transferred")
                self.assertEqual(self.session(caller)["participants"],
                                 ["caller", "agent", friend.call_id])
                await friend.say("show her out")  # the agent hears every caller
                self.assertEqual((await friend.ended())["reason"], "agent_end_call")
                await self.present(caller, "participants", ["caller", "agent"])
                await caller.hang_up()
        self.assertEqual(self.node.ended_call(caller.call_id)["end_reason"], "caller_hangup")

    async def test_a_supervisor_hears_all_and_is_never_heard(self) -> None:
        pipe = self.node.create_pipe("watched", PHRASES)
        async with Runner(self.node, "watched", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await runner.report("entrypoint")
            async with Caller(self.node, pipe, metadata={
                    "listen_only": True, "call_id": caller.call_id}) as supervisor:
                self.assertEqual(supervisor.call_id, caller.call_id)
                supervisor._up += tone(1000, 20)
                await self.turn(caller, runner, PHRASES[2])
                await supervisor.event("user_turn", text=PHRASES[2])
                await supervisor.reply(f"you said {PHRASES[2]}")
                self.assertGreater(supervisor.heard_ms, 1500)  # both voices
                self.assertLess(loudness(1000, bytes(caller.audio)), 60)
                self.assertEqual(self.session(caller)["participant_count"], 3)
                await caller.hang_up()
                self.assertEqual((await supervisor.ended())["reason"], "caller_hangup")
        self.assertEqual(runner.count("entrypoint"), 1)

    async def test_eight_callers_hear_all_others_and_never_themselves(self) -> None:
        pipe = self.node.create_pipe("party", voice_profile="simulated")
        tones = [400 + 230 * who for who in range(8)]
        async with Runner(self.node, "party", "listen") as runner, \
                contextlib.AsyncExitStack() as stack:
            callers = [await stack.enter_async_context(Caller(self.node, pipe)) for _ in tones]
            for _ in callers:
                await runner.report("entrypoint")
            outcomes = await asyncio.to_thread(self.merge, callers[0], *callers[1:])
            self.assertEqual([one["status"] for one in outcomes], ["merged"] * 7)
            self.assertEqual(self.session(callers[0])["participant_count"], 9)
            for caller, hz in zip(callers, tones):
                caller._up += tone(hz, 4)
            await asyncio.sleep(1.5)  # real time: the callers talk meanwhile
            begun = [len(caller.audio) for caller in callers]
            await asyncio.sleep(1.0)
            heard = [bytes(caller.audio[at:]) for caller, at in zip(callers, begun)]
            for who, audio in enumerate(heard):
                for other, hz in enumerate(tones):
                    level = loudness(hz, audio)
                    if who == other:
                        self.assertLess(level, 100, f"{who} hears itself")
                    else:
                        self.assertGreater(level, 500, f"{who} does not hear {other}")
            await callers[0].hang_up()  # who came first may go first
            await self.present(callers[0], "participant_count", 8)
            self.assertEqual(self.node.rest.post(
                f"/orchestrator/v1/sessions/{callers[0].call_id}/end").status_code, 200)
            for caller in callers[1:]:
                self.assertEqual((await caller.ended())["reason"], "api_hangup")
        for caller in callers[1:]:
            self.assertEqual(self.node.ended_call(caller.call_id)["end_reason"], "transferred")

    async def test_a_room_of_eight_costs_no_more_than_eight_calls(self) -> None:
        """CPU of the node, agents speaking all the time: eight calls, then the same eight as one."""
        def cpu_s() -> float:
            stat = pathlib.Path(f"/proc/{self.node.process.pid}/stat").read_text()
            return sum(map(int, stat.rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")

        pipe = self.node.create_pipe("reciter", voice_profile="simulated")
        async with Runner(self.node, "reciter", "recite"), contextlib.AsyncExitStack() as stack:
            callers = [await stack.enter_async_context(Caller(self.node, pipe)) for _ in range(8)]
            for caller in callers:
                await caller.sound(200)

            async def cost() -> float:
                before = cpu_s()
                await asyncio.sleep(8)
                return cpu_s() - before

            apart = await cost()
            await asyncio.to_thread(self.merge, callers[0], *callers[1:])
            await asyncio.sleep(1)
            heard = callers[7].heard_ms
            together = await cost()
            self.assertGreater(callers[7].heard_ms - heard, 4000, "the agent speaks to all")
            print(json.dumps({"eight calls, CPU s": apart, "one room of eight": together,
                              "ratio": round(together / apart, 2)}))
            self.assertLess(together, apart * 1.1)  # clock ticks are coarse
            self.node.rest.post(f"/v1/sessions/{callers[0].call_id}/end")
            await callers[7].ended()
