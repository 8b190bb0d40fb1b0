"""Reference values of tests/unseen.rs: public data sets that no golden case uses, by tools of record.

    python3 tests/reference/unseen.py ../shared/data > tests/reference/unseen.json

Likelihoods of the purchase models are written out here from the papers; everything else is pandas, scipy, statsmodels and lifelines.
"""
import json, sys
import numpy as np, pandas as pd, scipy, statsmodels, lifelines
import scipy.stats as st, statsmodels.api as sm
from lifelines import CoxPHFitter, KaplanMeierFitter, NelsonAalenFitter
from lifelines.statistics import logrank_test
from scipy.optimize import minimize
from scipy.special import gammaln

D = sys.argv[1] + "/"
out = {"tools": {m.__name__: m.__version__ for m in (np, pd, scipy, statsmodels, lifelines)}}

# Marketing campaign: a table of customers.
m = pd.read_csv(D + "marketing_campaign/marketing_campaign.csv", sep=";", encoding="utf-8-sig")
v = m.Income.dropna()
out["describe"] = dict(n=len(v), missing=int(m.Income.isna().sum()), mean=v.mean(), sd=v.std(), min=v.min(), max=v.max(), median=v.median(),
                       skewness=v.skew(), kurtosis=v.kurt(), mad=st.median_abs_deviation(v), trimmed_mean=st.trim_mean(v, .1),
                       quantiles={"0.25": np.quantile(v, .25), "0.9": np.quantile(v, .9)},
                       mean_ci=list(st.t.interval(.95, len(v) - 1, v.mean(), v.std() / len(v) ** .5)))
c = m.dropna(subset=["Income"])
out["correlate"] = {}
for x, y in (("Income", "MntWines"), ("Income", "Recency"), ("MntWines", "Recency")):
    p, s, k = st.pearsonr(c[x], c[y]), st.spearmanr(c[x], c[y]), st.kendalltau(c[x], c[y], method="asymptotic")
    out["correlate"][x + "|" + y] = dict(pearson=p[0], pearson_p=p[1], spearman=s[0], spearman_p=s[1], kendall=k[0], kendall_p=k[1])
X = sm.add_constant(c[["Income", "Kidhome", "Recency", "Year_Birth"]].astype(float))
r = sm.OLS(c.MntWines, X).fit()
h = r.get_robustcov_results("HC3")
bp = sm.stats.het_breuschpagan(r.resid, X)
out["ols"] = dict(estimate=list(r.params), std_error=list(h.bse), r2=r.rsquared, adj_r2=r.rsquared_adj, f=r.fvalue,
                  durbin_watson=sm.stats.durbin_watson(r.resid), breusch_pagan=bp[0], log_likelihood=r.llf)
l = sm.Logit(c.Response, X).fit(disp=0, maxiter=200, tol=1e-14, method="newton")
out["logistic"] = dict(estimate=list(l.params), std_error=list(l.bse), log_likelihood=l.llf, mcfadden_r2=l.prsquared)
po = sm.GLM(c.NumWebPurchases, X, family=sm.families.Poisson()).fit(tol=1e-14, maxiter=200)
out["poisson"] = dict(estimate=list(po.params), std_error=list(po.bse), log_likelihood=po.llf)

# Insurance claims: groups, and times until an event.
i = pd.read_csv(D + "insurance_fraud/insurance_claims.csv")
no, yes = i[i.fraud_reported == "N"].total_claim_amount, i[i.fraud_reported == "Y"].total_claim_amount
w = st.ttest_ind(no, yes, equal_var=False)
u = st.mannwhitneyu(no, yes, method="asymptotic", use_continuity=True)
k = st.kruskal(no, yes)
lv = st.levene(no, yes, center="median")
pooled = (((len(no) - 1) * no.var() + (len(yes) - 1) * yes.var()) / (len(no) + len(yes) - 2)) ** .5
out["compare"] = dict(t=w.statistic, df=w.df, p=w.pvalue, ci=[w.confidence_interval().low, w.confidence_interval().high], u=u.statistic,
                      u_p=u.pvalue, h=k.statistic, h_p=k.pvalue, levene=lv.statistic, d=(no.mean() - yes.mean()) / pooled)
ct = pd.crosstab(i.incident_severity, i.fraud_reported)
c2 = st.chi2_contingency(ct, correction=False)
out["chi2"] = dict(chi2=c2[0], p=c2[1], v=(c2[0] / len(i)) ** .5)
T, E = i.months_as_customer.astype(float), (i.fraud_reported == "Y").astype(int)
ts = [50, 100, 200, 300, 400]
km, na = KaplanMeierFitter().fit(T, E), NelsonAalenFitter(nelson_aalen_smoothing=False).fit(T, E)
at = lambda f: [float(f[f.index <= t].iloc[-1]) for t in ts]
out["kaplan_meier"] = dict(times=ts, survival=at(km.survival_function_.iloc[:, 0]), ci_low=at(km.confidence_interval_.iloc[:, 0]),
                           ci_high=at(km.confidence_interval_.iloc[:, 1]), cumulative_hazard=at(na.cumulative_hazard_.iloc[:, 0]),
                           median=km.median_survival_time_)
g = i.insured_sex == "MALE"
lr = logrank_test(T[g], T[~g], E[g], E[~g])
out["logrank"] = dict(chi2=lr.test_statistic, p=lr.p_value)
df = pd.DataFrame(dict(T=T, E=E, age=i.age, prem=i.policy_annual_premium, cars=i.number_of_vehicles_involved))
cx = CoxPHFitter().fit(df, "T", "E", fit_options=dict(precision=1e-12))
out["cox"] = dict(estimate=list(cx.params_), std_error=list(cx.standard_errors_), log_likelihood=cx.log_likelihood_, concordance=cx.concordance_index_)

# Every third customer of CDNOW's master file: other people than the published sample.
m = pd.read_csv(D + "cdnow/CDNOW_master.txt", sep=r"\s+", header=None, skiprows=1, names=["id", "date", "n", "amount"], dtype=str)
m = m[m.id.astype(int) % 3 == 1]
m["amount"], m["date"] = m.amount.astype(float), pd.to_datetime(m.date)
end = m.date.max()
day = m.groupby(["id", "date"]).amount.sum().reset_index()
a = day.groupby("id").agg(f=("date", "min"), l=("date", "max"), k=("date", "size"))
x, tx, TT = (a.k - 1).values.astype(float), ((a.l - a.f).dt.days / 7).values, ((end - a.f).dt.days / 7).values


def best(f, starts):
    """Nelder–Mead in logarithms from several starts, then once more from the best."""
    go = lambda s: minimize(f, s, method="Nelder-Mead", options=dict(maxiter=40000, maxfev=40000, xatol=1e-11, fatol=1e-11))
    first = min((go(np.log(s)) for s in starts), key=lambda r: r.fun)
    return go(first.x)


def beta(p, extra):
    r, al, aa, b = np.exp(p)
    k = x + extra
    A = gammaln(r + x) - gammaln(r) + r * np.log(al)
    B = gammaln(aa + b) + gammaln(b + k) - gammaln(b) - gammaln(aa + b + k)
    gone = np.where(k > 0, np.log(aa) - np.log(b + np.maximum(k, 1) - 1) - (r + x) * np.log(al + tx), -np.inf)
    return -(A + B + np.logaddexp(-(r + x) * np.log(al + TT), gone)).sum()


for name, extra in (("bg_nbd", 0), ("mbg_nbd", 1)):
    o = best(lambda p: beta(p, extra), ([.25, 4, .8, 2.5], [1, 10, .5, 5]))
    r, al, aa, b = np.exp(o.x)
    k = x + extra
    # Published: P(alive) = 1 / (1 + a/(b+k−1)·((α+T)/(α+t_x))^(r+x)); with no chance to leave yet, 1.
    alive = np.where(k > 0, 1 / (1 + aa / (b + np.maximum(k, 1) - 1) * ((al + TT) / (al + tx)) ** (r + x)), 1.0)
    out[name] = dict(customers=len(a), parameters=[r, al, aa, b], log_likelihood=-o.fun, mean_p_alive=alive.mean())
    if name == "mbg_nbd":
        # Of no purchase within 90 days: alive and silent, or gone.
        silent = 1 - alive * (1 - ((al + TT) / (al + TT + 90 / 7)) ** (r + x))
        ids = a.index.values
        pick = list(range(0, len(a), 997))
        recency = ((end - a.l).dt.days + 1).values
        gaps = day.groupby("id").date.apply(lambda d: list(np.diff(np.sort(d.values)).astype("timedelta64[D]").astype(float)))
        late = [recency[j] / np.median(gaps[ids[j]]) if len(gaps[ids[j]]) else None for j in pick]
        out["churn"] = dict(expected=silent.sum(), churned_after_days=float(np.quantile(np.concatenate(list(gaps)), .9)),
                            churned=int((recency > np.quantile(np.concatenate(list(gaps)), .9)).sum()),
                            customers={ids[j]: [silent[j], late[n]] for n, j in enumerate(pick)})
rep = day.merge(a[["f"]], left_on="id", right_index=True)
rep = rep[rep.date > rep.f].groupby("id").amount.mean()
rep = rep[rep > 0]
mx, z = (a.k - 1)[rep.index].values.astype(float), rep.values


def money(p):
    P, q, v = np.exp(p)
    return -(gammaln(P * mx + q) - gammaln(P * mx) - gammaln(q) + q * np.log(v) + (P * mx - 1) * np.log(z) + P * mx * np.log(mx)
             - (P * mx + q) * np.log(v + mx * z)).sum()


o = best(money, ([6, 3.7, 15], [2, 3, 20]))
out["gamma_gamma"] = dict(n=len(z), parameters=list(np.exp(o.x)), log_likelihood=-o.fun)

json.dump(out, sys.stdout, default=float, indent=1)
print()
