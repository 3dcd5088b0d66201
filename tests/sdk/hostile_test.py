"""Peers that lie, babble, flood or fall silent: each is told, nobody else notices or grows."""

import asyncio
import contextlib
import json
import os
import random
import socket

import httpx
import websockets

from caller import Caller
from runner import Runner
from scenario import Scenario

PHRASES = ["what time do you open", "two loaves of brown bread", "my order is late"]
GROWTH_MB_MAX = 48
CLIENT_MESSAGE_BYTES_MAX = 64 << 10
RUNNER_MESSAGE_BYTES_MAX = 1 << 20
SANITIZED = "sanitize" in os.environ.get("UNPOD_BINARY", "")

REGISTER = {"type": "register", "worker_id": "liar#00000001", "pool": "liar", "capabilities": {
    "voice_profiles": [], "max_concurrent": 5, "agent_id": "liar", "transport": "dial_out",
    "kind": "brain", "hostname": "h", "address": None, "region": None, "deployment": "local"}}

BABBLE = ["", "{", "nul", "[]", "7", '"x"', "{}", '{"type":7}', '{"type":"nonsense"}',
          '{"type":"heartbeat","active_jobs":"many"}', '{"type":"job.ack"}', '{"event":"hello"}',
          '{"a":' * 5000, "[" * 100_000, '{"type":"register","capabilities":' + "[" * 60,
          '{"type":"register"}', '{"type":"register","worker_id":null,"capabilities":7}',
          json.dumps({**REGISTER, "worker_id": "w" * 100_000}), "\u0000", "\ud7ff" * 1000,
          '{"type":"start","audio":{"encoding":"mp3","sample_rate":-1}}',
          '{"type":"playback","played_ms":1e308}', '{"type":"dtmf","digits":{}}',
          b"\xff\xfe\xfd", b"", bytes(65_536)]


class Hostile(Scenario):
    def control(self, **more):
        return websockets.connect(f"{self.node.ws_url}/v1/internal/workers", max_size=2**22,
                                  additional_headers={"Authorization": f"Bearer {self.node.key}"},
                                  **more)

    async def farewell(self, ws) -> int:
        """The code this socket is closed with, whatever was said before."""
        async with asyncio.timeout(40):
            try:
                while True:
                    await ws.recv()
            except websockets.ConnectionClosed:
                return ws.close_code

    async def abuse_everything(self, pipe: str, seed: int) -> None:
        rng = random.Random(seed)
        for frame in [*BABBLE, rng.randbytes(rng.randrange(1, 4000)),
                      rng.randbytes(200).decode("latin-1")]:
            async with self.control() as ws:
                await ws.send(frame)
                self.assertNotEqual(await self.farewell(ws), 1000, repr(frame)[:80])
            async with websockets.connect(f"{self.node.ws_url}/call/no-such-session?token=x") as ws:
                self.assertIn(await self.farewell(ws), (4003,), "a bridge not asked for")
            token = await asyncio.to_thread(self.node.token, pipe)
            async with websockets.connect(
                    f"{self.node.ws_url}/v1/pipes/{pipe}/connect?token={token}") as ws:
                with contextlib.suppress(websockets.ConnectionClosed):
                    await ws.send(frame)
                    if len(frame) <= CLIENT_MESSAGE_BYTES_MAX:
                        await ws.send("{")
                self.assertIn(await self.farewell(ws), (1000, 1003, 1007, 1008, 1009), repr(frame))

    async def raw(self, data: bytes) -> bytes:
        """Sends bytes as they are; what comes back until the node hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.node.port)
        try:
            writer.write(data)
            async with asyncio.timeout(40):
                return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    def check_growth(self, before_mb: float) -> None:
        if not SANITIZED:
            self.assertLess(self.node.resident_mb() - before_mb, GROWTH_MB_MAX)

    async def test_an_honest_call_goes_on_while_others_misbehave(self) -> None:
        pipe = self.node.create_pipe("honest", PHRASES)
        async with Runner(self.node, "honest", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await self.turn(caller, runner, PHRASES[0])
            pipes = [self.node.create_pipe(f"victim{i}", PHRASES) for i in (1, 2)]
            for seed, words in ((10, PHRASES[1]), (20, PHRASES[2])):
                before = self.node.resident_mb()  # the second time, what it needs is there
                mischief = asyncio.gather(*(self.abuse_everything(victim, seed + i)
                                            for i, victim in enumerate(pipes)))
                await self.turn(caller, runner, words)
                await mischief
            self.check_growth(before)
            await caller.hang_up()

    async def test_bytes_that_are_no_http(self) -> None:
        rng = random.Random(3)
        head = b"GET /health HTTP/1.1\r\nHost: x\r\n"
        upgrade = head.replace(b"/health", b"/v1/internal/workers") + (
            b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer "
            + self.node.key.encode() + b"\r\n\r\n")
        cases = [rng.randbytes(5000), b"\x16\x03\x01" + rng.randbytes(300),
                 b"GET / HTTP/9.9\r\n\r\n", head + b"Content-Length: -1\r\n\r\n",
                 head + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
                 head + b"".join(b"X-%d: y\r\n" % i for i in range(2000)) + b"\r\n",
                 head + b"Content-Length: 99999999999\r\n\r\n",
                 head + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
                 b"GET /" + b"%zz" * 10_000 + b" HTTP/1.1\r\n\r\n",
                 # A frame that claims 2^62 bytes; an unmasked one; a reserved opcode.
                 upgrade + b"\x81\xff\x40" + bytes(11), upgrade + b"\x81\x05hello",
                 upgrade + b"\x8f\x80" + bytes(4), upgrade + b"\x01\x80" + bytes(4) + b"\x81"]
        for answer in await asyncio.gather(*(self.raw(data) for data in cases)):
            self.assertLess(len(answer), 20_000)
        self.assertEqual(httpx.get(f"{self.node.url}/health").status_code, 200)

    async def test_a_silent_peer_is_gone(self) -> None:
        await asyncio.gather(*(self.raw(data) for data in (
            b"", b"GET /hea", b"POST /v1/pipes HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")))

    async def test_a_message_too_big_is_told_so_while_it_is_sent(self) -> None:
        pipe = self.node.create_pipe("big", PHRASES)
        token = await asyncio.to_thread(self.node.token, pipe)
        async with websockets.connect(
                f"{self.node.ws_url}/v1/pipes/{pipe}/connect?token={token}") as client, \
                self.control() as control:
            for ws, most in ((client, CLIENT_MESSAGE_BYTES_MAX), (control, RUNNER_MESSAGE_BYTES_MAX)):
                with contextlib.suppress(websockets.ConnectionClosed):
                    await ws.send("x" * (most + 500_000))
                self.assertEqual(await self.farewell(ws), 1009)

    async def test_a_lie_about_capacity(self) -> None:
        for claim in (10**9, 2**63, 2**70, -1, 0, 1e300, 2.5, "many", None, [], True):
            card = {**REGISTER["capabilities"], "max_concurrent": claim}
            async with self.control() as ws:
                await ws.send(json.dumps({**REGISTER, "capabilities": card}))
                try:
                    answer = json.loads(await ws.recv())
                    self.assertEqual(answer["type"], "registered")
                    (row,) = self.node.runners("liar")
                    self.assertLessEqual(row["max_concurrent"], 1000, claim)
                    self.assertGreaterEqual(row["max_concurrent"], 0, claim)
                except websockets.ConnectionClosed:
                    self.assertNotEqual(ws.close_code, 1006, claim)
            await asyncio.to_thread(self.node.until, lambda: not self.node.runners("liar"),
                                    "the liar to be forgotten")

    async def test_a_flood_of_heartbeats_and_acks(self) -> None:
        """It may be cut off for it; it may not gain seats, nor make the node grow."""
        before = self.node.resident_mb()
        async with self.control(max_queue=None) as ws:  # else answers unread hide the close
            await ws.send(json.dumps(REGISTER))
            await ws.recv()
            with contextlib.suppress(websockets.ConnectionClosed):
                for i in range(20_000):
                    await ws.send(json.dumps({"type": "heartbeat", "active_jobs": i}))
                    await ws.send(json.dumps({"type": "job.ack", "job_id": f"j{i}",
                                              "assign_id": "", "accepted": True, "reason": None}))
                    await asyncio.sleep(0)  # who never pauses never learns of the close
            for row in self.node.runners("liar"):
                self.assertEqual(row["active_jobs"], 0, "a runner's word is no reservation")
            self.check_growth(before)

    async def test_a_message_over_the_limit(self) -> None:
        async with self.control() as ws:
            await ws.send(["x" * RUNNER_MESSAGE_BYTES_MAX, "x"])
            self.assertEqual(await self.farewell(ws), 1009)
        pipe = self.node.create_pipe("oversize")
        token = self.node.token(pipe)
        async with websockets.connect(
                f"{self.node.ws_url}/v1/pipes/{pipe}/connect?token={token}") as ws:
            await ws.send(bytes(CLIENT_MESSAGE_BYTES_MAX + 1))
            self.assertEqual(await self.farewell(ws), 1009)

    async def test_tokens_are_for_one_pipe_and_one_call(self) -> None:
        pipe, other = self.node.create_pipe("mine"), self.node.create_pipe("theirs")

        async def knock(where: str, token: str, **more) -> int:
            try:
                async with websockets.connect(
                        f"{self.node.ws_url}/v1/pipes/{where}/connect?token={token}", **more) as ws:
                    return await self.farewell(ws)
            except websockets.InvalidStatus as refused:
                self.assertTrue(json.loads(refused.response.body)["detail"])
                return refused.response.status_code

        token = self.node.token(pipe)
        self.assertEqual(await knock(other, token), 401)
        async with websockets.connect(
                f"{self.node.ws_url}/v1/pipes/{pipe}/connect?token={token}") as ws:
            await ws.send(json.dumps({"type": "start"}))
            self.assertEqual(json.loads(await ws.recv())["type"], "started")
            await ws.send(json.dumps({"type": "end"}))
            await self.farewell(ws)
        self.assertEqual(await knock(pipe, token), 401, "used")
        self.assertEqual(await knock(pipe, ""), 401)
        self.assertEqual(await knock("PIPE_none", self.node.token(pipe)), 404)
        late = self.node.token(other)
        self.node.rest.delete(f"/platform/v1/pipes/{other}").raise_for_status()
        self.assertEqual(await knock(other, late), 404)
        self.assertEqual(await knock(pipe, "x" * 3000, subprotocols=["unpod.v1"]), 4401)
        self.assertEqual(await knock(pipe, self.node.token(pipe), origin="https://evil.example"),
                         403)

    async def test_a_client_that_stops_reading(self) -> None:
        """Its call costs it nothing but itself: the story piles up to the limit and no further."""
        pipe = self.node.create_pipe("deaf", PHRASES, greeting="This is a long greeting. " * 40)
        served = self.node.create_pipe("hears", PHRASES)
        async with Runner(self.node, "deaf", "listen") as deaf, \
                Runner(self.node, "hears", "echo") as runner, Caller(self.node, served) as caller:
            await self.turn(caller, runner, PHRASES[0])
            before = self.node.resident_mb()
            with socket.socket() as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                sock.connect(("127.0.0.1", self.node.port))
                sock.sendall(
                    f"GET /v1/pipes/{pipe}/connect?token={self.node.token(pipe)} HTTP/1.1\r\n"
                    "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
                self.assertIn(b" 101 ", sock.recv(16))
                sock.sendall(b"\x81\x90" + bytes(4) + b'{"type":"start"}')
                await deaf.report("entrypoint")
                await self.turn(caller, runner, PHRASES[1])
                await self.turn(caller, runner, PHRASES[2])
                self.check_growth(before)
            await caller.hang_up()
