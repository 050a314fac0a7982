"""Numbers for Tests/VarveAnalysisTests, computed with numpy and scipy; prints Fixtures/analysis/answers.json.
usage: answers.py > Fixtures/analysis/answers.json
The pairs of the power comparison come from SplitMix64 (seed 20261129), which the Swift test has too."""
import json
import numpy as np
from scipy import stats

rng = np.random.default_rng(20261130)
MASK = (1 << 64) - 1


class SplitMix:
    def __init__(self, state):
        self.state = state

    def unit(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) / 9007199254740992

    def normal(self):
        total = -6.0
        for _ in range(12):
            total += self.unit()
        return total


def power(effect, pairs=300, size=20):
    random = SplitMix(20261129)
    counts = [0, 0]
    for _ in range(pairs):
        a = [random.normal() for _ in range(size)]
        b = [effect + random.normal() for _ in range(size)]
        counts[0] += stats.ttest_ind(a, b, equal_var=False).pvalue < 0.05
        counts[1] += stats.mannwhitneyu(a, b, method='asymptotic').pvalue < 0.05
    return dict(effect=effect, pairs=pairs, size=size, welch=int(counts[0]), mannWhitney=int(counts[1]))


def rayleigh(angles):
    """Zar's approximation of the probability; the resultant length is scipy's."""
    n = len(angles)
    data = np.column_stack([np.cos(angles), np.sin(angles)])
    length = n * stats.directional_stats(data).mean_resultant_length
    return float(np.exp(np.sqrt(1 + 4 * n + 4 * (n * n - length * length)) - (1 + 2 * n)))


values = [list(rng.normal(0, 1, n)) for n in (1, 2, 7, 100)]
quantiles = [dict(values=v, p=p, quantile=float(np.quantile(v, p))) for v in values for p in (0, 0.05, 0.5, 0.95, 1)]
binomials = [dict(hits=k, trials=n, share=p, tail=float(stats.binom.sf(k - 1, n, p)))
             for k, n, p in [(1, 1, 0.5), (3, 10, 0.1), (10, 10, 0.3), (40, 100, 0.2), (5, 1000, 0.001), (0, 5, 0.2)]]
turns = [list(np.mod(rng.normal(0.6, s, n), 1)) for s, n in ((0.02, 8), (0.2, 30), (1, 25))]
directions = [dict(turns=t, phase=float(np.mod(stats.circmean(t, high=1), 1)), probability=min(1.0, rayleigh(2 * np.pi * np.array(t))))
              for t in turns]
students = [dict(p=p, freedom=f, quantile=float(stats.t.ppf(p, f))) for p in (0.9, 0.975) for f in (1.0, 2.5, 12.0, 400.0)]
print(json.dumps(dict(quantiles=quantiles, binomials=binomials, directions=directions, students=students,
                      powers=[power(e) for e in (0.0, 0.5, 1.0)]), default=float, indent=1))
