"""Sparse tables: read as their dense forms, and made dense only where that fits into memory."""

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from glassnet.data import dense_size
from glassnet.data.columns import from_array, from_frame, from_sparse, with_numbers
from glassnet.data.read_columns import Reading
from glassnet.data.samples import Features, as_samples, schema_of
from glassnet.data.sparse import SparseColumns
from glassnet.data.table_schema import read_schema

DENSE = np.array([[0, 1.5, 0, np.nan], [2, 0, 0, 0], [0, -1, 0, 4], [0, 0, 0, 1]])
FORMATS = [sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix, sparse.coo_array]


@pytest.mark.parametrize("form", FORMATS)
def test_columns_are_those_of_the_dense_array(form):
    table = from_sparse(form(DENSE))
    assert (table.rows, table.n_features, table.feature_names) == (4, 4, None)
    np.testing.assert_array_equal(np.column_stack(list(table.columns)), DENSE)
    rows = np.array([3, 0])
    np.testing.assert_array_equal(np.column_stack(list(table.take(rows).columns)), DENSE[rows])
    assert isinstance(table.take(rows).columns, SparseColumns)
    columns = table.columns.select([3, 1])
    np.testing.assert_array_equal(np.column_stack(list(columns)), DENSE[:, [3, 1]])
    np.testing.assert_array_equal(columns.gaps(), [1, 0])
    np.testing.assert_array_equal(table.columns[-1], DENSE[:, -1])
    np.testing.assert_array_equal(np.column_stack(list(table.columns[1:3])), DENSE[:, 1:3])
    assert table.columns.varying() == 3


def test_cells_given_twice_are_added_and_the_matrix_stays():
    matrix = sparse.csr_array((np.array([1.0, 2.0, 0.0]), np.array([1, 1, 0]), np.array([0, 2, 3])), shape=(2, 2))
    np.testing.assert_array_equal(np.column_stack(list(from_sparse(matrix).columns)), matrix.toarray())
    assert matrix.nnz == 3


def test_the_schema_and_the_inputs_are_those_of_the_dense_array():
    dense, table = from_array(DENSE), from_sparse(sparse.csr_array(DENSE))
    schema = read_schema(table)
    assert schema == read_schema(dense)
    matched = schema.match(table)
    assert isinstance(matched.columns, SparseColumns)
    expected = schema.encode(schema.match(dense))
    np.testing.assert_array_equal(schema.encode(matched), expected)
    np.testing.assert_array_equal(schema.encode(matched.take(np.array([2])), np.array([2])), expected[[2]])


def test_gaps_that_training_did_not_have_are_said():
    schema = read_schema(from_array(np.nan_to_num(DENSE)))
    with pytest.warns(UserWarning, match=r"column 'x3' was never missing in training, but is in 1 row\(s\)"):
        schema.match(from_sparse(sparse.csc_array(DENSE)))


def test_a_model_of_categories_takes_sparse_numbers():
    frame = pd.DataFrame({"a": pd.Categorical([0, 1, 2]), "b": [1.0, 2.0, 3.0]})
    schema = read_schema(from_frame(frame))
    matrix = sparse.csr_array([[2.0, 0.0], [0.0, 3.0]])
    np.testing.assert_array_equal(
        schema.encode(schema.match(from_sparse(matrix, ["a", "b"]))), [[0, 0, 0, 1], [3, 1, 0, 0]]
    )


@pytest.mark.parametrize("dtype", [pd.SparseDtype(float, 0.0), pd.SparseDtype(bool, False), pd.SparseDtype(int, 0)])
def test_sparse_frames(dtype):
    frame = pd.DataFrame({"b": [0, 1, 0], "a": [1, 0, 0]}).astype(dtype)
    table = from_frame(frame)
    assert isinstance(table.columns, SparseColumns)
    np.testing.assert_array_equal(np.column_stack(list(table.columns)), [[0, 1], [1, 0], [0, 0]])
    in_narwhals = as_samples(nw.from_native(frame), Features("NetworkRegressor"))  # warnings are errors
    assert isinstance(in_narwhals.columns, SparseColumns)
    schema = read_schema(table)
    other_order = schema.match(from_frame(frame[["a", "b"]]))
    np.testing.assert_array_equal(schema.encode(other_order), [[0, 1], [1, 0], [0, 0]])


def test_frames_that_are_sparse_in_part_or_around_another_value():
    around_nan = pd.DataFrame({"a": pd.arrays.SparseArray([np.nan, 1.0]), "b": [1, 2]})
    table = from_frame(around_nan)
    np.testing.assert_array_equal(np.column_stack(table.columns), [[np.nan, 1], [1, 2]])


def test_memory_is_computed_before_a_table_is_made_dense(monkeypatch):
    wide = sparse.csr_array((np.ones(1000), (np.arange(1000), np.arange(1000))), shape=(1000, 2000))
    needed = 1000 * 1000 * dense_size.BYTES_A_NUMBER  # columns of zeros alone are left out
    samples = as_samples(wide, Features("NetworkRegressor"))
    monkeypatch.setattr(dense_size, "available_bytes", lambda: needed - 1)
    with pytest.raises(
        ValueError,
        match=r"X is sparse, but networks learn from a dense table that all members share: 1000 rows x 1000 inputs "
        r"need about 0.0596 GiB of memory, and 0.0596 GiB are available; keep fewer columns, as with OneHotEncoder",
    ):
        schema_of(samples, Reading())
    monkeypatch.setattr(dense_size, "available_bytes", lambda: needed + 1)
    with pytest.warns(UserWarning, match="1000 rows x 1000 inputs need about 0.0596 GiB of memory, and 0.0596 GiB"):
        dense_size.check_dense(1000, 1000)
    for free in (2 * needed, None):
        monkeypatch.setattr(dense_size, "available_bytes", lambda free=free: free)
        dense_size.check_dense(1000, 1000)


def test_available_memory_is_that_of_machine_and_container(monkeypatch, tmp_path):
    table = tmp_path / "meminfo"
    table.write_text("MemTotal: 9 kB\nMemAvailable:   4096 kB\n")
    monkeypatch.setattr(dense_size, "MEMORY_TABLE", table)
    monkeypatch.setattr(dense_size, "GROUP", tmp_path)
    assert dense_size.available_bytes() == 4096 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1000\n")
    assert dense_size.available_bytes() == 4096 * 1024
    (tmp_path / "memory.max").write_text("5000\n")
    assert dense_size.available_bytes() == 4000
    monkeypatch.setattr(dense_size, "MEMORY_TABLE", tmp_path / "none")
    monkeypatch.setattr(dense_size, "GROUP", tmp_path / "none")
    assert dense_size.available_bytes() is None


def test_sparse_integers_beyond_float64_are_refused():
    with pytest.raises(ValueError, match=r"X is sparse and holds integers beyond 2\^53, which .* give it in a frame"):
        as_samples(sparse.csr_array(np.array([[2**53 + 1, 0]])), Features("NetworkRegressor"))


@pytest.mark.parametrize("form", FORMATS[:4])
def test_moved_numbers_come_back_sparse(form):
    moved = with_numbers(form(DENSE[1:]), ("a", "b", "c", "d"), {"b": np.array([7.0, 0.0, 8.0])})
    assert isinstance(moved, form)
    np.testing.assert_array_equal(moved.toarray(), np.column_stack([DENSE[1:, 0], [7, 0, 8], DENSE[1:, 2:]]))
