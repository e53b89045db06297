"""Members as tasks of joblib: the bits of one process, and what is said when something comes between."""

import copy
import hashlib
import os
import pickle
import random
import signal
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from joblib.externals.loky import reusable_executor

from glassnet import AdamW, CheckpointError, EveryEpoch, LostWorkerError, NetworkRegressor, Note, SizeSearch
from glassnet._lazy import jax
from glassnet.ensemble.engine import active_engine
from glassnet.ensemble.epoch_parts import WindowsOfPart, for_tasks, part_folder
from glassnet.ensemble.recorded_warnings import recorded_warnings
from glassnet.ensemble.tasks import joined, seconds_for
from glassnet.ensemble.training import Trained
from glassnet.storage.program_cache import keep_compiled_programs
from glassnet.storage.spool_writer import SpoolWriter
from glassnet.training.history import History
from glassnet.training.stopping import StopReason
from glassnet.training.window_trainer import WindowRows

TINY = {"n_members": 4, "max_iter": 4, "hidden_layer_sizes": (6,), "random_state": 0}
CASES = {
    "two parts": {},
    "parts of different sizes, beside lines": {"n_members": 5, "solver": AdamW(weight_decay=(0.01, 0.3))},
    "a full-batch solver": {"n_members": 3, "solver": "lm"},
}


@pytest.fixture(scope="module")
def table():
    """A table whose members need different numbers of epochs: X (150, 3), y (150,)."""
    draw = np.random.default_rng(0)
    X = draw.normal(size=(150, 3))
    return X, np.sin(2 * X[:, 0]) + X[:, 1] + 0.1 * draw.normal(size=150)


@pytest.fixture(scope="module", autouse=True)
def programs(tmp_path_factory):
    """A folder where this process and its workers keep compiled programs: one compiles them, and not all three."""
    names = "jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs"
    before = [getattr(jax.config, name) for name in names]
    yield keep_compiled_programs(tmp_path_factory.mktemp("programs"))
    for name, value in zip(names, before, strict=True):
        jax.config.update(name, value)
    if reusable_executor._executor is not None:
        reusable_executor._executor.shutdown(wait=True, kill_workers=True)


def digest(model):
    """Return a digest of all members' parameters and histories, and of what the model predicts of its own rows."""
    found = hashlib.sha256(model.oof_prediction_.tobytes())
    for member in model.members_:
        found.update(repr(member.history).encode())
        for of_layer in member.parameters:
            for name in sorted(of_layer):
                found.update(np.asarray(of_layer[name]).tobytes())
    for leaf in jax.tree.leaves(model._states):
        found.update(np.asarray(leaf).tobytes())
    return found.hexdigest()


def in_tasks(model, table, backend="loky", jobs=2, **arguments):
    with joblib.parallel_config(backend, n_jobs=jobs):
        return model.fit(*table, **arguments)


def mean_error(y, predictions):
    return float(np.mean(np.abs(y - predictions)))


@pytest.mark.parametrize("case", CASES)
def test_the_bits_are_those_of_one_process(table, case):
    options = TINY | CASES[case]
    alone = digest(NetworkRegressor(**options).fit(*table))
    for backend in ("threading", "loky"):
        assert digest(in_tasks(NetworkRegressor(**options), table, backend)) == alone


def test_a_fit_that_goes_on_has_the_same_bits(table):
    models = [NetworkRegressor(**TINY, warm_start=True).fit(*table) for _ in range(2)]
    assert digest(models[0].fit(*table)) == digest(in_tasks(models[1], table))


def test_which_backend_gets_tasks():
    assert active_engine() is None
    for backend, jobs in (("loky", 1), ("threading", 2), ("sequential", 1)):
        with joblib.parallel_config(backend, n_jobs=jobs):
            assert active_engine() is None
    with joblib.parallel_config(n_jobs=3):
        engine = active_engine()
    assert engine is not None
    assert (engine.name, engine.workers, engine.yields) == ("loky", 3, True)
    with joblib.parallel_config("loky", n_jobs=2):
        assert joblib.Parallel()(joblib.delayed(active_engine)() for _ in range(2)) == [None, None]
    with (
        joblib.parallel_config("multiprocessing", n_jobs=2),
        pytest.raises(
            ValueError, match=r"'multiprocessing' .* forks this process.*parallel_config\('loky', n_jobs=2\)"
        ),
    ):
        active_engine()


def test_a_callback_hears_of_every_part_and_sees_its_members(table):
    heard, thread = [], threading.get_ident()

    def callback(progress):
        with pytest.raises(ValueError, match="there is no member 99 here yet"):
            progress.snapshot(99)
        here = [member for member in range(4) if _is_here(progress, member)]
        heard.append((progress.training, len(here), threading.get_ident() == thread))

    model = NetworkRegressor(**TINY, callback=callback, monitor=mean_error, early_stopping=True)
    in_tasks(model, table)
    assert heard[:2] == [(2, 2, True), (0, 4, True)]
    assert digest(model) == digest(NetworkRegressor(**TINY, monitor=mean_error, early_stopping=True).fit(*table))


def _is_here(progress, member):
    try:
        return bool(progress.snapshot(member))
    except ValueError:
        return False


def test_a_callback_stops_what_has_not_begun(table):
    """Tasks that wait for a worker when it asks train for one epoch; two run, and one more may have begun."""
    model = NetworkRegressor(**TINY | {"n_members": 8}, solver="lm", callback=lambda progress: True)
    in_tasks(model, table)
    reasons = [member.history.reason for member in model.members_]
    assert reasons[-1] is StopReason.CALLBACK
    assert model.members_[-1].history.epochs == 1
    assert StopReason.CALLBACK not in reasons[:2]


def test_seconds_are_divided_among_tasks_that_wait_for_each_other():
    assert [seconds_for(12.0, left, 2) for left in (5, 4, 3, 2, 1)] == [4.0, 6.0, 6.0, 12.0, 12.0]
    assert seconds_for(-1.0, 3, 2) == 0.0
    assert seconds_for(float("inf"), 3, 2) == float("inf")


def test_time_that_is_over_ends_every_part(table):
    model = in_tasks(NetworkRegressor(**TINY | {"max_iter": 10**6}, n_iter_no_change=10**6, max_time=1.0), table)
    assert {member.history.reason for member in model.members_} == {StopReason.MAX_TIME}


def test_every_epoch_is_refused(table):
    model = NetworkRegressor(**TINY, callback=EveryEpoch(lambda progress: None))
    with pytest.raises(ValueError, match=r"EveryEpoch.*backend 'loky'.*give the function itself as callback"):
        in_tasks(model, table)


def test_checkpoints_of_parts_go_on_to_the_same_bits(table, tmp_path):
    alone = digest(NetworkRegressor(**TINY).fit(*table))
    assert digest(in_tasks(NetworkRegressor(**TINY), table, checkpoint=tmp_path / "parts")) == alone
    assert sorted(path.name for path in (tmp_path / "parts").glob("part-*")) == ["part-000", "part-001"]
    with pytest.warns(Note, match=r"going on from epoch 4 of 4.*by the checkpoints in .*parts"):
        assert digest(in_tasks(NetworkRegressor(**TINY), table, checkpoint=tmp_path / "parts")) == alone
    with pytest.raises(CheckpointError, match=r"tasks of joblib.*call it inside joblib.parallel_config, as before"):
        NetworkRegressor(**TINY).fit(*table, checkpoint=tmp_path / "parts")
    NetworkRegressor(**TINY).fit(*table, checkpoint=tmp_path / "alone")
    with pytest.raises(CheckpointError, match=r"a fit in one process.*call the fit without it, as before"):
        in_tasks(NetworkRegressor(**TINY), table, checkpoint=tmp_path / "alone")
    with pytest.raises(CheckpointError, match="another fit"):
        in_tasks(NetworkRegressor(**TINY | {"random_state": 1}), table, checkpoint=tmp_path / "parts")


def test_folders_of_parts_do_not_depend_on_where_a_process_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert part_folder(Path("state"), 2) == tmp_path / "state" / "part-002"


def dies(y, predictions):
    """End the process of a task, as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({}, "give it checkpoint=FOLDER"),
        ({"checkpoint": "state"}, "call the same fit again: it goes on from the checkpoints in 'state'"),
    ],
)
def test_a_process_that_is_killed_is_named_with_what_to_do(table, options, remedy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = NetworkRegressor(**TINY, monitor=dies, early_stopping=True)
    with pytest.raises(LostWorkerError, match=rf"backend 'loky' ended.*{remedy}"):
        in_tasks(model, table, **options)
    assert not hasattr(model, "ensemble_")


def test_a_solver_without_checkpoints_starts_again(table):
    model = NetworkRegressor(**TINY, solver="lm", monitor=dies, early_stopping=True)
    with pytest.raises(LostWorkerError, match="keeps no checkpoints, and starts again, to the same result"):
        in_tasks(model, table)


def test_ctrl_c_raises_at_once_and_changes_nothing(table):
    model = NetworkRegressor(**TINY).fit(*table)
    before, process = digest(model), os.getpid()

    def interrupts(y, predictions):
        os.kill(process, signal.SIGINT)
        time.sleep(60)

    model.set_params(monitor=interrupts, early_stopping=True)
    began, handler = time.monotonic(), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        in_tasks(model, table)
    assert time.monotonic() - began < 50  # it does not wait for the task
    assert digest(model) == before
    assert signal.getsignal(signal.SIGINT) == handler


def test_warnings_of_a_task_are_given_again(table):
    def warns(y, predictions):
        warnings.warn("the metric has doubts", UserWarning, stacklevel=1)
        return mean_error(y, predictions)

    with pytest.warns(UserWarning, match="the metric has doubts"):
        in_tasks(NetworkRegressor(**TINY, monitor=warns, early_stopping=True), table)


def test_threads_record_their_own_warnings():
    found = {}

    def work(name, begins, waits):
        with recorded_warnings() as recorded:
            begins.set()
            waits.wait(10)
            warnings.warn(name, UserWarning, stacklevel=1)
        found[name] = recorded

    events = threading.Event(), threading.Event()
    show = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        threads = [threading.Thread(target=work, args=args) for args in (("a", *events), ("b", *events[::-1]))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {"a": [("a", UserWarning)], "b": [("b", UserWarning)]}
    assert warnings.showwarning is show


def test_tasks_keep_programs_where_this_process_does(table, programs):
    in_tasks(NetworkRegressor(**TINY, monitor=_tells_its_folder, early_stopping=True), table)
    assert (programs / "told-by-a-task").read_text() == str(programs)


def _tells_its_folder(y, predictions):
    folder = Path(jax.config.jax_compilation_cache_dir)
    (folder / "told-by-a-task").write_text(str(folder))
    return mean_error(y, predictions)


def test_large_arrays_are_handed_on_once(tmp_path):
    draw = np.random.default_rng(0)
    X = draw.normal(size=(40_000, 6))
    sizes = []
    reusable_executor.get_reusable_executor().shutdown(wait=True)

    def callback(progress):
        sizes.append(sorted(path.stat().st_size for path in tmp_path.rglob("*.pkl")))

    model = NetworkRegressor(**TINY | {"max_iter": 1}, batch_size=4096, callback=callback)
    with joblib.parallel_config("loky", n_jobs=2, temp_folder=tmp_path):
        model.fit(X, X[:, 0] + draw.normal(size=40_000))
    table = 65536 * 8 * 4  # rows padded to a power of two, 6 inputs, target and weight, float32
    assert max(map(len, sizes)) == 2  # the high and the low parts of the table, for both tasks
    assert all(table <= size < table + 1000 for of_call in sizes for size in of_call)


def test_parts_are_joined_in_the_order_of_the_members():
    def part(*names):
        history = History((1.0,), (), 1, StopReason.MAX_ITER)
        return Trained([[{"W": np.array(name)}] for name in names], [history] * len(names), None)

    whole = joined([part(2, 0), part(3, 1)], [np.array([2, 0]), np.array([3, 1])])
    assert [int(parameters[0]["W"]) for parameters in whole.parameters] == [0, 1, 2, 3]
    assert whole.states is None


def test_a_search_finds_the_same(table, tmp_path):
    def search():
        return SizeSearch(NetworkRegressor(**TINY), [(3,), (4,)], factor=2)

    alone, tasks = search().fit(*table), in_tasks(search(), table, checkpoint=tmp_path)
    assert [c.error for c in alone.candidates_] == [c.error for c in tasks.candidates_]
    assert digest(alone.best_estimator_) == digest(tasks.best_estimator_)
    assert {path.name for path in (tmp_path / "round-1").iterdir()} == {"3", "4"}  # a folder a fit


def test_members_that_train_together_go_out_together():
    @dataclass(frozen=True)
    class Static:
        mesh: object

    @dataclass(frozen=True)
    class Cut:
        members: list
        order: np.ndarray
        shared: object
        static: Static

    at_once = SimpleNamespace(members_at_once=True)
    run, places = for_tasks(Cut([None] * 5, np.array([3, 0, 1, 4, 2]), at_once, Static("devices of this process")))
    assert [place.tolist() for place in places] == [[3, 0, 1], [4, 2]]
    assert run.static.mesh is None


def test_a_part_has_the_windows_of_its_members_alone():
    rows, n_rows = np.arange(12).reshape(4, 3), np.array([3, 2, 1, 3])
    source = SimpleNamespace(windows=7, window=lambda epoch, number: WindowRows((epoch, number), rows, n_rows))
    windows = WindowsOfPart(source, np.array([2, 0]))
    of_part = windows.window(5, 6)
    assert windows.windows == 7
    assert of_part.shared == (5, 6)
    np.testing.assert_array_equal(of_part.rows, rows[[2, 0]])
    np.testing.assert_array_equal(of_part.n_rows, [1, 3])


def test_a_table_on_the_disk_goes_out_by_its_name(tmp_path):
    writer = SpoolWriter(tmp_path / "table.spool", 2, "made for this test")
    writer.append(np.arange(20_000.0).reshape(-1, 2))
    spool = writer.finish()
    assert len(pickle.dumps(spool)) < 1000
    np.testing.assert_array_equal(copy.copy(spool).numbers, spool.numbers)  # as a pickle is read, by `Spool.open`


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::glassnet.training.note.Note")
def test_killed_at_several_moments_the_result_has_the_same_bits(table, tmp_path):
    options = TINY | {"max_iter": 3000, "n_iter_no_change": 10**6}
    alone = digest(NetworkRegressor(**options).fit(*table))
    in_tasks(NetworkRegressor(**options), table)  # processes have started, and compiled, before time is taken
    began = time.monotonic()
    in_tasks(NetworkRegressor(**options), table)
    seconds, moments, messages = time.monotonic() - began, random.Random(0), []
    for kill in range(8):
        folder = tmp_path / f"killed{kill % 4}"  # two kills each, then it runs through
        timer = threading.Timer(moments.uniform(0.3, seconds), _kill_a_worker)
        timer.start()
        began = time.monotonic()
        try:
            in_tasks(NetworkRegressor(**options), table, checkpoint=folder)
        except LostWorkerError as error:
            messages.append((str(folder) in str(error), time.monotonic() - began < timer.interval + 5))
        timer.cancel()
    for folder in tmp_path.iterdir():
        assert digest(in_tasks(NetworkRegressor(**options), table, checkpoint=folder)) == alone
    assert len(messages) > 2
    assert set(messages) == {(True, True)}


def _kill_a_worker():
    executor = reusable_executor._executor  # `get_reusable_executor` would make one
    processes = [] if executor is None else list(executor._processes.values())
    if processes:
        os.kill(processes[0].pid, signal.SIGKILL)
