"""Numbers for Tests/VarveAnalysisTests, computed with scipy and statsmodels; prints Fixtures/analysis/statistics.json.
usage: statistics.py > Fixtures/analysis/statistics.json"""
import json
import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

rng = np.random.default_rng(20261129)


def trend(x, y):
    line = stats.linregress(x, y)
    width = stats.t.ppf(0.975, len(x) - 2) * line.stderr
    sen = stats.theilslopes(y, x, 0.95)
    n = len(y)
    s = sum(int(np.sign(y[j] - y[i])) for i in range(n) for j in range(i + 1, n))
    ties = np.unique(y, return_counts=True)[1]
    term = lambda k: k * (k - 1) * (2 * k + 5)
    z = (s - np.sign(s)) / np.sqrt((term(n) - sum(map(term, ties))) / 18) if s else 0.0
    return dict(x=list(map(float, x)), y=list(map(float, y)), slope=line.slope, intercept=line.intercept, low=line.slope - width,
                high=line.slope + width, probability=line.pvalue, senSlope=sen[0], senLow=sen[2], senHigh=sen[3], kendallS=s,
                kendallScore=float(z), kendallProbability=float(2 * stats.norm.sf(abs(z))))


def compare(a, b):
    welch = stats.ttest_ind(a, b, equal_var=False)
    ranks = stats.mannwhitneyu(a, b, method='asymptotic')
    return dict(left=list(map(float, a)), right=list(map(float, b)), welch=[welch.statistic, welch.pvalue],
                mannWhitney=[ranks.statistic, ranks.pvalue])


x = np.arange(40.0)
trends = [trend(x, 3 + 0.2 * x + rng.normal(0, 1, 40)), trend(x, rng.normal(0, 5, 40)), trend(x, np.round(rng.normal(5, 1, 40))),
          trend(np.cumsum(rng.exponential(2, 60)), np.cumsum(rng.normal(-0.3, 1, 60))), trend(x[:5], np.array([1.0, 2, 2, 4, 3]))]
comparisons = [compare(rng.normal(0, 1, 30), rng.normal(0.5, 2, 45)), compare(rng.poisson(4, 50), rng.poisson(5, 20)),
               compare(rng.exponential(1, 12), rng.exponential(1, 9))]
shares = []
for a, n, b, m in [(45, 300, 60, 310), (3, 50, 9, 60), (500, 1000, 500, 1000), (990, 1000, 1, 1000)]:
    z, p = proportions_ztest([a, b], [n, m])
    shares.append(dict(counts=[a, n, b, m], result=[z, p]))
tails = [dict(t=t, freedom=f, tail=stats.t.sf(t, f)) for t in (-3.0, 0.0, 0.5, 2.0, 12.0) for f in (1.0, 3.5, 30.0, 5000.0)]
print(json.dumps(dict(trends=trends, comparisons=comparisons, shares=shares, tails=tails), default=float, indent=1))
