"""make bench ARGS="--models": scikit-learn's boosting with trees of the shape that Kelan grows: a fixed depth, no limit on leaves.

    python boosting.py DATA_DIR SIZE DEPTH ROUNDS

Reads churnX and churnY as the shared harness exported them; prints one JSON line with the CPU milliseconds and the log-loss on the training rows.
"""
import json, os, sys, time, warnings
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np, sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
warnings.filterwarnings("ignore")

home, size, depth, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
y = np.fromfile(f"{home}/churnY-{size}.bin")
x = np.fromfile(f"{home}/churnX-{size}.bin").reshape(len(y), -1)
model = HistGradientBoostingClassifier(max_iter=rounds, max_depth=depth, max_leaf_nodes=None, min_samples_leaf=20, early_stopping=False)
before = time.process_time()
model.fit(x, y)
ms = (time.process_time() - before) * 1e3
p = np.clip(model.predict_proba(x)[:, 1], 1e-12, 1 - 1e-12)
loss = float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())
leaves = [tree.get_n_leaf_nodes() for step in model._predictors for tree in step]
print(json.dumps({"task": "gbdt", "peer": "sklearn HistGradientBoosting, same depth", "version": sklearn.__version__, "cpu": [ms], "q": {"log_loss": loss, "leaves": sum(leaves)}}))
