"""Fit on a cluster on this machine and print digests: engine, [checkpoint folder of a fit whose worker is killed].

A script of its own, since workers import the script that started them.
"""

import hashlib
import json
import os
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

import joblib
import numpy as np

from glassnet import NetworkRegressor, Note

draw = np.random.default_rng(0)
X = draw.normal(size=(200, 3))
y = np.sin(2 * X[:, 0]) + X[:, 1] + 0.1 * draw.normal(size=200)


def digest(model):
    """Return a digest of all members' parameters and histories."""
    found = hashlib.sha256()
    for member in model.members_:
        found.update(repr(member.history).encode())
        for of_layer in member.parameters:
            for name in sorted(of_layer):
                found.update(np.asarray(of_layer[name]).tobytes())
    return found.hexdigest()


def model_of(epochs=5, **options):
    """Return what is fitted."""
    return NetworkRegressor((6,), n_members=4, max_iter=epochs, n_iter_no_change=10**6, random_state=0, **options)


def kill_when_there_is_a_checkpoint(folder, pids):
    """Kill the first of some processes once a task has written a checkpoint."""
    while not list(folder.rglob("*.glass")):
        time.sleep(0.05)
    os.kill(pids[0], signal.SIGKILL)


def on_dask(folder):
    """Return what fits on a cluster of Dask find, one of them while a worker is killed."""
    from dask.distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        with joblib.parallel_config("dask"):
            found = {"fit": digest(model_of().fit(X, y)), "steps": digest(model_of(solver="lm").fit(X, y))}
        pids = [worker["pid"] for worker in client.run(lambda: {"pid": os.getpid()}).values()]
        threading.Thread(target=kill_when_there_is_a_checkpoint, args=(folder, pids), daemon=True).start()
        with joblib.parallel_config("dask"):
            found["killed"] = digest(model_of(4000).fit(X, y, checkpoint=folder))
        left = [worker["pid"] for worker in client.run(lambda: {"pid": os.getpid()}).values()]
    return found | {"was killed": pids[0] not in left}


def on_ray(folder):
    """Return what fits on a cluster of Ray find."""
    import ray
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    register_ray()
    with joblib.parallel_config("ray", n_jobs=2):
        found = {"fit": digest(model_of().fit(X, y)), "steps": digest(model_of(solver="lm").fit(X, y))}
    ray.shutdown()
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore", Note)
    engines = {"dask": on_dask, "ray": on_ray}
    alone = {"fit": digest(model_of().fit(X, y)), "steps": digest(model_of(solver="lm").fit(X, y))}
    if sys.argv[1] == "dask":
        alone["killed"] = digest(model_of(4000).fit(X, y))
    print(json.dumps([alone, engines[sys.argv[1]](Path(sys.argv[2]))]))
