"""Which runner gets a call, and which runner gets in at all."""

import asyncio
import contextlib

from caller import Caller
from node import SDK_VERSION
from runner import Runner
from scenario import Scenario


class Dispatch(Scenario):
    async def test_twenty_calls_are_shared_evenly(self) -> None:
        pipe = self.node.create_pipe("shared")
        async with Runner(self.node, "shared", "listen") as one, \
                Runner(self.node, "shared", "listen") as two, contextlib.AsyncExitStack() as calls:
            callers = [Caller(self.node, pipe, silent=True) for _ in range(20)]
            await asyncio.gather(*(calls.enter_async_context(caller) for caller in callers))
            while one.count("entrypoint") + two.count("entrypoint") < 20:
                late = one if one.count("entrypoint") < 10 else two
                await late.report("entrypoint")
            self.assertLessEqual(abs(one.count("entrypoint") - two.count("entrypoint")), 1)

            def even() -> bool:
                return {row["active_jobs"] for row in self.node.runners("shared")} == {10}
            await asyncio.to_thread(self.node.until, even, "both runners to be seen with ten jobs")
            await asyncio.gather(*(caller.hang_up() for caller in callers))

            def idle() -> bool:
                return all(row["active_jobs"] == 0 for row in self.node.runners("shared"))
            await asyncio.to_thread(self.node.until, idle, "both runners to be idle again")

    async def test_a_full_runner_gets_no_second_call(self) -> None:
        pipe = self.node.create_pipe("single")
        async with Runner(self.node, "single", "listen", "--seats", "1") as runner, \
                Caller(self.node, pipe, silent=True) as first:
            await runner.report("entrypoint")
            async with Caller(self.node, pipe, silent=True) as second:
                self.assertEqual((await second.ended())["reason"], "no_runner")
            await first.hang_up()
            await runner.report("call_end")
            async with Caller(self.node, pipe, silent=True) as third:
                met = await runner.report("entrypoint")
                self.assertEqual(met["session_id"], third.started["session_id"])
                await third.hang_up()

    async def test_a_bad_key_ends_the_runner(self) -> None:
        for key in ("sk_wrong", f"{self.node.key}x", "x" * 2000):
            async with Runner(self.node, "stranger", "echo", key=key, registers=False) as runner:
                async with asyncio.timeout(40):
                    self.assertNotEqual(await runner.process.wait(), 0)
                self.assertIn("RunnerAuthError", runner.log())
        self.assertEqual(self.node.runners("stranger"), [])

    async def test_what_a_runner_says_of_itself_is_shown(self) -> None:
        async with Runner(self.node, "shown", "listen", "--seats", "7") as runner:
            (row,) = self.node.runners("shown")
            self.assertEqual(row["worker_id"], runner.worker_id)
            self.assertEqual((row["max_concurrent"], row["active_jobs"]), (7, 0))
            self.assertTrue(row["has_capacity"])
            self.assertEqual((row["pool"], row["transport"]), ("shown", "dial_out"))
        await asyncio.to_thread(self.node.until, lambda: not self.node.runners("shown"),
                                f"the killed runner of SDK {SDK_VERSION} to be forgotten")
