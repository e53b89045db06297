"""The Python lines that reproduce a fit, from the parameters that differ from their defaults."""

import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from textwrap import shorten, wrap

import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet.data.column import Column
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import is_integer
from glassnet.insight.targets import Estimator
from glassnet.training.stopping import StopReason

WIDTH = 100  # of lines
LONGEST = 200  # letters of what cannot be written as code
MOST_ENTRIES = 100  # of an array; the folds of a table may be many row numbers
SEEDS = 1_000  # that are tried in place of the one that was drawn, 0.3 s at most
GENERATOR = """bits = np.random.PCG64()
bits.state = {{**bits.state, "has_uint32": 1, "uinteger": {seed}}}  # the seed that the fit drew comes next
"""


def script(model: Estimator, *, table: str = "data.csv", target: str | Sequence[str] | None = None) -> str:
    """Return Python lines that read a table, fit a model like this one to it, and save that.

    With the same rows and the same versions the new model predicts the same to the bit. What was given to the fit and
    cannot be known any more, or cannot be written as code, such as a function, is named in a comment.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    table : str
        The file of the rows of the fit, for `read_table`.
    target : str, sequence of str or None
        The columns of the targets in that file; None for the names that they had in the fit.

    Returns
    -------
    str
        Lines to run.

    Raises
    ------
    TypeError
        For a model of images, which `read_table` does not read, and for what is no network.
    ValueError
        For another number of targets than the model has.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, script
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> print(script(model, table="patients.csv"))
    # As fitted in ... s on cpu, ...
    from glassnet import NetworkRegressor, read_table, save
    <BLANKLINE>
    table = read_table("patients.csv").frame
    X = table.select(["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"])
    y = table["target"]
    ...
    """
    if not isinstance(model, NetworkRegressor | NetworkClassifier):
        raise TypeError(
            f"a script is that of a NetworkRegressor or NetworkClassifier, and this is a {type(model).__name__}; of a "
            "pipeline give its last step, of a search its best_estimator_"
        )
    check_is_fitted(model)
    if not model.schema_.columns:
        raise TypeError("a script reads a table, and this model was fitted to images; load them, and call fit yourself")
    names = list(model.target_names_) if target is None else [target] if isinstance(target, str) else list(target)
    if len(names) != len(model.target_names_):
        raise ValueError(f"target names {len(names)} column(s), but the model has {len(model.target_names_)} target(s)")
    used = {type(model).__name__, "read_table", "save"}
    arguments, comments = _arguments(model, used)
    seed, before = _seed(model)
    body = "".join(f"    {name}={code},\n" for name, code in {**arguments, "random_state": seed}.items())
    return (
        _comment(_provenance(model))
        + ("import numpy as np\n\n" if before else "")
        + f"from glassnet import {', '.join(sorted(used))}\n\n"
        + _reading(model, table, names)
        + before
        + "".join(map(_comment, comments))
        + f"model = {type(model).__name__}(\n{body})\n"
        + "".join(map(_comment, _not_known(model)))
        + f"model.fit(X, y)\nsave(model, {_text(_name_of_model(table))})\n"
    )


def as_code(value: object, used: set[str]) -> str:
    """Return a value as an expression of Python, and add the names to `used` that it takes from glassnet.

    Numbers, text, tuples, lists, dicts, and glassnet's public records, of which only what differs from the default is
    written; `TypeError` for anything else.
    """
    if isinstance(value, np.generic):
        return as_code(value.item(), used)
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else f"float({_text(str(value))})"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, np.ndarray) and value.size > MOST_ENTRIES:
        raise TypeError(f"an array of {value.size} numbers is too long to be written as code")
    if isinstance(value, list | np.ndarray):
        return f"[{', '.join(as_code(item, used) for item in value)}]"
    if isinstance(value, tuple):
        return f"({', '.join(as_code(item, used) for item in value)}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{as_code(key, used)}: {as_code(item, used)}' for key, item in value.items())}}}"
    kind = type(value)
    if not is_dataclass(value) or getattr(sys.modules["glassnet"], kind.__name__, None) is not kind:
        raise TypeError(f"{value!r} cannot be written as code")
    parts = _parts(value, used)
    used.add(kind.__name__)
    return f"{kind.__name__}({', '.join(parts)})"


def _parts(value: object, used: set[str]) -> list[str]:
    """Return the arguments that make a record: those without a default, and what differs from it."""
    parameters = inspect.signature(type(value)).parameters.values()
    if missing := [parameter.name for parameter in parameters if not hasattr(value, parameter.name)]:
        raise TypeError(f"{value!r} does not keep its {missing[0]}")
    required = [getattr(value, parameter.name) for parameter in parameters if parameter.default is parameter.empty]
    default = type(value)(*required)
    changed = {
        parameter.name: getattr(value, parameter.name)
        for parameter in parameters
        if parameter.default is not parameter.empty and not _same(value, default, parameter.name)
    }
    return [as_code(item, used) for item in required] + [f"{n}={as_code(item, used)}" for n, item in changed.items()]


def _same(value: object, other: object, name: str) -> bool:
    return repr(getattr(value, name)) == repr(getattr(other, name))


def _arguments(model: Estimator, used: set[str]) -> tuple[dict[str, str], list[str]]:
    """Return the parameters that differ from their defaults as code, and a comment for each that is none."""
    default, arguments, comments = type(model)(), dict[str, str](), list[str]()
    for name, value in model.get_params(deep=False).items():
        if name == "random_state" or _same(model, default, name):
            continue
        needed = set[str]()
        try:
            arguments[name] = as_code(value, needed)
            used |= needed
        except TypeError:
            text = shorten(repr(value), LONGEST, placeholder=" ...")
            comments.append(f"{name}={text} cannot be written as code: add it to the parameters below")
    return arguments, comments


def _seed(model: Estimator) -> tuple[str, str]:
    """Return the random state that draws the seed of the fit, and lines before it.

    An integer where one is known or a small one draws that seed, else a generator that draws it next.
    """
    given = model.random_state
    for seed in (given,) if is_integer(given) else range(SEEDS):
        if np.random.RandomState(seed).randint(2**31 - 1) == model.seed_:
            return str(int(seed)), ""
    return "np.random.RandomState(bits)", GENERATOR.format(seed=model.seed_)


def _reading(model: Estimator, table: str, targets: Sequence[str]) -> str:
    """Return the lines that read inputs and targets."""
    features = getattr(model, "feature_names_in_", None)
    text = [] if features is None else [column.name for column in model.schema_.columns if _needs_text(column)]
    if isinstance(model, NetworkClassifier) and not model.multilabel_ and _are_numbers(model.classes_.tolist()):
        text += targets
    more = f", text={_list(text)}" if text else ""
    inputs = f"drop({_list(targets)}).to_numpy()" if features is None else f"select({_list(features)})"
    one = len(targets) == 1 and vars(model).get("_vector_target", True) and not getattr(model, "multilabel_", False)
    target = f"table[{_text(targets[0])}]" if one else f"table.select({_list(targets)})"
    return f"table = read_table({_text(table)}{more}).frame\nX = table.{inputs}\ny = {target}\n"


def _list(names: Sequence[str]) -> str:
    """Return names as a list, of several lines where one is too short."""
    lines = [""]
    for name in map(_text, names):
        if lines[-1] and len(lines[-1]) + len(name) > WIDTH:
            lines.append("")
        lines[-1] += f"{name}, "
    if len(lines) == 1:
        return f"[{lines[0][:-2]}]"
    return "[\n" + "".join(f"    {line.rstrip()}\n" for line in lines) + "]"


def _needs_text(column: Column) -> bool:
    """Return whether a column is a category although its levels would be read as numbers."""
    return column.kind == "category" and _are_numbers(column.known_levels)


def _are_numbers(levels: Sequence[object]) -> bool:
    """Return whether levels are text, all of which is numbers."""
    try:
        return bool(levels) and all(isinstance(level, str) and np.isfinite(float(level)) for level in levels)
    except ValueError:
        return False


def _provenance(model: Estimator) -> str:
    known = model.provenance_
    return "" if known is None else f"As {known.describe()} Other versions may give other bits."


def _not_known(model: Estimator) -> list[str]:
    """Return what was given to a fit, or done besides, that these lines do not repeat."""
    provenance, comments = model.provenance_, list[str]()
    if provenance is None:
        comments.append("The model file does not say what fit was given, such as sample_weight or groups: add it")
    for name in provenance.options if provenance else ():
        if name != "checkpoint":  # which changes no number
            comments.append(f"fit was given {name}, which a model does not keep: add {name}=... below")
    if "_states" not in vars(model):
        comments.append(
            "A model file keeps no callback, monitor or splitter, and no loss, solver or layer of your own: add what "
            "the fit had"
        )
    if "table_format_" in vars(model):
        comments.append("The command line read the table: rows and columns that it left out are not known here")
    if not model.training_digest_ or model.warm_start:
        comments.append("partial_fit or warm_start=True went on from earlier calls, if there were any: repeat these")
    if model.max_time is not None or model.stop_reason_ is StopReason.INTERRUPTED:
        comments.append("Training ended, or may end, by the clock or by Ctrl-C, which gives other bits each time")
    return comments


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def _text(text: str) -> str:
    """Return text in double quotes, which JSON and Python escape alike."""
    return json.dumps(text, ensure_ascii=False)


def _name_of_model(table: str) -> str:
    return f"{Path(table).name.split('.')[0] or 'model'}.glass"
