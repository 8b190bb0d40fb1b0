"""The peers of tools/bench-models.mjs that the shared harness does not time in our shape; one JSON line each.

    python3 tools/bench-models.py DIRECTORY ROWS      (DIRECTORY holds churnX-ROWS.bin, churnY-ROWS.bin and btyd-ROWS.bin)
"""
import json, os, sys, time, warnings
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
warnings.filterwarnings("ignore")
import numpy as np

folder, size = sys.argv[1:3]
read = lambda name: np.fromfile(f"{folder}/{name}-{size}.bin")


def timed(task, peer, version, run, found):
    start = time.process_time()
    done = run()
    cpu = (time.process_time() - start) * 1e3
    print(json.dumps(dict(task=task, peer=peer, version=version, cpu=[cpu], q=found(done))))


import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss
y = read("churnY")
X = read("churnX").reshape(len(y), -1)
# As deep, as many leaves, as many rows in one, as many rounds and as fast as ours.
trees = lambda: HistGradientBoostingClassifier(max_iter=100, max_depth=5, max_leaf_nodes=None, min_samples_leaf=20, learning_rate=0.1, l2_regularization=0, early_stopping=False, random_state=1).fit(X, y)
timed("gbdt", "scikit-learn HistGradientBoosting of our shape", sklearn.__version__, trees, lambda m: dict(log_loss=log_loss(y, m.predict_proba(X)[:, 1])))

try:
    import lifetimes
except ImportError:
    sys.exit()
x, recency, age, _ = read("btyd").reshape(-1, 4).T


def room():
    """What the room answers of each customer, as far as lifetimes has it: no intervals, no charts."""
    model = lifetimes.BetaGeoFitter(penalizer_coef=0.0).fit(x, recency, age)
    return model, model.conditional_probability_alive(x, recency, age), model.conditional_expected_number_of_purchases_up_to_time(90, x, recency, age)


timed("bgnbd_room", "lifetimes BetaGeoFitter, P(alive) and expected purchases", lifetimes.__version__, room, lambda r: dict(mean_p_alive=float(np.mean(r[1])), expected_purchases=float(np.sum(r[2]))))
