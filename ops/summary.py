"""Adds up what the steps of `check` and `test` printed: a table of suites, then `N passed, N failed` as the last line.

It knows the closing lines of the test runners, and runs nothing itself.
"""

import dataclasses
import pathlib
import re
import sys

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclasses.dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def parse_cargo(text: str) -> Count:
    """One line per test binary; all of them together are the suite."""
    lines = re.findall(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;", text, re.MULTILINE)
    return Count(*(sum(int(line[column]) for line in lines) for column in range(3)))


def parse_pytest(text: str) -> Count:
    """`=== 1 failed, 2 passed, 1 error in 0.10s ===`, with or without the rules around it; the last such line counts."""
    lines = re.findall(r"^[= ]*((?:\d+ \w+,? ?)+)in [\d.]+ ?s.*$", text, re.MULTILINE)
    return words(lines[-1], "passed", ("failed", "error", "errors"), ("skipped", "xfailed")) if lines else Count()


def parse_vitest(text: str) -> Count:
    """`Tests  1 failed | 2 passed (3)`; the line about files is another."""
    lines = re.findall(r"^\s*Tests\s+(.*\(\d+\))\s*$", text, re.MULTILINE)
    return words(lines[-1], "passed", ("failed",), ("skipped", "todo")) if lines else Count()


def parse_node(text: str) -> Count:
    """`ℹ pass 2` of the spec reporter or `# pass 2` of the other; several runs add up."""

    def total(*names: str) -> int:
        return sum(int(n) for name in names for n in re.findall(rf"^[ℹ#] {name} (\d+)$", text, re.MULTILINE))

    return Count(total("pass"), total("fail", "cancelled"), total("skipped", "todo"))


def parse_unittest(text: str) -> Count:
    """`Ran 3 tests in 0.001s`, then `OK` or `FAILED (failures=1, errors=1)`."""
    ran = re.findall(r"^Ran (\d+) tests? in ", text, re.MULTILINE)
    verdict = re.findall(r"^(?:OK|FAILED)(?: \((.*)\))?$", text, re.MULTILINE)
    if not ran or not verdict:
        return Count()
    named = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", verdict[-1])}
    failed = named.get("failures", 0) + named.get("errors", 0)
    skipped = named.get("skipped", 0)
    return Count(int(ran[-1]) - failed - skipped, failed, skipped)


def words(line: str, passed: str, failed: tuple[str, ...], skipped: tuple[str, ...]) -> Count:
    named = {name: int(number) for number, name in re.findall(r"(\d+) (\w+)", line)}

    def total(names: tuple[str, ...]) -> int:
        return sum(named.get(name, 0) for name in names)

    return Count(total((passed,)), total(failed), total(skipped))


PARSERS = {
    "cargo": parse_cargo,
    "node": parse_node,
    "pytest": parse_pytest,
    "unittest": parse_unittest,
    "vitest": parse_vitest,
}


def count(kind: str, status: int, text: str) -> Count:
    """A suite that ran nothing, or ended badly without naming a failed test, counts as one failed."""
    if kind == "plain":
        return Count(failed=int(status != 0))
    found = PARSERS[kind](ANSI.sub("", text))
    if found.failed == 0 and (status != 0 or found.passed == 0):
        return dataclasses.replace(found, failed=1)
    return found


def report(results: str, read) -> tuple[list[str], bool]:
    """The lines to print, and whether all is well. `read` gives the text of a log."""
    lines = [f"{'':26} {'passed':>7} {'failed':>7} {'skipped':>8} {'time':>7}"]
    total = Count()
    for line in results.splitlines():
        name, kind, status, seconds, log = line.split("\t")
        found = count(kind, int(status), read(log))
        total = Count(total.passed + found.passed, total.failed + found.failed, total.skipped + found.skipped)
        numbers = ("", "", "") if kind == "plain" else (found.passed, found.failed, found.skipped)
        verdict = "FAILED" if found.failed else "ok"
        lines.append(f"{name:26} {numbers[0]:>7} {numbers[1]:>7} {numbers[2]:>8} {seconds + ' s':>7}  {verdict}")
    if not results.strip():
        total = Count(failed=1)
    lines += ["", f"{total.passed} passed, {total.failed} failed"]
    return lines, total.failed == 0


def main() -> int:
    results = pathlib.Path(sys.argv[1])
    text = results.read_text() if results.exists() else ""
    lines, well = report(text, lambda log: pathlib.Path(log).read_text(errors="replace"))
    print("\n".join(lines))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
