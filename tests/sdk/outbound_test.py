"""Outbound calls by the unmodified SDK, to the synthetic callee of the loopback trunk: created,
rung, answered with real audio, waited for, called off, busy and unanswered."""

import asyncio
import time

import unpod

from node import rows
from runner import Runner
from scenario import Scenario
from surface import e164

SAYS = "two loaves of brown bread"
BUSY, SILENT, REFUSED = "486", "480", "603"


LIMITS = {"UNPOD_NODE_LIMITS_NUMBER_CALLS_MAX": "10", "UNPOD_NODE_LIMITS_TRUNK_CALLS_PER_S": "0"}


class Calling(Scenario):
    """From each number ten calls at a time."""

    settings = LIMITS

    def line(self, agent: str, **fields) -> str:
        """A pipe of the agent that has a number to call from."""
        pipe = self.node.create_pipe(agent, [SAYS], **fields)
        answer = self.node.rest.post("/v1/numbers", json={"number": e164(), "pipe_id": pipe})
        self.assertEqual(answer.status_code, 201, answer.text)
        return pipe

    def client(self) -> unpod.AsyncClient:
        return unpod.AsyncClient(api_key=self.node.key, base_url=self.node.url)

    async def over(self, client: unpod.AsyncClient, call_id: str, seen: list[str],
                   every_s: float = 0.05):
        """Polls as the examples do, and notes each status once."""
        deadline = time.monotonic() + 150
        while True:
            call = await client.calls.get(call_id)
            if call.status not in seen:
                seen.append(call.status)
            if call.status not in ("pending", "ringing", "active"):
                return call
            self.assertLess(time.monotonic(), deadline, f"{call}\n{self.node.log()}")
            await asyncio.sleep(every_s)


class Answered(Calling):
    """Callees ring for two seconds at most, and are called twice in all."""

    settings = LIMITS | {"UNPOD_NODE_LIMITS_RING_MAX_S": "2",
                         "UNPOD_NODE_LIMITS_NO_ANSWER_RETRIES": "1",
                         "UNPOD_NODE_LIMITS_NO_ANSWER_WAIT_S": "1"}

    async def test_a_call_rings_talks_and_ends_with_its_words(self) -> None:
        pipe = await asyncio.to_thread(self.line, "caller-agent", recording=True)
        async with Runner(self.node, "caller-agent", "greet") as runner, self.client() as client:
            made = await client.calls.create(
                agent_id="caller-agent", to_number="+14155550101", instructions="Be kind.",
                data={"order": 7, "loopback": {"says": [SAYS], "ring_ms": 1000}})
            self.assertEqual((made.status, made.direction, made.pipe_id),
                             ("pending", "outbound", pipe))
            seen = [made.status]
            call = await self.over(client, made.call_id, seen)
            begun = await runner.report("entrypoint")
            self.assertEqual((await runner.report("user_turn"))["text"], SAYS)
        in_order = ["pending", "ringing", "active", "completed"]  # a slow poll misses some
        self.assertEqual(seen, [status for status in in_order if status in seen])
        self.assertEqual(seen[-1], "completed")
        self.assertEqual(call.end_reason, "caller_hangup")
        self.assertEqual(call.to_number, "+14155550101")
        self.assertEqual(call.trunk_id, "loopback")
        self.assertGreater(call.duration_s, 1)
        said = [(turn["role"], " ".join(turn["content"].split())) for turn in call.transcript]
        self.assertIn(("user", SAYS), said)
        self.assertTrue(any(role == "agent" and SAYS in text for role, text in said), said)
        self.assertEqual((begun["direction"], begun["user_number"], begun["instructions"]),
                         ("outbound", "+14155550101", "Be kind."))
        self.assertEqual(begun["data"]["order"], 7)
        self.assertTrue(call.recording_url)

    async def test_a_busy_a_silent_and_an_unwilling_callee(self) -> None:
        pipe = await asyncio.to_thread(self.line, "nobody")
        async with self.client() as client:
            async def called(ending: str):
                made = await client.calls.create(pipe, "+14155550" + ending)
                return await self.over(client, made.call_id, [])
            busy, silent, refused = await asyncio.gather(
                called(BUSY), called(SILENT), called(REFUSED))
        for call, reason in ((busy, "busy"), (silent, "no_answer"), (refused, "rejected")):
            self.assertEqual((call.status, call.end_reason), ("failed", reason))
            self.assertEqual(call.transcript, [])
        self.assertEqual(self.node.call(busy.call_id)["attempts"], 1)
        self.assertEqual(self.node.call(silent.call_id)["attempts"], 2)

    async def test_a_live_call_is_hung_up(self) -> None:
        await asyncio.to_thread(self.line, "listener")
        async with Runner(self.node, "listener", "listen") as runner, self.client() as client:
            made = await client.calls.create(
                agent_id="listener", to_number="+14155550102", data={"loopback": {"ring_ms": 0}})
            await runner.report("entrypoint")
            await client.calls.hangup(made.call_id)
            await runner.report("call_end")
            call = await asyncio.to_thread(self.node.ended_call, made.call_id)
        self.assertEqual((call["status"], call["end_reason"]), ("completed", "api_hangup"))

    async def test_twenty_calls_at_once_are_each_placed_once(self) -> None:
        pipe = await asyncio.to_thread(self.line, "many", greeting="Good day.")
        async with Runner(self.node, "many", "echo") as runner, self.client() as client:
            made = [await client.calls.create(
                pipe, f"+141555501{n:02}", data={"loopback": {"says": [SAYS], "ring_ms": 200}})
                for n in range(20)]
            ended = await asyncio.gather(  # twenty at 20 a second would meet the key's rate limit
                *(self.over(client, call.call_id, [], every_s=0.5) for call in made))
            self.assertEqual(runner.count("entrypoint"), 20)
        self.assertEqual({call.status for call in ended}, {"completed"})
        for call in ended:
            self.assertEqual(self.node.call(call.call_id)["attempts"], 1)
            self.assertIn("user", [turn["role"] for turn in call.transcript])
        metrics = self.node.rest.get("/metrics").text
        self.assertIn("unpod_queue_waiting 0\n", metrics)
        self.assertIn('unpod_outbound_attempts_total{outcome="answered"}', metrics)


class CalledOff(Calling):
    """Callees ring for long."""

    async def test_calls_are_called_off_while_they_wait_and_while_they_ring(self) -> None:
        pipe = await asyncio.to_thread(self.line, "nobody-else")
        slow = {"loopback": {"ring_ms": 20_000}}
        async with self.client() as client:
            made = [await client.calls.create(pipe, "+14155550101", data=slow)
                    for _ in range(13)]  # ten of them ring
            await asyncio.to_thread(
                self.node.until, lambda: self.node.call(made[9].call_id)["status"] == "ringing",
                "ten callees to ring")
            waiting = rows(self.node.rest.get("/v1/queue"))
            self.assertEqual([row["call_id"] for row in waiting],
                             [call.call_id for call in made[10:]])
            self.assertEqual([row["position"] for row in waiting], [1, 2, 3])
            self.assertEqual(self.node.call(made[12].call_id)["queue_position"], 3)
            called_off = await client.calls.hangup(made[11].call_id)
            self.assertEqual((called_off.status, called_off.end_reason),
                             ("cancelled", "cancelled"))
            self.assertEqual(self.node.call(made[12].call_id)["queue_position"], 2)
            again = await client.calls.hangup(made[11].call_id)
            self.assertEqual(again.status, "cancelled")
            rung = await client.calls.hangup(made[0].call_id)
            self.assertEqual((rung.status, rung.end_reason), ("cancelled", "cancelled"))
            await asyncio.to_thread(
                self.node.until, lambda: self.node.call(made[10].call_id)["status"] == "ringing",
                "the next one to ring")
            self.assertEqual((await client.sessions.end(made[12].call_id)).state, "ended")
            for call in made:
                await client.calls.hangup(call.call_id)
            kept = [self.node.call(call.call_id) for call in made]
            self.assertEqual({call["status"] for call in kept}, {"cancelled"})
            self.assertEqual({call["transcript_turns"] for call in kept}, {0})
