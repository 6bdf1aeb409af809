"""The closing lines of the runners, as they print them, and what must count as a failure without one."""

import unittest

from summary import Count, count, report

CARGO = """
test time::a_time_is_read ... ok
test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running unittests src/lib.rs
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.20s
"""
VITEST = """
 \x1b[2m Test Files \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m\x1b[2m | \x1b[22m\x1b[1m\x1b[32m2 passed\x1b[39m\x1b[22m (3)
 \x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m | \x1b[32m10 passed\x1b[39m | 2 skipped (13)
   Duration  1.20s
"""
NODE = "✔ one (1ms)\nℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 52.1\n"


class Counts(unittest.TestCase):
    def test_cargo_adds_its_binaries_up(self):
        self.assertEqual(count("cargo", 101, CARGO), Count(7, 1, 1))

    def test_pytest_counts_errors_as_failed(self):
        text = "a.py::b PASSED\n======= 1 failed, 20 passed, 2 errors, 1 warning in 12.34s =======\n"
        self.assertEqual(count("pytest", 1, text), Count(20, 3, 0))

    def test_pytest_is_read_without_rules_and_past_a_minute(self):
        self.assertEqual(count("pytest", 0, "3 passed in 0.02s\n"), Count(3))
        self.assertEqual(count("pytest", 0, "==== 3 passed, 1 skipped in 75.20s (0:01:15) ====\n"), Count(3, 0, 1))

    def test_vitest_counts_tests_and_not_files(self):
        self.assertEqual(count("vitest", 1, VITEST), Count(10, 1, 2))

    def test_node_counts_what_was_cancelled_as_failed(self):
        self.assertEqual(count("node", 1, NODE), Count(2, 2, 0))
        self.assertEqual(count("node", 0, "1..1\n# tests 1\n# pass 1\n# fail 0\n# cancelled 0\n"), Count(1))

    def test_unittest_is_read(self):
        self.assertEqual(count("unittest", 0, "Ran 3 tests in 0.001s\n\nOK\n"), Count(3))
        text = "Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)\n"
        self.assertEqual(count("unittest", 1, text), Count(2, 2, 1))

    def test_a_suite_that_crashes_is_one_failed(self):
        self.assertEqual(count("cargo", 101, "error: could not compile `cairn-core`\n"), Count(failed=1))
        self.assertEqual(count("vitest", 1, " Test Files  1 failed (1)\n      Tests  3 passed (3)\n"), Count(3, 1))

    def test_a_suite_without_a_test_is_one_failed(self):
        self.assertEqual(count("pytest", 0, "no tests ran in 0.01s\n"), Count(failed=1))
        self.assertEqual(count("node", 0, "ℹ tests 0\nℹ pass 0\nℹ fail 0\n"), Count(failed=1))

    def test_a_plain_step_counts_only_when_it_fails(self):
        self.assertEqual(count("plain", 0, "5 passed in 1s"), Count())
        self.assertEqual(count("plain", 2, ""), Count(failed=1))


class Report(unittest.TestCase):
    def test_the_last_line_is_the_sum(self):
        results = "format\tplain\t0\t1\tf\nrust tests\tcargo\t0\t60\tc\nbrowser\tnode\t1\t5\tn\n"
        texts = {"f": "", "c": "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured", "n": NODE}
        lines, well = report(results, texts.__getitem__)
        self.assertEqual(lines[-1], "7 passed, 2 failed")
        self.assertFalse(well)
        self.assertEqual([line.split()[-1] for line in lines[1:4]], ["ok", "ok", "FAILED"])

    def test_no_step_at_all_is_a_failure(self):
        lines, well = report("", {}.__getitem__)
        self.assertEqual((lines[-1], well), ("0 passed, 1 failed", False))


if __name__ == "__main__":
    unittest.main()
