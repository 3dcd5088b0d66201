"""What every scenario file stands on: a node for the file, and no call left after any test."""

import asyncio
import unittest

from caller import Caller
from node import Node
from runner import Runner


class Scenario(unittest.IsolatedAsyncioTestCase):
    """Tests of one file share one node; each brings its own pipes and runners."""

    flags: tuple[str, ...] = ()
    settings: dict[str, str] = {}
    node: Node

    @classmethod
    def setUpClass(cls) -> None:
        cls.node = Node(*cls.flags, settings=cls.settings)
        cls.addClassCleanup(cls.node.stop)

    async def asyncSetUp(self) -> None:
        asyncio.get_running_loop().set_debug(False)  # what unittest sets is slow, and talks

    async def turn(self, caller: Caller, runner: Runner, words: str) -> None:
        """The caller says this to an agent that echoes, and hears it out."""
        events = len(caller.events)
        await caller.say(words)
        self.assertEqual((await runner.report("user_turn"))["text"], words)
        await caller.reply(f"you said {words}", since=events)
        await caller.silence()

    def tearDown(self) -> None:
        def none_active() -> bool:
            answer = self.node.rest.get("/platform/v1/calls", params={"call_status": "active"})
            return not answer.raise_for_status().json()["data"]
        self.node.until(none_active, "every call to be over")
