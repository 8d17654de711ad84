"""The comparison with the baseline fails when it should.

    python3 -m unittest discover -s Benchmarks/lib
"""

import pathlib
import tempfile
import unittest

import baseline
from result import Result


def cost(ratio, better="less"):
    return Result("sample", better, "a sample", "ms", [ratio], "raw dump", [1.0], better=better)


class BaselineTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name) / "baseline.csv"
        baseline.write(self.path, [cost(2.0), cost(2.0, "more")])

    def complaints(self, *results):
        return baseline.complaints(self.path, results, ["sample"])

    def test_the_same_is_good_and_so_is_a_little_worse(self):
        self.assertEqual(self.complaints(cost(2.0), cost(2.0, "more")), [])
        self.assertEqual(self.complaints(cost(2.9), cost(1.4, "more")), [])

    def test_a_cost_that_is_half_as_much_again_fails(self):
        self.assertEqual(len(self.complaints(cost(3.1), cost(2.0, "more"))), 1)

    def test_a_speed_that_is_a_third_less_fails(self):
        self.assertEqual(len(self.complaints(cost(2.0), cost(1.3, "more"))), 1)

    def test_what_is_not_measured_any_more_fails(self):
        self.assertEqual(len(self.complaints(cost(2.0))), 1)

    def test_accepting_one_row_keeps_the_others(self):
        baseline.write(self.path, [
            Result("start", "processor", "start", "ms", [5.0], "ss", [1.0])])
        self.assertEqual(
            set(baseline.read(self.path)),
            {("sample", "less"), ("sample", "more"), ("start", "processor")})


if __name__ == "__main__":
    unittest.main()
