"""Model files of format 2, read through one table of the names they used.

The description of a file is rewritten, as JSON and before anything is built from it, into the description that format 3
has: records, fields, parameters and attributes get their names of today, members their preprocessing, and the sentence
that said why training stopped becomes the reason that it meant. A sentence that is not known becomes "not known", for
which no floor of an interval is proved.
"""

import re

from glassnet.storage.json_value import JSON

RECORDS = {
    "Given": "Constant",
    "LeakyRectifier": "LeakyReLU",
    "Momentum": "SGD",
    "OwnLoss": "CustomLoss",
    "Parametric": "ParametricActivation",
    "PictureSchema": "ImageSchema",
    "Rectifier": "ReLU",
    "Scale": "Scaler",
    "Scaling": "InputScaling",
    "Schema": "TableSchema",
    "Share": "Split",
    "Spread": "ErrorScale",
}
FIELDS = {  # by the record's name of today
    "Calibration": {"spread": "error_scale", "drawn": "random_folds", "doubt": "no_floor_reason"},
    "Column": {"turns": "periods"},
    "Normal": {"deviation": "standard_deviation"},
    "Periodic": {"deviation": "standard_deviation"},
    "SGD": {"decay": "momentum"},
    "Scaler": {"spread": "scale"},
    "Split": {"held": "validation", "blind": "test"},
}
ATTRIBUTES = {"spreads_": "error_scales_", "_used": "used_rows_"}
SENTENCES = (
    (re.compile(r"max_iter=\d+ (epochs|steps) are done"), "MAX_ITER"),
    (re.compile(r"\d+ epochs improved by less than tol|\d+ steps without a better model"), "NO_IMPROVEMENT"),
    (re.compile(r"the callback asked to stop"), "CALLBACK"),
    (re.compile(r"interrupted"), "INTERRUPTED"),
    (re.compile(r"max_time is over"), "MAX_TIME"),
    (re.compile(r"the steps are within tol=.*|convergence: .*"), "CONVERGED"),
    (re.compile(r"stop: total no\. .*"), "MAX_ITER"),
    (re.compile(r"abnormal.*"), "NO_DESCENT"),
)
SOLVER_PARAMETERS = ("weight_decay", "clip_norm", "learning_rate", "warmup", "power_t", "shuffle")
RECIPE_PARAMETERS = ("embedding", "adversarial")
SOLVERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "gd": "GradientDescent"}
DEFAULTS = {"power_t": 0.5, "shuffle": True}


def modernised(description: dict[str, JSON]) -> dict[str, JSON]:
    """Return a description of format 2 as format 3 has it."""
    modern = dict(description)
    parameters = _object(_renamed(modern["parameters"]))
    modern["parameters"] = {"dict": _parameters(dict(_object(parameters["dict"])))}
    attributes = _object(_object(modern["fitted"])["dict"])
    fitted = {ATTRIBUTES.get(name, name): _renamed(value) for name, value in attributes.items()}
    if "members_" in fitted:
        fitted = _with_ensemble(fitted)
    modern["fitted"] = {"dict": fitted}
    return modern


def _renamed(value: JSON) -> JSON:
    """Return JSON with records and their fields under the names of today."""
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) != {"record", "fields"}:
        return {key: _renamed(item) for key, item in value.items()}
    former_name, former_fields = str(value["record"]), _object(value["fields"])
    name = RECORDS.get(former_name, former_name)
    new = FIELDS.get(name, {})
    fields: dict[str, JSON] = {new.get(key, key): _renamed(item) for key, item in former_fields.items()}
    if name == "History":
        fields["reason"] = _reason(fields["reason"])
    if name == "Member":
        scales: dict[str, JSON] = {key: fields.pop(key) for key in ("inputs", "targets", "limits")}
        fields["preprocessing"] = {"record": "Preprocessing", "fields": scales}
        fields["split"] = fields.pop("share")
    return {"record": name, "fields": fields}


def _object(value: JSON) -> dict[str, JSON]:
    """Return a JSON object; `ValueError` where something else stands in its place."""
    if not isinstance(value, dict):
        raise ValueError(f"it holds {str(value)[:80]} in the place of an object")
    return value


def _reason(sentence: JSON) -> JSON:
    names = (name for pattern, name in SENTENCES if isinstance(sentence, str) and pattern.fullmatch(sentence))
    return {"reason": next(names, "UNKNOWN")}


def _with_ensemble(fitted: dict[str, JSON]) -> dict[str, JSON]:
    parts: dict[str, JSON] = {name: fitted.pop(f"{name}_") for name in ("schema", "network")}
    members: JSON = {"tuple": fitted.pop("members_")}
    link = fitted.pop("link_", {"record": "Identity", "fields": {}})
    fitted["ensemble_"] = {"record": "Ensemble", "fields": {**parts, "link": link, "members": members}}
    fitted["stop_reason_"] = _reason(fitted["stop_reason_"])
    return fitted


def _parameters(given: dict[str, JSON]) -> dict[str, JSON]:
    """Return an estimator's parameters; those of solvers and recipes move into objects, where they were given."""
    of_solver = {name: given.pop(name) for name in SOLVER_PARAMETERS if name in given}
    of_recipe = {name: given.pop(name) for name in RECIPE_PARAMETERS if name in given}
    of_solver = {name: v for name, v in of_solver.items() if v is not None and v != DEFAULTS.get(name)}
    of_recipe = {name: value for name, value in of_recipe.items() if value is not None}
    solver = given.get("solver")
    fields: dict[str, JSON] = {
        {"learning_rate": "schedule"}.get(name, name): value for name, value in of_solver.items()
    }
    if fields and isinstance(solver, str) and solver in SOLVERS:
        given["solver"] = {"record": SOLVERS[solver], "fields": fields}
    elif fields and isinstance(solver, dict) and solver.get("record") in SOLVERS.values():
        given["solver"] = {"record": solver["record"], "fields": {**_object(solver["fields"]), **fields}}
    if of_recipe:
        given["preset"] = {"record": "Recipe", "fields": {"base": given["preset"], **of_recipe}}
    return given
