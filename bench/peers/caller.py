"""The callers of all peers: real WebSockets, a frame every 20 ms, a phrase every 8 s; when the answer
came is read from the samples."""
import asyncio
import audioop
import random
import time

import talk
import websockets

TURN_EVERY_S = 8.0
QUIET = b"".join(random.Random(1).randint(-10, 10).to_bytes(2, "little", signed=True)
                 for _ in range(talk.FRAME_SAMPLES))


class Caller:
    def __init__(self, url, phrase, first_turn_s, start=None, end=None):
        self.url, self.first_turn_s, self.start, self.end = url, first_turn_s, start, end
        self.frames = [phrase[at:at + talk.FRAME_BYTES].ljust(talk.FRAME_BYTES, b"\0")
                       for at in range(0, len(phrase), talk.FRAME_BYTES)]
        self.turns = self.answered = self.frames_sent = self.late_frames = 0
        self.response_s = []
        self.failed = None
        self._said_at = None
        self._stop = asyncio.Event()

    async def run(self):
        try:
            async with websockets.connect(self.url, max_size=None, compression=None) as socket:
                if self.start:
                    await socket.send(self.start)
                hearing = asyncio.create_task(self._hear(socket))
                await self._speak(socket)
                hearing.cancel()
                if self.end:
                    await socket.send(self.end)
        except Exception as why:  # whatever it is, this call failed by it
            self.failed = f"{type(why).__name__}: {why}"

    def stop(self):
        self._stop.set()

    async def _hear(self, socket):
        async for message in socket:
            if isinstance(message, str):
                if '"error"' in message:
                    self.failed = message
                continue
            if self._said_at is not None and audioop.rms(message[:len(message) // 2 * 2], 2) > 50:
                self.response_s.append(time.monotonic() - self._said_at)
                self.answered += 1
                self._said_at = None

    async def _speak(self, socket):
        due = began = time.monotonic()
        next_turn, at = began + self.first_turn_s, None
        while not self._stop.is_set():
            now = time.monotonic()
            if at is None and now >= next_turn:
                at, next_turn, self._said_at = 0, next_turn + TURN_EVERY_S, None
            await socket.send(QUIET if at is None else self.frames[at])
            self.frames_sent += 1
            if at is not None:
                at += 1
                if at == len(self.frames):
                    at, self._said_at = None, time.monotonic()
                    self.turns += 1
            due += talk.FRAME_MS / 1_000
            wait = due - time.monotonic()
            self.late_frames += wait < -talk.FRAME_MS / 1_000
            if wait > 0:
                await asyncio.sleep(wait)
