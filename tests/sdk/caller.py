"""A caller: one client socket that talks and listens in real time."""

import asyncio
import json
import random
import time

import websockets

import speech

# Two seconds of a quiet room; digital silence is something no microphone sends.
_room = random.Random(7)
ROOM = b"".join(_room.randint(-6, 6).to_bytes(2, "little", signed=True)
                for _ in range(2 * speech.RATE))

LATE_S = 0.5  # a talker that is later than this was kept from talking
WAIT_S = 40  # deadline of every wait: it only ever fails a test


class Caller:
    """`async with Caller(node, pipe) as caller` is a call from `started` to the hang-up.

    Everything the node sends is kept: `events` in order with their times, `audio` as it came.
    """

    def __init__(self, node, pipe_id: str, *, silent: bool = False, metadata: dict | None = None,
                 audio: dict | None = None) -> None:
        self.node, self.pipe_id = node, pipe_id
        self.events: list[tuple[float, dict]] = []
        self.audio = bytearray()
        self.heard_ms = 0  # of speech: downlink that is not silence
        self.started: dict = {}
        self.close_code: int | None = None
        self._metadata = metadata or {}
        self._format = audio or {"encoding": "pcm_s16le", "sample_rate": speech.RATE}
        self._silent = silent  # sends no audio at all
        self._up = bytearray()
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task] = []
        self._taken = 0  # events that `event` has looked at

    @property
    def call_id(self) -> str:
        return self.started["call_id"]

    async def __aenter__(self) -> "Caller":
        token = await asyncio.to_thread(self.node.token, self.pipe_id, **self._metadata)
        self._ws = await websockets.connect(
            f"{self.node.ws_url}/v1/pipes/{self.pipe_id}/connect?token={token}",
            compression=None, max_size=2**20, ping_interval=None)
        await self._ws.send(json.dumps({"type": "start", "audio": self._format}))
        self._tasks.append(asyncio.create_task(self._receive()))
        self.started = await self.event("started")
        if not self._silent:
            self._tasks.append(asyncio.create_task(self._talk()))
        return self

    async def __aexit__(self, *_) -> None:
        await self._ws.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _talk(self) -> None:
        """20 ms every 20 ms, on an absolute schedule: speech while there is some, else the room.

        Whoever was kept from it goes on from there, as a microphone does: seconds that come all at
        once are no call, and of more than two the node keeps the last.
        """
        began, frame = time.monotonic(), 0
        try:
            while True:
                chunk = said = bytes(self._up[:speech.FRAME_BYTES])
                del self._up[:speech.FRAME_BYTES]
                at = frame * speech.FRAME_BYTES % len(ROOM)
                chunk += ROOM[at:at + speech.FRAME_BYTES][len(chunk):]
                await self._ws.send(chunk)
                if said and not self._up:
                    await self._tell()
                frame += 1
                ahead = began + frame * 0.02 - time.monotonic()
                if ahead < -LATE_S:
                    began -= ahead
                await asyncio.sleep(max(0.0, ahead))
        except websockets.ConnectionClosed:
            await self._tell()

    async def _receive(self) -> None:
        try:
            async for message in self._ws:
                if isinstance(message, bytes):
                    self.audio += message
                    self.heard_ms += speech.voiced_ms(message)
                else:
                    self.events.append((time.monotonic(), json.loads(message)))
                await self._tell()
        except websockets.ConnectionClosed:
            pass
        self.close_code = self._ws.close_code
        await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, question, what: str, limit_s: float = WAIT_S):
        """Waits for news until `question()` is truthy; says what came instead."""
        async with self._news:
            try:
                async with asyncio.timeout(limit_s):
                    while not (answer := question()):
                        assert self.close_code is None, f"closed {self.close_code}"
                        await self._news.wait()
                    return answer
            except (TimeoutError, AssertionError) as why:
                heard = "\n".join(json.dumps(event) for _, event in self.events)
                raise AssertionError(f"the caller waited for {what}: {why!r}; it got\n{heard}\n"
                                     f"{self.node.log()}") from None

    # -- what a caller does ---------------------------------------------------------

    async def say(self, text: str) -> None:
        """Speaks; returns when the last sample is sent."""
        self._up += speech.pcm(text)
        await self.until(lambda: not self._up, f"having said {text!r}")

    def noise(self, ms: int) -> None:
        """A short, loud, wordless sound."""
        self._up += b"".join(_room.randint(-9000, 9000).to_bytes(2, "little", signed=True)
                             for _ in range(speech.RATE * ms // 1000))

    async def send(self, **frame) -> None:
        await self._ws.send(json.dumps(frame))

    async def hang_up(self) -> dict:
        await self.send(type="end")
        return await self.ended()

    # -- what a caller hears --------------------------------------------------------

    def _match(self, kind: str, fields: dict):
        for at in range(self._taken, len(self.events)):
            event = self.events[at][1]
            if event["type"] == kind and all(event.get(k) == v for k, v in fields.items()):
                self._taken = at + 1
                return event
        return None

    async def event(self, kind: str, **fields) -> dict:
        """The next event of this kind after the one that was last waited for."""
        return await self.until(lambda: self._match(kind, fields), f"{kind} {fields or ''}")

    async def ended(self) -> dict:
        return await self.event("ended")

    def replies(self, since: int = 0) -> str:
        """What the agent said, as the caller reads it."""
        return "".join(event["text"] for _, event in self.events[since:]
                       if event["type"] == "agent_reply")

    async def reply(self, words: str, since: int = 0) -> str:
        """Waits until the agent's text, spaces aside, holds `words`."""
        def squeezed(text: str) -> str:
            return " ".join(text.split()).lower()
        return await self.until(
            lambda: squeezed(words) in squeezed(self.replies(since)) and self.replies(since),
            f"the reply {words!r}")

    async def silence(self) -> None:
        """Waits until the agent has said what it had to say: to speak before is to cut in."""
        def state() -> str:
            return next((event["state"] for _, event in reversed(self.events)
                         if event["type"] == "state"), "")
        await self.until(lambda: state() == "listening", "silence")

    async def sound(self, voiced_ms: int, since_ms: int = 0) -> None:
        """Waits until that much speech came after the first `since_ms` of it."""
        await self.until(lambda: self.heard_ms - since_ms >= voiced_ms, f"{voiced_ms} ms of speech")
