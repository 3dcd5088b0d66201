"""pipecat as its documents build it: FastAPI WebSocket transport, VAD, recogniser, brain, voice, one
pipeline a call, all of them in one process. Prints its address."""
import asyncio
import audioop
import socket
import sys
import warnings

warnings.simplefilter("ignore")

import talk
import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (InputAudioRawFrame, InterruptionFrame, OutputAudioRawFrame,
                                   TranscriptionFrame, TTSAudioRawFrame, TTSSpeakFrame,
                                   VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

logger.remove()
logger.add(sys.stderr, level="ERROR")
warnings.simplefilter("ignore") # they set their own


class RawAudio(FrameSerializer):
    """16 bit PCM, nothing around it."""

    async def serialize(self, frame):
        return frame.audio if isinstance(frame, OutputAudioRawFrame) else None

    async def deserialize(self, data):
        return InputAudioRawFrame(audio=data, sample_rate=talk.RATE, num_channels=1)


class SimulatedSTT(STTService):
    def __init__(self):
        super().__init__(settings=STTSettings(model=None, language=None))
        self._ear = talk.Ear(audioop.rms)

    async def run_stt(self, audio):
        if self._ear.hear(audio):
            yield TranscriptionFrame("when are you open on sunday", "", time_now_iso8601())


class Brain(FrameProcessor):
    """Answers when there are words and the silence was long enough; falls silent when cut in on."""

    def __init__(self):
        super().__init__()
        self._words = self._over = False

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._words = self._over = False
            await self.push_frame(InterruptionFrame())
        self._words = self._words or isinstance(frame, TranscriptionFrame)
        self._over = self._over or isinstance(frame, VADUserStoppedSpeakingFrame)
        if self._words and self._over:
            self._words = self._over = False
            await self.push_frame(TTSSpeakFrame(talk.REPLY))
        elif not isinstance(frame, (InputAudioRawFrame, TranscriptionFrame)):
            await self.push_frame(frame, direction)


class SimulatedTTS(TTSService):
    def __init__(self):
        super().__init__(sample_rate=talk.RATE, push_start_frame=True, push_stop_frames=True,
                         settings=TTSSettings(model=None, voice=None, language=None))

    async def run_tts(self, text, context_id):
        await asyncio.sleep(talk.FIRST_BYTE_S)
        for block in talk.blocks():
            yield TTSAudioRawFrame(block, talk.RATE, 1, context_id=context_id)
            await asyncio.sleep(talk.BLOCK_S)


app = FastAPI()


@app.websocket("/")
async def call(websocket: WebSocket):
    await websocket.accept()
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True,
                                      audio_out_auto_silence=False, serializer=RawAudio()))
    vad = SileroVADAnalyzer(params=VADParams(stop_secs=talk.ENDPOINT_S))
    pipeline = Pipeline([transport.input(), VADProcessor(vad_analyzer=vad), SimulatedSTT(), Brain(),
                         SimulatedTTS(), transport.output()])
    worker = PipelineWorker(pipeline, params=PipelineParams(
        audio_in_sample_rate=talk.RATE, audio_out_sample_rate=talk.RATE))

    @transport.event_handler("on_client_disconnected")
    async def gone(_transport, _client):
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    door = socket.create_server(("127.0.0.1", 0))
    print(f"ws://127.0.0.1:{door.getsockname()[1]}/", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[door])
