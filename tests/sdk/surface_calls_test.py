"""Calls, sessions, recordings and transcripts: every method, over calls that really were."""

import asyncio
import io
import wave

import httpx
import unpod

from caller import Caller
from node import SDK_VERSION, rows
from runner import Runner
from surface import Driven, Surface, e164, unique

GREETING = "Welcome to the corner bakery."
NUMBER = "+14155550123"


class Calls(Surface):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.line = rows(cls.http.post("/v1/numbers", json={"number": e164()}))["number"]

    async def asyncSetUp(self) -> None:
        """Once: a recorded call in which the agent said its greeting, ended by the caller."""
        await super().asyncSetUp()
        if hasattr(type(self), "call"):
            return
        pipe = await asyncio.to_thread(self.node.create_pipe, "baker", recording=True)
        async with Runner(self.node, "baker", "greet") as runner, Caller(self.node, pipe) as caller:
            await caller.reply(GREETING)
            await caller.silence()
            await caller.hang_up()
            await runner.report("call_end")
        await asyncio.to_thread(self.node.ended_call, caller.call_id)
        type(self).pipe, type(self).call = pipe, caller.call_id

    async def test_every_method_under_every_setting(self) -> None:
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        await self.calls(d)
        await self.placing(d)
        await self.sessions(d)
        await self.tokens(d)
        await self.recordings(d)

    async def calls(self, d: Driven) -> None:
        call = await d.calls.get(self.call)
        self.assert_fields(call, call_id=self.call, session_id=self.call, pipe_id=self.pipe,
                           agent_id="baker", status="completed", end_reason="caller_hangup",
                           project_id=self.us.project)
        self.assertGreater(call.duration_s, 0)
        self.assertGreaterEqual(call.ended_at, call.started_at)
        self.assertEqual([turn["role"] for turn in call.transcript], ["agent"])
        self.assertEqual(" ".join(call.transcript[0]["content"].split()), GREETING)
        self.assertTrue(call.transcript[0]["timestamp"])
        self.assert_fields(self.stored(f"calls/{self.call}"), status="completed",
                           transcript=call.transcript)
        for some, there in (({}, True), ({"status": "completed"}, True), ({"status": "active"}, False),
                            ({"pipe_id": self.pipe}, True), ({"pipe_id": "PIPE_none"}, False),
                            ({"status": "completed", "pipe_id": self.pipe}, True)):
            listed = [row.call_id for row in await d.calls.list(**some)]
            self.assertEqual(self.call in listed, there, some)
        if SDK_VERSION >= (0, 5):
            row = next(row for row in await d.calls.list() if row.call_id == self.call)
            self.assertEqual((row.transcript, row.transcript_turns), (None, 1))
        self.assertEqual((await d.calls.hangup(self.call)).end_reason, "caller_hangup")
        again = await d.calls.get(self.call)
        fresh = {"recording_url": call.recording_url}  # each read makes a link of its own
        self.assertEqual(again.model_copy(update=fresh), call)
        self.assert_foreign(f"calls/{self.call}", f"sessions/{self.call}")
        await self.refused(d.calls.get("SCL_none"), 404, "SCL_none")
        await self.refused(d.calls.hangup("SCL_none"), 404, "SCL_none")

    async def placing(self, d: Driven) -> None:
        """Kept and waiting at once; how it is dialled is in outbound_test.py."""
        for to in ({"pipe_id": self.pipe}, {"agent_id": "baker"}, {"agent": "baker"}):
            where = {"user_number": NUMBER} if "agent" in to else {"to_number": NUMBER}
            made = await d.calls.create(**to, **where, from_number=self.line,
                                        instructions="Be kind.", data={"order": 7})
            said = {"to_number": NUMBER, "from_number": self.line, "direction": "outbound",
                    "instructions": "Be kind.", "data": {"order": 7}, "pipe_id": self.pipe}
            self.assert_fields(made, **said, status="pending", end_reason=None)
            self.assert_fields(self.stored(f"calls/{made.call_id}"), **said)
            await d.calls.hangup(made.call_id)
            kept = await asyncio.to_thread(self.node.ended_call, made.call_id)
            self.assertEqual(kept["call_id"], (await d.calls.hangup(made.call_id)).call_id)
        good = {"pipe_id": self.pipe, "to_number": NUMBER, "from_number": self.line}
        for wrong, status, word in (({"to_number": None}, 422, "to_number"),
                                    ({"to_number": "555 0123"}, 422, "to_number"),
                                    ({"to_number": "+0" * 60}, 422, "to_number"),
                                    ({"from_number": "me"}, 422, "from_number"),
                                    ({"from_number": NUMBER}, 422, "from_number"),
                                    ({"pipe_id": "PIPE_none"}, 404, "PIPE_none"),
                                    ({"agent_id": "nobody"}, 404, "nobody"),
                                    ({"pipe_id": None}, 422, "agent_id")):
            await self.refused(d.calls.create(**(good | wrong)), status, word)

    async def sessions(self, d: Driven) -> None:
        session = await d.sessions.get(self.call)
        self.assert_fields(session, session_id=self.call, call_id=self.call, pipe_id=self.pipe,
                           status="closed", end_reason="caller_hangup", participants=[],
                           participant_count=0)
        self.assertEqual([turn.role for turn in session.transcript], ["agent"])
        self.assertIsNotNone(session.transcript[0].timestamp)
        self.assertEqual(self.stored(f"sessions/{self.call}")["session_id"], self.call)
        listed = {row.session_id: row for row in await d.sessions.list()}
        self.assertEqual(listed[self.call].status, "closed")
        ended = await d.sessions.end(self.call)
        self.assertEqual((ended.session_id, ended.state), (self.call, "ended"))
        self.assertEqual((await d.sessions.get(self.call)).end_reason, "caller_hangup")

        other = (await d.calls.create(self.pipe, NUMBER, self.line)).call_id
        await self.refused(d.sessions.transfer(self.call, "sip"), 409, "ended")
        await self.refused(d.sessions.merge(self.call, [other]), 409, "ended")
        await self.refused(d.sessions.transfer(self.call, "pigeon"), 422, "to")
        await self.refused(d.sessions.transfer(self.call, "sip", mode="lukewarm"), 422, "mode")
        await self.refused(d.sessions.merge(self.call, []), 422, "secondary_session_ids")
        await d.sessions.end(other)
        for none in (d.sessions.get("none"), d.sessions.end("none"),
                     d.sessions.transfer("none", "sip"), d.sessions.merge("none", [self.call]),
                     d.sessions.merge(self.call, ["none"])):
            await self.refused(none, 404, "none")

    async def tokens(self, d: Driven) -> None:
        made = await d.sessions.create_token(self.pipe, metadata={"table": 7})
        self.node.secrets.add(made.token)
        self.assertGreaterEqual(len(made.token), 32)
        self.assertIsNotNone(made.expires_at.tzinfo)
        plain = await d.sessions.create_token(self.pipe)
        self.node.secrets.add(plain.token)
        self.assertNotEqual(made.token, plain.token)
        await self.refused(d.sessions.create_token("PIPE_none"), 404, "PIPE_none")
        await self.refused(d.sessions.create_token(self.pipe, metadata=[7]), 422, "metadata")

    async def recordings(self, d: Driven) -> None:
        url = None
        for listed in (await d.recordings.list(), await d.recordings.list(call_id=self.call)):
            self.assertEqual([row.session_id for row in listed], [self.call])
            url = listed[0].recording_url
        self.assertEqual(await d.recordings.list(call_id="SCL_none"), [])
        self.assertTrue((await d.sessions.get(self.call)).recording_url)
        self.assertTrue((await d.calls.get(self.call)).recording_url)
        self.assertEqual(self.stored("recordings", call_id=self.call)[0]["session_id"], self.call)
        with wave.open(io.BytesIO(httpx.get(url).raise_for_status().content)) as sound:
            self.assertGreater(sound.getnframes() / sound.getframerate(), 1)

        listed = await d.transcripts.list()
        self.assertEqual([row.session_id for row in listed], [self.call])
        got = await d.transcripts.get(self.call)
        self.assertEqual(" ".join(got.transcript[0].content.split()), GREETING)
        self.assertEqual([row["session_id"] for row in self.stored("transcripts")], [self.call])
        await self.refused(d.transcripts.get("none"), 404, "none")

    # -- what need not be seen under every setting ------------------------------------------

    async def test_sessions_are_merged_and_handed_over(self) -> None:
        agent, other = unique("agent"), unique("agent")
        pipe = await asyncio.to_thread(self.node.create_pipe, agent)
        async with Runner(self.node, agent, "listen") as runner, \
                Runner(self.node, other, "listen") as taker, self.one() as client, \
                Caller(self.node, pipe) as one, Caller(self.node, pipe) as two:
            for _ in (one, two):
                await runner.report("entrypoint")
            merged = await client.sessions.merge(one.call_id, [two.call_id])
            self.assertEqual(merged.primary_session_id, one.call_id)
            self.assertEqual([(row.session_id, row.status, row.moved_participant_ids, row.error)
                              for row in merged.outcomes],
                             [(two.call_id, "merged", [two.call_id], None)])
            self.assert_fields(await client.sessions.get(one.call_id), participant_count=3,
                               participants=["caller", "agent", two.call_id])
            moved = await client.sessions.transfer(
                one.call_id, "agent", {"agent_id": other}, drop_participant_id=two.call_id)
            self.assertEqual((moved.session_id, moved.added_participant_id, moved.mode,
                              moved.removed_participant_id),
                             (one.call_id, f"agent:{other}", "cold", two.call_id))
            await taker.report("entrypoint")
            self.assertEqual((await two.ended())["reason"], "api_hangup")
            await client.sessions.end(one.call_id)
            await one.ended()
        self.assertEqual(self.node.ended_call(two.call_id)["end_reason"], "transferred")

    async def test_a_live_call_ends_by_either_method(self) -> None:
        agent = unique("agent")
        pipe = await asyncio.to_thread(self.node.create_pipe, agent)
        async with Runner(self.node, agent, "listen") as runner, self.one() as client:
            async with Caller(self.node, pipe) as one, Caller(self.node, pipe) as two:
                both = {one.call_id, two.call_id}
                for _ in both:
                    await runner.report("entrypoint")
                await self.refused(client.sessions.transfer(
                    one.call_id, "sip", {"number": NUMBER}, "warm", 500, "agent"), 403,
                    "transfer_not_allowed")
                await self.refused(client.sessions.merge(
                    one.call_id, [two.call_id], drop_participants=[{"name": "agent"}]), 422,
                    "drop_participants")
                for call in both:  # a refusal changes nothing: both go on
                    self.assert_fields(await client.sessions.get(call), status="active",
                                       participant_count=2, ended_at=None)
                    foreign = self.their_http.post(f"/v1/sessions/{call}/end")
                    self.assert_refusal(foreign, 404, call)
                self.assertEqual({row.call_id for row in await client.calls.list("active")}, both)
                await client.calls.hangup(one.call_id)
                self.assertEqual((await client.sessions.end(two.call_id)).state, "ended")
                for caller in (one, two):
                    await caller.ended()
                    await runner.report("call_end")
            for call in both:
                kept = await asyncio.to_thread(self.node.ended_call, call)
                self.assert_fields(kept, status="completed", end_reason="api_hangup")

    def test_a_recording_is_fetched_by_its_link_alone(self) -> None:
        url = httpx.URL(self.stored(f"calls/{self.call}")["recording_url"])
        self.assertEqual((url.host, url.port), ("127.0.0.1", self.node.port))
        with httpx.Client(headers={"User-Agent": "player"}) as player:
            whole = player.get(url)
            self.assertEqual((whole.status_code, whole.headers["content-type"]), (200, "audio/wav"))
            size = len(whole.content)
            self.assertEqual((whole.content[:4], whole.headers["accept-ranges"]), (b"RIFF", "bytes"))
            head = player.head(url)
            self.assertEqual((head.status_code, head.headers["content-length"], head.content),
                             (200, str(size), b""))
            for asked, first, last in (("0-43", 0, 43), (f"{size - 5}-", size - 5, size - 1),
                                       ("-7", size - 7, size - 1), (f"100-{size * 9}", 100, size - 1)):
                part = player.get(url, headers={"Range": f"bytes={asked}"})
                self.assertEqual(part.status_code, 206, asked)
                self.assertEqual(part.headers["content-range"], f"bytes {first}-{last}/{size}")
                self.assertEqual(part.content, whole.content[first:last + 1], asked)
            beyond = player.get(url, headers={"Range": f"bytes={size}-"})
            self.assertEqual((beyond.status_code, beyond.headers["content-range"]),
                             (416, f"bytes */{size}"))
            signature, expires = url.params["signature"], int(url.params["expires"])
            for wrong in ({"signature": signature[::-1]}, {"signature": ""},
                          {"expires": str(expires + 1)}, {"expires": "0"}, {"expires": "x"}):
                refused = player.get(url.copy_merge_params(wrong))
                self.assert_refusal(refused, 403)
            for path in ("SCL_none.wav", "..%2f..%2fetc%2fpasswd", "x" * 300, "%00.wav"):
                other = player.get(f"{self.node.url}/v1/recordings/{path}?{url.query.decode()}")
                self.assertIn(other.status_code, (400, 403, 404), path)
                self.assertTrue(other.json()["detail"])

    async def test_a_call_without_a_number_to_call_from(self) -> None:
        async with self.one() as client:
            pipe = await client.pipes.create(unique("pipe"), agent_id="nobody")
            await self.refused(client.calls.create(pipe.pipe_id, NUMBER), 400, "no_from_number")
            await client.pipes.delete(pipe.pipe_id)

    async def test_pages_are_followed_by_their_cursor(self) -> None:
        pipe = (await asyncio.to_thread(self.node.create_pipe, unique("agent")))
        made = []
        for order in range(7):
            answer = self.http.post("/v1/calls", json={
                "pipe_id": pipe, "to_number": NUMBER, "from_number": self.line,
                "data": {"order": order}})
            self.assertEqual(answer.status_code, 201, answer.text)
            made.append(answer.json()["data"]["call_id"])
        for kind, key in (("calls", "call_id"), ("sessions", "session_id")):
            seen, cursor = [], ""
            while cursor is not None and len(seen) < 20:
                page = self.get(kind, pipe_id=pipe, limit="3", cursor=cursor).json()
                self.assertLessEqual(len(page["data"]), 3)
                seen += [row[key] for row in page["data"]]
                cursor = page.get("next_cursor")
            self.assertEqual(seen, made[::-1], f"{kind}, newest first")
            for wrong in ({"limit": "0"}, {"limit": "1001"}, {"limit": "x"}):
                self.assert_refusal(self.get(kind, **wrong), 422, next(iter(wrong)))
        for call in made:
            self.http.post(f"/v1/calls/{call}/hangup").raise_for_status()
