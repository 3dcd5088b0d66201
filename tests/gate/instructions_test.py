"""The gate's rules: what it reads, and what it lets pass."""
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import instructions

CPUINFO = """processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 1
model name\t: AMD EPYC
stepping\t: 1

processor\t: 1
model name\t: another
"""


class Reading(unittest.TestCase):
    def test_the_cpu_is_named_by_its_first_core(self):
        self.assertEqual(instructions.cpu_model(CPUINFO), "AMD EPYC, family 25, model 1")

    def test_a_cpu_without_a_name_is_its_architecture(self):
        self.assertNotIn("family", instructions.cpu_model("Features: fp asimd\n"))

    def test_what_was_collected_is_the_sum(self):
        self.assertEqual(instructions.collected("events: Ir\nsummary: 4321\n\ntotals: 4321\n"), 4321)
        self.assertEqual(instructions.collected("events: Ir\n"), 0)


class Verdicts(unittest.TestCase):
    def test_three_percent_above_pass_and_more_fail(self):
        self.assertFalse(instructions.verdict({"turn": 1030}, {"turn": 1000})[1])
        self.assertTrue(instructions.verdict({"turn": 1031}, {"turn": 1000})[1])

    def test_one_above_fails_all(self):
        lines, failed = instructions.verdict({"a": 900, "b": 2000}, {"a": 1000, "b": 1000})
        self.assertTrue(failed)
        self.assertIn("worth a new record", lines[0])
        self.assertIn("FAILED", lines[1])

    def test_what_was_never_recorded_fails(self):
        self.assertTrue(instructions.verdict({"new": 1}, {"old": 1})[1])


class Records(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)
        (self.build / "gate_build.txt").write_text("GNU 12 -O2\n")
        records = self.build / "records/instructions.json"
        self.enterContext(mock.patch.object(instructions, "RECORDS", records))
        self.count = {"media_tick": 100, "turn": 1000}
        self.enterContext(mock.patch.object(instructions, "count_all", lambda _: self.count))
        self.enterContext(mock.patch("builtins.print"))

    def run_gate(self, verb):
        return instructions.main([verb, str(self.build)])

    def test_without_a_record_it_is_skipped_and_not_passed(self):
        self.assertEqual(self.run_gate("check"), instructions.SKIPPED)
        self.assertFalse(instructions.RECORDS.exists())

    def test_a_check_never_changes_the_record(self):
        self.run_gate("record")
        self.count = {"media_tick": 90, "turn": 1100}
        before = instructions.RECORDS.read_text()
        self.assertEqual(self.run_gate("check"), 1)
        self.assertEqual(instructions.RECORDS.read_text(), before)
        self.run_gate("record")
        self.assertEqual(self.run_gate("check"), 0)

    def test_another_build_keeps_its_own_record(self):
        self.run_gate("record")
        (self.build / "gate_build.txt").write_text("GNU 12 -O0\n")
        self.assertEqual(self.run_gate("check"), instructions.SKIPPED)
        self.run_gate("record")
        (cpu,) = json.loads(instructions.RECORDS.read_text()).values()
        self.assertEqual(sorted(cpu), ["GNU 12 -O0", "GNU 12 -O2"])


if __name__ == "__main__":
    unittest.main()
