"""A fitted model as a workbook whose cells compute its predictions: inputs, a sheet a layer and member, prediction."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from glassnet.data.table_schema import TableSchema
from glassnet.ensemble.member import Member
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.formulas.model_arrays import n_parameters
from glassnet.exchange.formulas.workbook_inputs import (
    example_row,
    refused_columns,
    write_encoded,
    write_inputs,
    write_scaled,
)
from glassnet.exchange.formulas.workbook_layers import has_sheet, write_layer
from glassnet.exchange.formulas.workbook_prediction import write_prediction
from glassnet.exchange.formulas.workbook_sheet import Sheet
from glassnet.network.network import Network

if TYPE_CHECKING:  # an optional package
    from xlsxwriter import Workbook

MOST_PARAMETERS = 5_000  # of all members together
CREATED = datetime(2000, 1, 1)  # the same for all, so that equal models give equal files


def workbook(model: NetworkRegressor | NetworkClassifier) -> bytes:
    """Return the content of a workbook that computes what a model of a table predicts.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.

    Raises
    ------
    ModuleNotFoundError
        Where xlsxwriter is not installed.
    ValueError
        For more than 5,000 parameters, and for columns that a workbook cannot take; it says what to type.
    TypeError
        For a layer or an activation of a user's own.
    """
    schema = model.schema_
    if not isinstance(schema, TableSchema):
        raise TypeError(f"a workbook is of a table, and this model has a {type(schema).__name__}")
    columns = [column for column in schema.columns if column.kind != "left out"]
    reasons = [*_of_size(model), *refused_columns(columns)]
    if reasons:
        lines = "\n".join(f"  - {reason}" for reason in reasons)
        raise ValueError(f"a workbook cannot hold this model:\n{lines}\n{_advice(model)}")
    content = BytesIO()
    book = _new_workbook(content)
    first = model.members_[0].preprocessing.inputs
    example = example_row(columns, schema.numbers, first)
    cells = write_inputs(_sheet(book, "Inputs"), columns, example)
    encoded = write_encoded(_sheet(book, "Encoded"), columns, cells)
    outputs = [
        _write_member(book, number, member, model.network_, schema.inputs, encoded)
        for number, member in enumerate(model.members_)
    ]
    write_prediction(_sheet(book, "Prediction"), model, outputs)
    book.close()
    return content.getvalue()


def _of_size(model: NetworkRegressor | NetworkClassifier) -> list[str]:
    parameters, members = n_parameters(model.ensemble_), len(model.members_)
    if parameters <= MOST_PARAMETERS:
        return []
    return [
        f"there is room for {MOST_PARAMETERS:,} parameters, and its {members} member(s) have {parameters:,} together"
    ]


def _advice(model: NetworkRegressor | NetworkClassifier) -> str:
    classify = " --classify" if isinstance(model, NetworkClassifier) else ""
    return (
        "write a .py file, which holds any model of a table; or fit without such columns (--exclude NAME), and a "
        f"smaller network, such as "
        f"{type(model).__name__}((8,), preset='plain'), or type\n"
        f"    glassnet fit TABLE --target Y{classify} --preset plain --hidden 8"
    )


def _new_workbook(content: BytesIO) -> "Workbook":
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "a workbook is written with xlsxwriter, which is not installed; type pip install 'glassnet[excel]'"
        ) from None
    book = Workbook(content, {"in_memory": True})
    book.set_properties({"created": CREATED, "comments": "written by glassnet"})
    return book


def _sheet(book: "Workbook", name: str) -> Sheet:
    worksheet = book.add_worksheet(name)
    worksheet.set_column(0, 0, 24)
    return Sheet(name, worksheet)


def _write_member(
    book: "Workbook", number: int, member: Member, network: Network, names: Sequence[str], encoded: Sequence[str]
) -> list[str]:
    """Write the sheets of a member, and return the cells of its outputs, scaled."""
    inputs = write_scaled(_sheet(book, f"M{number} inputs"), names, encoded, member.preprocessing.inputs)
    x = inputs
    for place, (layer, parameters) in enumerate(zip(network.layers, member.parameters, strict=True), start=1):
        if has_sheet(layer):
            x = write_layer(_sheet(book, f"M{number} L{place}"), layer, parameters, x, inputs)
    return x
