"""`glassnet fit` of a table in files: read into memory where it fits, else trained on in windows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from glassnet.cli.arguments import Roles
from glassnet.cli.parameters import estimator_as_typed, typed_parameters, with_identifiers
from glassnet.cli.reading import open_as_typed
from glassnet.cli.sources import why_in_slices
from glassnet.cli.terminal import show, show_json

if TYPE_CHECKING:
    from glassnet.data.files import TableFiles
    from glassnet.data.read import TableRead
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.storage.json_value import JSON


def is_in_files(paths: Sequence[Path]) -> bool:
    """Return whether a table is looked at in slices before it is read: several files, a large one, or as was typed."""
    return "max_memory" in typed_parameters() or why_in_slices(paths) is not None


def fit_files(
    paths: Sequence[Path],
    path: Path,
    roles: Roles,
    all_rows_only: Mapping[str, object],
    checkpoint: Path | None,
    seed: int,
    in_json: bool,
) -> "TableRead | None":
    """Return the table where its rows fit into memory; else train on it in windows, and write the model to `path`.

    `all_rows_only` are options by name, of which none may be given where rows come in windows.
    """
    import polars as pl

    from glassnet.data.read import TableRead
    from glassnet.estimators.file_sources import choose, work_folder

    if not roles.targets:
        raise click.UsageError("Missing option '--target': name the column to predict")
    with work_folder(checkpoint) as folder:
        files = open_as_typed(paths, folder / "files")
        choice = choose(files.rows, len(files.names), typed_parameters().get("max_memory"))
        if choice.rows_a_window is None:
            click.echo(f"note: {choice.reason}: the table is read into memory", err=True)
            return TableRead(pl.concat([frame for _, frame in files.slices()]), files.report)
        for option, value in all_rows_only.items():
            if value:
                raise click.UsageError(f"{option} needs all rows in memory, and {choice.reason}; leave it out")
        model = cast("NetworkRegressor", estimator_as_typed(False, seed))
        if roles.only:
            with_identifiers(model)
        _fit(model, _chosen(files, roles), roles, checkpoint)
    _tell(model, path, files.rows, in_json)
    return None


def _fit(model: "NetworkRegressor", files: "TableFiles", roles: Roles, checkpoint: Path | None) -> None:
    from glassnet.estimators.progress import ProgressBar

    targets = roles.targets[0] if len(roles.targets) == 1 else list(roles.targets)
    others = {"sample_weight": roles.weight, "groups": roles.groups, "exposure": roles.exposure}
    with ProgressBar() as bar:
        model.set_params(callback=bar)
        model.fit(files, targets, **others, checkpoint=checkpoint)


def _chosen(files: "TableFiles", roles: Roles) -> "TableFiles":
    """Return the columns to learn from, and those that are no inputs; it is wrong use to name one that is missing."""
    kept = (*roles.targets, *roles.named)
    for option, names in (("--columns", roles.only), ("--exclude", roles.exclude), ("--target", kept)):
        for name in names:
            if name not in files.names:
                raise click.UsageError(f"{option} {name!r} is no column; the columns are: {', '.join(files.names)}")
    chosen = [
        name for name in files.names
        if name in kept or ((not roles.only or name in roles.only) and name not in roles.exclude)
    ]  # fmt: skip
    return replace(files, columns={name: files.columns[name] for name in chosen})


def _tell(model: "NetworkRegressor", path: Path, rows: int, in_json: bool) -> None:
    from glassnet.exchange.model_file import save

    path = save(model, path)
    facts: dict[str, JSON] = {
        "rows": rows,
        "reading": model.reading_reason_,
        "network": model.schema_.describe(),
        "members": len(model.members_),
        "epochs": model.n_iter_,
        "rows of the sample": len(model.used_rows_),
    }
    if hasattr(model, "oof_score_"):
        facts["score out of fold, of all rows"] = model.oof_score_
    if in_json:
        show_json({**facts, "model": str(path)})
        return
    lines = [f"{name}: {value:,}" if isinstance(value, int) else f"{name}: {value}" for name, value in facts.items()]
    show(*lines, f"model: {path}")
