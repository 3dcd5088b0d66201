"""What every scenario file stands on: a node for the file, and no call left after any test."""

import asyncio
import unittest

from node import Node


class Scenario(unittest.IsolatedAsyncioTestCase):
    """Tests of one file share one node; each brings its own pipes and runners."""

    flags: tuple[str, ...] = ()
    node: Node

    @classmethod
    def setUpClass(cls) -> None:
        cls.node = Node(*cls.flags)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.node.stop()

    async def asyncSetUp(self) -> None:
        asyncio.get_running_loop().set_debug(False)  # what unittest sets is slow, and talks

    def tearDown(self) -> None:
        def none_active() -> bool:
            answer = self.node.rest.get("/platform/v1/calls", params={"call_status": "active"})
            return not answer.raise_for_status().json()["data"]
        self.node.until(none_active, "every call to be over")
