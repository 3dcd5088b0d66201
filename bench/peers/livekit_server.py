"""livekit-agents without a LiveKit room, which is its own way for other transports: an AgentSession a
call with an audio input and an audio output of ours, recogniser, model and voice as nodes of the
Agent, all calls in one process. Its room (WebRTC, an SFU) is in no figure. Prints its address."""
import asyncio
import audioop
import logging
import time
import warnings

warnings.simplefilter("ignore")

import talk
import websockets
from livekit import rtc
from livekit.agents import Agent, AgentSession, llm, stt, tts
from livekit.agents.voice import io

logging.disable(logging.WARNING)


class CallerIn(io.AudioInput):
    def __init__(self):
        super().__init__(label="socket")
        self._frames = asyncio.Queue()

    def put(self, pcm):
        self._frames.put_nowait(pcm)

    async def __anext__(self):
        pcm = await self._frames.get()
        if pcm is None:
            raise StopAsyncIteration
        return rtc.AudioFrame(pcm, talk.RATE, 1, len(pcm) // 2)


class CallerOut(io.AudioOutput):
    """Frames of 20 ms at their time, as a room's audio source gives them."""

    def __init__(self, socket):
        super().__init__(label="socket", sample_rate=talk.RATE,
                         capabilities=io.AudioOutputCapabilities(pause=False))
        self._socket = socket
        self._waiting = bytearray()
        self._more = asyncio.Event()
        self._flushed = self._capturing = False
        self._sent_s = 0.0
        self.pacer = asyncio.create_task(self._pace())

    async def capture_frame(self, frame):
        await super().capture_frame(frame)
        if not self._capturing:
            self._capturing, self._flushed, self._sent_s = True, False, 0.0
            self.on_playback_started(created_at=time.time())
        self._waiting += bytes(frame.data.cast("B"))
        self._more.set()

    def flush(self):
        super().flush()
        if self._capturing:
            self._flushed = True
            self._more.set()

    def clear_buffer(self):
        self._waiting.clear()
        if self._capturing:
            self._over(interrupted=True)

    def _over(self, interrupted):
        self._capturing = self._flushed = False
        self.on_playback_finished(playback_position=self._sent_s, interrupted=interrupted)

    async def _pace(self):
        due = 0.0
        while True:
            if not self._waiting and not self._flushed:
                self._more.clear()
                await self._more.wait()
            if len(self._waiting) >= talk.FRAME_BYTES or (self._flushed and self._waiting):
                frame = bytes(self._waiting[:talk.FRAME_BYTES])
                del self._waiting[:talk.FRAME_BYTES]
                await self._socket.send(frame)
                self._sent_s += len(frame) / 2 / talk.RATE
            elif self._flushed:
                self._over(interrupted=False)
                continue
            due = max(due, time.monotonic() - 0.02) + talk.FRAME_MS / 1_000
            await asyncio.sleep(max(0.0, due - time.monotonic()))


# Said to the session to be there; the Agent's nodes do the work.
class NoSTT(stt.STT):
    def __init__(self):
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False))

    async def _recognize_impl(self, buffer, *, language=None, conn_options=None):
        raise NotImplementedError


class NoLLM(llm.LLM):
    def chat(self, **_):
        raise NotImplementedError


class NoTTS(tts.TTS):
    def __init__(self):
        super().__init__(capabilities=tts.TTSCapabilities(streaming=True), sample_rate=talk.RATE,
                         num_channels=1)

    def synthesize(self, text, *, conn_options=None):
        raise NotImplementedError


class Simulated(Agent):
    def __init__(self):
        super().__init__(instructions="")

    async def stt_node(self, audio, model_settings):
        ear = talk.Ear(audioop.rms)
        async for frame in audio:
            if ear.hear(bytes(frame.data.cast("B"))):
                yield stt.SpeechEvent(
                    type=stt.SpeechEventType.FINAL_TRANSCRIPT,
                    alternatives=[stt.SpeechData(language="en",
                                                 text="when are you open on sunday")])

    async def llm_node(self, chat_ctx, tools, model_settings):
        yield talk.REPLY

    async def tts_node(self, text, model_settings):
        async for _ in text:
            pass
        await asyncio.sleep(talk.FIRST_BYTE_S)
        for block in talk.blocks():
            yield rtc.AudioFrame(block, talk.RATE, 1, len(block) // 2)
            await asyncio.sleep(talk.BLOCK_S)


async def call(socket):
    session = AgentSession(
        stt=NoSTT(), llm=NoLLM(), tts=NoTTS(),
        turn_handling={"turn_detection": "vad",
                       "endpointing": {"min_delay": talk.ENDPOINT_S, "max_delay": 3.0}})
    ear, mouth = CallerIn(), CallerOut(socket)
    session.input.audio, session.output.audio = ear, mouth
    await session.start(Simulated(), record=False)
    try:
        async for message in socket:
            ear.put(message)
    except websockets.ConnectionClosed:
        pass
    finally:
        ear.put(None)
        mouth.pacer.cancel()
        await session.aclose()


async def main():
    async with websockets.serve(call, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"ws://127.0.0.1:{port}/", flush=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main())
