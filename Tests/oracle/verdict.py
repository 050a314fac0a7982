"""Claims and their verdicts: one PASS, FAIL or NOT RUN line each, and the count at the end."""


class Verdicts:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, claim, holds, detail=""):
        if holds:
            self.passed += 1
            print(f"PASS  {claim}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL  {claim}" + (f"\n      {detail}" if detail else ""), flush=True)
        return holds

    def equal(self, claim, found, expected):
        return self.check(claim, found == expected, f"found {found!r}, expected {expected!r}")

    def near(self, claim, found, expected, tolerance):
        holds = found is not None and abs(found - expected) <= tolerance * abs(expected)
        return self.check(claim, holds, f"found {found!r}, expected {expected!r} within {tolerance:.2%}")

    def skip(self, claim, reason):
        self.skipped += 1
        print(f"NOT RUN  {claim}: {reason}", flush=True)

    def cells(self, claim, found, expected, close=None, tolerance=0.0):
        """Every cell of two tables {key: {measure: value}}: measures in `close` within `tolerance`, all others exact."""
        wrong, worst = [], 0.0
        for key in sorted(set(found) | set(expected), key=repr):
            if key not in found or key not in expected:
                wrong.append(f"{key} is only in {'varve' if key in found else 'the expected answer'}")
                continue
            for measure, value in expected[key].items():
                got = found[key].get(measure)
                if close and measure in close and got is not None and value is not None:
                    error = abs(got - value) / abs(value) if value else abs(got)
                    worst = max(worst, error)
                    if error <= tolerance:
                        continue
                elif got == value:
                    continue
                wrong.append(f"{key} {measure}: varve says {got!r}, expected {value!r}")
        label = f"{claim} ({len(expected):,} cells" + (f", worst error {worst:.3%})" if close else ")")
        detail = f"{len(wrong):,} differ; the first: " + "; ".join(wrong[:3]) if wrong else ""
        return self.check(label, not wrong and bool(expected), detail or "there is nothing to compare")

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed else 0
