"""Reference values of tests/unseen.rs: public data sets that no golden case uses, by tools of record.

    python3 tests/reference/unseen.py ../shared/data > tests/reference/unseen.json

Likelihoods of the purchase models and the rules of life stages are written out here; everything else is pandas, scipy, statsmodels, lifelines and scikit-learn.
"""
import json, sys
import numpy as np, pandas as pd, scipy, sklearn, statsmodels, lifelines
import scipy.stats as st, statsmodels.api as sm
from lifelines import CoxPHFitter, KaplanMeierFitter, NelsonAalenFitter
from lifelines.statistics import logrank_test
from scipy.optimize import minimize
from scipy.special import gammaln

D = sys.argv[1] + "/"
out = {"tools": {m.__name__: m.__version__ for m in (np, pd, scipy, sklearn, statsmodels, lifelines)}}

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
out["poisson"] = dict(estimate=list(po.params), std_error=list(po.bse), log_likelihood=po.llf, dispersion=po.pearson_chi2 / po.df_resid)


def sandwich(X, y, mean, spread):
    """Errors of a likelihood's slopes, HC0 to HC3 of White and MacKinnon–White with the weights of the model: A⁻¹·(Σ e²·xxᵀ)·A⁻¹."""
    X, e = X.values, (y - mean).values
    bread = np.linalg.inv(X.T @ (X * spread[:, None]))
    h = spread * np.einsum("ij,jk,ik->i", X, bread, X)
    n, k = X.shape
    meat = dict(HC0=e ** 2, HC1=e ** 2 * n / (n - k), HC2=e ** 2 / (1 - h), HC3=e ** 2 / (1 - h) ** 2)
    return {c: list(np.sqrt(np.diag(bread @ (X.T @ (X * w[:, None])) @ bread))) for c, w in meat.items()}


mean = l.predict(X)
out["logistic"]["robust"] = sandwich(X, c.Response, mean, (mean * (1 - mean)).values)
mean = po.predict(X)
out["poisson"]["robust"] = sandwich(X, c.NumWebPurchases, mean, mean.values)
# statsmodels has HC0 alone of them: outside OLS it gives HC0 for every name.
for name, model in (("logistic", sm.GLM(c.Response, X, family=sm.families.Binomial())), ("poisson", sm.GLM(c.NumWebPurchases, X, family=sm.families.Poisson()))):
    assert np.allclose(model.fit(tol=1e-14, maxiter=200, cov_type="HC0").bse, out[name]["robust"]["HC0"], rtol=1e-6), name

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

# Recidivism (Rossi): does a hazard ratio change with time? lifelines' residuals against 1 − Kaplan–Meier just before
# each event, as R's cox.zph has it; lifelines' own test takes the curve just after it, and this formula then gives its figures.
from lifelines.datasets import load_rossi
from lifelines.statistics import proportional_hazard_test
ro = load_rossi()
cx = CoxPHFitter().fit(ro, "week", "arrest", fit_options=dict(precision=1e-13))
curve, res = KaplanMeierFitter().fit(ro.week, ro.arrest), cx.compute_residuals(ro, "scaled_schoenfeld")


def zph(weeks):
    g = 1 - curve.survival_function_at_times(weeks).values
    g = g - g.mean()
    return (g @ res.values) ** 2 / (len(g) * (g @ g) * np.diag(cx.variance_matrix_))


after = proportional_hazard_test(cx, ro, time_transform="km").test_statistic
assert np.allclose(zph(ro.week[res.index]), after, rtol=1e-9)
before = zph(ro.week[res.index] - .5)
out["rossi"] = dict(names=list(cx.params_.index), p=list(st.chi2.sf(before, 1)))

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
        # The watch list: what the last 365 days brought, times the probability; no two of the first thirty are equal.
        year = m[m.date > end + pd.Timedelta(days=1 - 365)].groupby("id").amount.sum().reindex(ids).fillna(0).values
        first = np.argsort(-silent * year, kind="stable")[:30]
        out["watch"] = dict(money_at_risk=(silent * year).sum(), first=[[ids[j], silent[j], year[j], int(recency[j]), bool(recency[j] > max(gaps[ids[j]], default=0)),
                            float(np.median(gaps[ids[j]])) if len(gaps[ids[j]]) else None] for j in first])
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


def life_stages(rules, as_of, period):
    """Stage of every customer at a day by the rules of the contract; flows and moves between the ends of periods."""
    need, late, lost = rules
    days = {c: list(d.sort_values()) for c, d in day[day.date <= as_of].groupby("id").date}
    whole = [(q - p).days for d in days.values() for p, q in zip(d, d[1:])]

    def stage(d, now):
        d = [v for v in d if v <= now]
        if not d:
            return None
        own = [(q - p).days for p, q in zip(d, d[1:])]
        usual = np.median(own) if len(own) >= 2 else np.median(whole)
        waited = (now - d[-1]).days
        if waited > lost * usual:
            return "lapsed"
        if waited > late * usual:
            return "at_risk"
        back = max((j for j in range(1, len(d)) if (d[j] - d[j - 1]).days > lost * usual), default=None)
        if len(d) - (back or 0) >= need:
            return "loyal"
        return "won_back" if back is not None else "active" if len(d) > 1 else "new"

    ends = [min(p.end_time.normalize(), as_of) for p in pd.period_range(day.date.min(), as_of, freq=period)]
    table = pd.DataFrame({e: {c: stage(d, e) for c, d in days.items()} for e in ends})
    moves = pd.concat([pd.DataFrame(dict(a=table[p], b=table[q])) for p, q in zip(ends, ends[1:])]).dropna()
    counts = moves.groupby(["a", "b"]).size()
    return dict(median_gap_days=float(np.median(whole)), stages=pd.Series({c: stage(d, as_of) for c, d in days.items()}).value_counts().to_dict(),
                flow=[table[e].value_counts().to_dict() for e in ends],
                transitions=[[f, t, int(n), n / counts[f].sum()] for (f, t), n in counts.items()])


out["lifecycle"] = [dict(rules=r, as_of=d, period=p, **life_stages(r, pd.Timestamp(d), f)) for r, d, p, f in
                    (((4, 1.5, 3), "1998-06-30", "month", "M"), ((3, 1, 2.5), "1998-02-14", "quarter", "Q"))]

# Credit with missing values: categories with a named baseline, rare levels together, errors of every kind.
c = pd.read_csv(D + "credit_data_missing/credit_data.csv")
d = c.dropna(subset=["Age", "Income", "Home", "Amount"])
home = d.Home.where(d.Home.map(d.Home.value_counts()) >= 100, "~other")
names = ["Age", "Income"] + ["Home=" + v for v in sorted(home.unique()) if v != "owner"]
X = sm.add_constant(pd.DataFrame({n: (home == n[5:]).astype(float) if "=" in n else d[n].astype(float) for n in names}))
r = sm.OLS(d.Amount.astype(float), X).fit()
jb = sm.stats.jarque_bera(r.resid)
out["credit_ols"] = dict(names=["(intercept)"] + names, estimate=list(r.params), jarque_bera=jb[0], condition_number=np.linalg.cond(X),
                         std_error={str(k): list((r if k is None else r.get_robustcov_results(k)).bse) for k in (None, "HC0", "HC1", "HC2", "HC3")})
from sklearn.linear_model import LogisticRegression
Z = X.drop(columns="const")
Z, bad = (Z - Z.mean()) / Z.std(ddof=0), (d.Status == "bad").astype(int)
fit = LogisticRegression(C=1 / 20, tol=1e-14, max_iter=10000).fit(Z, bad)
q = fit.predict_proba(Z)[:, 1]
out["credit_l2"] = dict(weights=[fit.intercept_[0]] + list(fit.coef_[0]), objective=-(bad * np.log(q) + (1 - bad) * np.log(1 - q)).sum() + 10 * (fit.coef_ ** 2).sum())
k = d[d.Seniority > 0]
t = pd.DataFrame(dict(T=k.Seniority.astype(float), E=(k.Status == "bad").astype(int), Age=k.Age, Income=k.Income, **{n: (home[k.index] == n[5:]).astype(float) for n in names[2:]}))
cx = CoxPHFitter().fit(t, "T", "E", fit_options=dict(precision=1e-13))
out["credit_cox"] = dict(estimate=list(cx.params_), std_error=list(cx.standard_errors_), log_likelihood=cx.log_likelihood_, concordance=cx.concordance_index_)

# Shoppers: shares, and a model scored out of folds.
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
o = pd.read_csv(D + "online_shoppers/online_shoppers_intention.csv", sep=";", dtype=dict(Weekend=str, Revenue=str))
new = o.VisitorType == "New_Visitor"
n = [int((o.Month == v).sum()) for v in ("Dec", "Feb")]
h = [int((new & (o.Month == v)).sum()) for v in ("Dec", "Feb")]
out["shares"] = dict(x=h, n=n, z=list(proportions_ztest(h, n)), wald=confint_proportions_2indep(h[0], n[0], h[1], n[1], method="wald"), newcombe=confint_proportions_2indep(h[0], n[0], h[1], n[1], method="newcomb"),
                     **{k: [proportion_confint(a, b, method=v) for a, b in zip(h, n)] for k, v in (("wilson", "wilson"), ("clopper_pearson", "beta"), ("normal", "normal"))})
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve
columns = ["BounceRates", "ExitRates", "PageValues", "ProductRelated"]
X, y, fold, p = o[columns].astype(float).values, (o.Revenue.str.upper() == "TRUE").astype(int).values, np.arange(len(o)) % 4, np.zeros(len(o))
for v in range(4):
    f = fold != v
    mean, sd = X[f].mean(0), X[f].std(0)
    p[~f] = LogisticRegression(C=1.0, tol=1e-13, max_iter=10000).fit((X[f] - mean) / sd, y[f]).predict_proba((X[~f] - mean) / sd)[:, 1]
fpr, tpr, _ = roc_curve(y, p)
out["shoppers"] = dict(features=columns, auc=roc_auc_score(y, p), fold_auc=[roc_auc_score(y[fold == v], p[fold == v]) for v in range(4)], log_loss=log_loss(y, p), brier=brier_score_loss(y, p),
                       average_precision=average_precision_score(y, p), ks=max(tpr - fpr), tp_at_02=int(((p >= .2) & (y == 1)).sum()), fp_at_02=int(((p >= .2) & (y == 0)).sum()))

# German credit: groups found without an answer.
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import DBSCAN
from sklearn.metrics import silhouette_score
g = pd.read_csv(D + "german_credit/credit.csv")[["months_loan_duration", "amount", "age"]].astype(float)
Z = ((g - g.mean()) / g.std(ddof=0)).values
out["trees"] = {}
for link in ("ward", "complete", "average"):
    L = linkage(Z, link)
    cut = fcluster(L, 4, "maxclust")
    out["trees"][link] = dict(last=list(L[-20:, 2]), sizes=sorted(int(v) for v in np.bincount(cut)[1:]), silhouette=silhouette_score(Z, cut))
out["dbscan"] = [[e, k, int(f.labels_.max() + 1), int((f.labels_ == -1).sum()), len(f.core_sample_indices_)] for e, k in ((.3, 5), (.5, 10), (.2, 4)) for f in [DBSCAN(eps=e, min_samples=k).fit(Z)]]

json.dump(out, sys.stdout, default=float, indent=1)
print()
