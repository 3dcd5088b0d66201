"""What all peers and their caller agree on: the audio, the delays, the words. Nothing here is
measured; simulated recogniser and voice run inside the peer's process, as `--simulated-speech` does
in ours, so that no provider's socket is in anyone's figures."""
import math
import struct

RATE = 16_000
FRAME_MS = 20
FRAME_SAMPLES = RATE * FRAME_MS // 1_000
FRAME_BYTES = 2 * FRAME_SAMPLES

ENDPOINT_S = 0.5  # silence that ends a turn
# After the last loud frame, the words are there: our VAD's 240 ms and the provider's 100.
FINAL_S = 0.34
FIRST_BYTE_S = 0.12  # from a text to its first sound
SPEED = 4            # times real time that the voice is given
BLOCK_S = 0.05       # sound is given in blocks this far apart
LETTER_S = 0.065     # sound of one letter
REPLY = "We are open from ten to four on sunday."
# Between the caller's last sound and the agent's first, nobody can be faster.
FLOOR_S = ENDPOINT_S + FIRST_BYTE_S

LOUD = 300  # root mean square of a frame that is speech


def hum(samples):
    """A voice, as far as a meter can tell."""
    return struct.pack(f"<{samples}h", *(
        int(6_000 * math.sin(n * 2 * math.pi * 180 / RATE) * (0.7 + 0.3 * math.sin(n / 2_500)))
        for n in range(samples)))


BLOCK_BYTES = 2 * int(RATE * BLOCK_S * SPEED)
SOUND = hum(int(RATE * LETTER_S * len(REPLY)))


def blocks():
    """The reply's sound, as a provider sends it: blocks, each BLOCK_S after the other."""
    for at in range(0, len(SOUND), BLOCK_BYTES):
        yield SOUND[at:at + BLOCK_BYTES]


class Ear:
    """The simulated recogniser: says when there are words."""

    def __init__(self, rms):
        self._rms = rms
        self._heard_s = 0.0
        self._loud_s = None

    def hear(self, pcm):
        """True once, FINAL_S after the last loud frame."""
        if self._rms(pcm, 2) > LOUD:
            self._loud_s = self._heard_s
        self._heard_s += len(pcm) / 2 / RATE
        if self._loud_s is not None and self._heard_s - self._loud_s >= FINAL_S:
            self._loud_s = None
            return True
        return False
