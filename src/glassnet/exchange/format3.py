"""Model files of format 3: a column of text said only whether a comma was its decimal mark."""

from glassnet.storage.json_value import JSON


def modernised(value: JSON) -> JSON:
    """Return JSON of format 3 as format 4 has it: every column says how its text is read."""
    if isinstance(value, list):
        return [modernised(item) for item in value]
    if not isinstance(value, dict):
        return value
    fields = value.get("fields")
    if value.get("record") != "Column" or not isinstance(fields, dict) or "decimal_comma" not in fields:
        return {key: modernised(item) for key, item in value.items()}
    rest = {key: item for key, item in fields.items() if key != "decimal_comma"}
    return {**value, "fields": {**rest, "cells": _cells(fields["decimal_comma"])}}


def _cells(decimal_comma: JSON) -> JSON:
    if decimal_comma is None:
        return None
    if not isinstance(decimal_comma, bool):
        raise ValueError(f"it holds {str(decimal_comma)[:80]} where a column says whether it has decimal commas")
    return {"record": "CellFormat", "fields": {"form": "number", "decimal": "," if decimal_comma else "."}}
