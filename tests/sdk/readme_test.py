"""What the README promises a newcomer: its ten-line agent answers its own caller."""

import asyncio
import pathlib
import re
import sys
import tempfile
import wave

import speech
from runner import environment
from scenario import Scenario

README = pathlib.Path(__file__).parents[2] / "README.md"


class Readme(Scenario):
    async def run_python(self, code: str, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, *arguments, env=environment(self.node),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE)

    async def test_the_agent_and_the_caller_meet(self) -> None:
        agent, caller = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[:2]
        self.assertLessEqual(len(agent.split("\n")), 11, "ten lines and a blank one")
        baker = await self.run_python(agent)
        try:
            await asyncio.to_thread(self.node.until, lambda: self.node.runners("baker"),
                                    "the baker to register")
            with tempfile.TemporaryDirectory() as folder:
                path = f"{folder}/said.wav"
                with wave.open(path, "wb") as said:
                    said.setparams((1, 2, speech.RATE, 0, "NONE", ""))
                    said.writeframes(speech.pcm("I would like to go home now"))
                calling = await self.run_python(caller, path)
                async with asyncio.timeout(60):
                    heard, _ = await calling.communicate()
        finally:
            baker.kill()
            await baker.communicate()
        self.assertEqual(calling.returncode, 0)
        self.assertIn(b"this is the bakery", heard)
        self.assertIn(b'"user_turn"', heard)
        self.assertIn(b"You said:", heard)
        self.assertIn(b'"ended"', heard)
