"""What the callers of these tests say: flite's voices as 16 kHz PCM."""

import array
import functools
import math
import pathlib
import subprocess
import tempfile
import wave

RATE = 16_000
FRAME_BYTES = RATE // 50 * 2  # 20 ms


@functools.lru_cache(maxsize=None)
def pcm(text: str, voice: str = "rms") -> bytes:
    """`text` spoken, as mono signed 16-bit little-endian samples at 16 kHz."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True,
                       stdout=subprocess.DEVNULL)
        with wave.open(str(path)) as said:
            assert (said.getframerate(), said.getnchannels()) == (RATE, 1)
            return said.readframes(said.getnframes())


def rms(frame: bytes) -> float:
    samples = array.array("h", frame[: len(frame) // 2 * 2])
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


def voiced_ms(audio: bytes, level: float = 200) -> int:
    """How much of `audio` is sound and not silence, in 20 ms steps."""
    return sum(20 for at in range(0, len(audio), FRAME_BYTES)
               if rms(audio[at:at + FRAME_BYTES]) > level)


def channel(stereo: bytes, number: int) -> bytes:
    """One side of a recording: 0 is the caller, 1 the agent."""
    return array.array("h", stereo)[number::2].tobytes()
