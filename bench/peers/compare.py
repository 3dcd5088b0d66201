"""The same conversation through this runtime, pipecat and livekit-agents, one after the other; what a
call costs each of them, and the ratios. Called by bench/peers/compare.

Counted: CPU (user and system) and resident memory of all processes of a peer, its agent among them
(ours: node and runner), by /proc. Not counted: the callers, which are this process."""
import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave
from pathlib import Path

import talk
from caller import TURN_EVERY_S, Caller

HERE = Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1_024
LATE_SHARE_MAX = 0.01  # of the callers' frames, a frame late: they measure themselves then


def processes_of(roots):
    """These and all that descend from them."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                parents[int(entry.name)] = int(fields[1])
            except OSError:
                pass
    found = set(roots)
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def cost_of(roots):
    """CPU seconds and resident KB so far."""
    cpu = memory = 0
    for pid in processes_of(roots):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            cpu += (int(fields[11]) + int(fields[12])) / TICK
            memory += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KB
        except OSError:
            pass
    return cpu, memory


class Peer:
    """Processes that are ended with the `with`."""

    def __init__(self):
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in reversed(self.running):
            one.terminate()
        for one in self.running:
            try:
                one.wait(10)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()

    def begin(self, command, **more):
        self.running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **more))
        return self.running[-1]

    def roots(self):
        return [one.pid for one in self.running]


class PythonPeer(Peer):
    note = "one process, a pipeline a call; its own Silero VAD"

    def __init__(self, server):
        super().__init__()
        self._url = self.begin([sys.executable, "-B", "-W", "ignore", str(HERE / server)], cwd=HERE,
                               env={**os.environ, "LOGURU_LEVEL": "ERROR"}).stdout.readline().strip()
        if not self._url:
            sys.exit(f"{server} did not start")

    def caller(self, phrase, first_turn_s):
        return Caller(self._url, phrase, first_turn_s)


class Unpod(Peer):
    note = "node and reference runner, two processes; WebRTC's VAD and an energy floor"

    def __init__(self, program):
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._said = None
        node = self.begin([program, "start", "--dev", "--json", "--listen", "127.0.0.1:0",
                           "--data-dir", self._folder.name, "--simulated-speech", "--log-level",
                           "error", "--set", "limits.key_rate_per_s=0"])
        self._said = json.loads(node.stdout.readline())
        script = Path(self._folder.name) / "talk.txt"
        words = "\n".join(f"decoy: {word}" for word in DECOYS)
        script.write_text(f"title: opening hours\ncaller: when are you open\nagent: {talk.REPLY}\n"
                          f"otherwise: {talk.REPLY}\n{words}\n")
        runner = self.begin([program, "runner", "--agent-id", "peer", "--script", str(script)],
                            env={**os.environ, "UNPOD_BASE_URL": self._said["url"],
                                 "UNPOD_API_KEY": self._said["api_key"]})
        if "registered" not in runner.stdout.readline():
            sys.exit("the runner could not register")
        self._pipe = self._ask("/v1/pipes", {"name": "peer", "voice_profile": "simulated",
                                             "agent_id": "peer"})["pipe_id"]

    def __exit__(self, *_):
        super().__exit__()
        self._folder.cleanup()

    def _ask(self, path, body):
        request = urllib.request.Request(self._said["url"] + path, json.dumps(body).encode(),
                                         {"Authorization": "Bearer " + self._said["api_key"]})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["data"]

    def caller(self, phrase, first_turn_s):
        token = self._ask("/v1/sessions/token", {"pipe_id": self._pipe})["token"]
        base = self._said["url"].replace("http", "ws", 1)
        start = {"type": "start", "audio": {"encoding": "pcm_s16le", "sample_rate": talk.RATE}}
        return Caller(f"{base}/v1/pipes/{self._pipe}/connect?token={token}", phrase, first_turn_s,
                      json.dumps(start), '{"type":"end"}')


DECOYS = [f"this is never said {word}" for word in
          "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
          "sixteen seventeen eighteen nineteen twenty".split()]


def phrase():
    """The caller's voice, from flite."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as said:
        subprocess.run(["flite", "-voice", "rms", "-t",
                        "I would like to know when you are open on sunday", "-o", said.name],
                       check=True)
        with wave.open(said.name) as sound:
            if sound.getframerate() != talk.RATE:
                sys.exit("flite speaks at another rate than 16 kHz")
            pcm = sound.readframes(sound.getnframes())
    while pcm and max(abs(int.from_bytes(pcm[-2 - 2 * n:len(pcm) - 2 * n], "little", signed=True))
                      for n in range(160)) < 500:
        pcm = pcm[:-320]  # 10 ms of quiet: when the last sound was must be beyond dispute
    return pcm


def late_share(callers):
    return sum(one.late_frames for one in callers) / max(1, sum(one.frames_sent for one in callers))


async def converse(peer, calls, seconds, sound):
    """One window; what it cost and how fast the answers were."""
    warm = peer.caller(sound, 0.5)
    task = asyncio.create_task(warm.run())
    await asyncio.sleep(TURN_EVERY_S)
    warm.stop()
    await task
    if warm.failed or not warm.answered:
        sys.exit(f"the first call had no answer: {warm.failed}")
    await asyncio.sleep(2)
    idle_cpu, idle_kb = cost_of(peer.roots())
    began = time.monotonic()
    await asyncio.sleep(2)
    idle_share = (cost_of(peer.roots())[0] - idle_cpu) / (time.monotonic() - began)
    callers = [peer.caller(sound, 0.5 + TURN_EVERY_S * n / calls) for n in range(calls)]
    tasks = [asyncio.create_task(one.run()) for one in callers]
    await asyncio.sleep(TURN_EVERY_S)
    from_cpu, _ = cost_of(peer.roots())
    began = time.monotonic()
    await asyncio.sleep(seconds)
    to_cpu, full_kb = cost_of(peer.roots())
    window = time.monotonic() - began
    for one in callers:
        one.stop()
    await asyncio.gather(*tasks)
    responses = sorted(value for one in callers for value in one.response_s)
    added = [1_000 * (value - talk.FLOOR_S) for value in responses] or [float("nan")]
    failed = [one for one in callers if one.failed or not one.answered]
    return {
        "calls": calls, "calls_failed": len(failed),
        "why": sorted({str(one.failed or "no answer") for one in failed}),
        "turns": sum(one.turns for one in callers), "answered": len(responses),
        "cpu_us_per_call_second": 1e6 * (to_cpu - from_cpu) / (window * calls),
        "memory_kb_per_call": (full_kb - idle_kb) / calls,
        "memory_kb_idle": idle_kb, "cpu_share_idle": idle_share,
        "added_ms_p50": statistics.median(added), "added_ms_max": max(added),
        "callers_late_share": late_share(callers),
        "invalid": late_share(callers) > LATE_SHARE_MAX,
        "load_average": os.getloadavg()[0], "note": peer.note,
    }


def table(told):
    ours = told.get("unpod")
    print(f"{'':16}{'us/call-s':>11}{'KB/call':>10}{'idle MB':>9}{'added ms p50':>14}{'max':>8}"
          f"{'answered':>11}{'failed':>8}   CPU x   KB x")
    for name, one in told.items():
        cpu = one["cpu_us_per_call_second"] / ours["cpu_us_per_call_second"] if ours else 0
        memory = one["memory_kb_per_call"] / ours["memory_kb_per_call"] if ours else 0
        answered = f"{one['answered']}/{one['turns']}"
        print(f"{name:16}{one['cpu_us_per_call_second']:11.0f}{one['memory_kb_per_call']:10.0f}"
              f"{one['memory_kb_idle'] / 1024:9.0f}{one['added_ms_p50']:14.0f}"
              f"{one['added_ms_max']:8.0f}{answered:>11}{one['calls_failed']:8}"
              f"{cpu:8.1f}{memory:7.1f}")
    for name, one in told.items():
        print(f"{name}: {'INVALID, the callers were late; ' if one['invalid'] else ''}{one['note']}; "
              f"load average {one['load_average']:.1f}, callers' frames late "
              f"{one['callers_late_share']:.1%}{'; ' + '; '.join(one['why']) if one['why'] else ''}")


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("unpod", help="the program, built with -O2")
    words.add_argument("--calls", type=int, default=10, choices=range(1, 101), metavar="1..100")
    words.add_argument("--seconds", type=int, default=30, choices=range(5, 601), metavar="5..600")
    words.add_argument("--only", action="append", choices=["unpod", "pipecat", "livekit"])
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    peers = {"unpod": lambda: Unpod(asked.unpod),
             "pipecat": lambda: PythonPeer("pipecat_server.py"),
             "livekit": lambda: PythonPeer("livekit_server.py")}
    sound = phrase()
    told = {}
    for name, make in peers.items():
        if asked.only and name not in asked.only:
            continue
        print(f"{name}: {asked.calls} calls, {asked.seconds} s", file=sys.stderr)
        with make() as peer:
            told[name] = asyncio.run(converse(peer, asked.calls, asked.seconds, sound))
    print(json.dumps(told)) if asked.json else table(told)
    return 1 if any(one["calls_failed"] for one in told.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
