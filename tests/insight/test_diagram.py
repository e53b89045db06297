"""The diagram of a network: its edges are the weights of the model, and what is drawn are the numbers of the record."""

import json

import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_hex

from glassnet import NetworkClassifier, NetworkRegressor
from glassnet.insight.diagram import diagram
from glassnet.insight.figures.colours import BLUE, VERMILLION
from glassnet.insight.figures.network import NetworkDisplay
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.pooling import MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

SMALL = {"preset": "plain", "n_members": 2, "max_iter": 20, "random_state": 0}
W = [np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]), np.array([[2.0], [-4.0], [1.0]])]
BY_HAND = [{"W": W[0], "b": np.zeros(3)}, {"W": W[1], "b": np.ones(1)}]
OF_TABLES = Network(
    3,
    [
        SmoothClip(2),
        Periodic(2, size=2),
        InputScaling(),
        Dense(5),
        ParametricActivation("mish"),
        Dense(1),
        BoundedScaling(),
        LinearPath(1),
    ],
)


def by_hand(**options):
    return diagram(Network(2, [Dense(3, "relu"), Dense(1)]), BY_HAND, **options)


def drawn(network, **options):
    return diagram(network, network.initialize(0), **options)


def table():
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 3))
    return X, X[:, 0] - X[:, 1] ** 2


@pytest.fixture(scope="module")
def model():
    return NetworkRegressor((4,), **SMALL).fit(*table())


@pytest.fixture(scope="module")
def classifier():
    X, y = table()
    return NetworkClassifier((4,), **SMALL).fit(X, np.where(y > 0.5, "high", np.where(y > -0.5, "middle", "low")))


def as_array(connection, name="weight"):
    """Return the edges of a connection, put into a matrix one by one."""
    array = np.full(connection.shape, np.nan)
    for edge in connection.edges:
        array[edge.source, edge.target] = getattr(edge, name)
    return array


def test_edges_are_the_weights_of_a_network():
    found = by_hand()
    assert [layer.name for layer in found.layers] == ["inputs", "Dense, relu", "Dense"]
    assert [layer.activation for layer in found.layers] == ["", "relu", ""]
    for connection, weights in zip(found.connections, W, strict=True):
        np.testing.assert_array_equal(as_array(connection), weights)
        np.testing.assert_array_equal(as_array(connection, "sign"), np.sign(weights))
        assert connection.largest == np.max(np.abs(weights))
    assert all(edge.deviation is None for each in found.connections for edge in each.edges)
    assert "9 weights between them, the largest |w| 4 in layer 2" in found.describe()


def test_edges_are_those_of_one_member(model):
    found = diagram(model, member=1)
    for place, connection in enumerate(found.connections):
        np.testing.assert_array_equal(as_array(connection), model.members_[1].parameters[place]["W"])
    assert found.members == 1
    assert "member 1" in found.describe()


def test_mean_and_standard_deviation_are_those_over_the_members(model):
    found = diagram(model)
    for place, connection in enumerate(found.connections):
        each = np.stack([member.parameters[place]["W"] for member in model.members_]).astype(float)
        np.testing.assert_allclose(as_array(connection), each.mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(as_array(connection, "deviation"), each.std(axis=0), rtol=1e-6)
    assert "means over 2 members" in found.describe()


def test_a_large_network_has_matrices_that_hold_all_weights(model):
    found = diagram(model, most_units=2, most_edges=15)  # of 3 x 4 + 4 weights
    assert [connection.edges for connection in found.connections] == [(), ()]
    for place, connection in enumerate(found.connections):
        each = np.stack([member.parameters[place]["W"] for member in model.members_]).astype(float)
        np.testing.assert_allclose(connection.matrix.values, each.mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(connection.deviation.values, each.std(axis=0), rtol=1e-6)
        left, right, bottom, top = connection.matrix.extent
        assert 0 <= left < right < connection.deviation.extent[0] < connection.deviation.extent[1] <= 1
        assert 0 <= bottom < top <= 1
    assert [len(layer.units) for layer in found.layers] == [2, 2, 1]
    assert diagram(model, most_edges=16).connections[0].matrix is None


def test_names_are_those_of_inputs_outputs_and_classes(model, classifier):
    assert [unit.label for unit in diagram(model).layers[0].units] == ["x0", "x1", "x2"]
    assert [unit.label for unit in diagram(model).layers[1].units] == ["1", "2", "3", "4"]
    assert [unit.label for unit in diagram(model).layers[-1].units] == ["y0"]
    assert [unit.label for unit in diagram(classifier).layers[-1].units] == ["high", "low", "middle"]


def test_values_of_a_row_lead_from_its_scaled_inputs_to_the_prediction(model, classifier):
    X, _ = table()
    found = diagram(model, X=X, row=7, member=0)
    member = model.members_[0]
    x = member.preprocessing.scale_inputs(X[7:8])[0]
    np.testing.assert_allclose([unit.value for unit in found.layers[0].units], x, rtol=1e-6)
    first = member.parameters[0]
    hidden = np.maximum(x @ first["W"] + first["b"], 0)  # relu
    assert found.layers[1].activation == "relu"
    np.testing.assert_allclose([unit.value for unit in found.layers[1].units], hidden, atol=1e-6)
    assert diagram(model, X=X, row=7).layers[-1].units[0].value == pytest.approx(model.predict(X[7:8])[0], rel=1e-4)
    probabilities = [unit.value for unit in diagram(classifier, X=X, row=7).layers[-1].units]
    np.testing.assert_allclose(probabilities, classifier.predict_proba(X[7:8])[0], rtol=1e-4)


def test_the_units_with_the_largest_outgoing_weights_are_shown():
    assert [unit.index for unit in by_hand(most_units=2).layers[1].units] == [0, 1]  # |2| and |-4|, not |1|
    assert [unit.index for unit in by_hand(most_units=1).layers[0].units] == [1]  # 4, not 3.5
    # with a row: the inputs 2 and 1 weigh 7 and 4; units relu(2), relu(-1) and relu(0) weigh 4, 0 and 0
    found = by_hand(most_units=1, X=[[2.0, 1.0]], row=0)
    assert [[unit.index for unit in layer.units] for layer in found.layers] == [[0], [0], [0]]
    assert [layer.left_out for layer in found.layers] == [1, 2, 0]
    assert "3 units are left out" in found.describe()
    assert [(edge.source, edge.target, edge.weight) for edge in found.connections[0].edges] == [(0, 0, 1.0)]


def test_layers_that_act_unit_by_unit_belong_to_the_column_before():
    found = drawn(OF_TABLES)
    assert [layer.kind for layer in found.layers] == ["inputs", "Periodic", "Dense", "Dense"]
    assert [layer.then for layer in found.layers] == [
        ("SmoothClip",),
        ("InputScaling",),
        ("ParametricActivation, mish",),
        ("BoundedScaling", "LinearPath"),
    ]
    assert [layer.numbers for layer in found.layers] == [(1,), (2, 3), (4, 5), (6, 7, 8)]
    assert [layer.size for layer in found.layers] == [3, 7, 5, 1]
    assert found.layers[2].activation == "mish"
    assert found.layers[1].labels == ("1", "2", "3", "1 (1)", "1 (2)", "2 (1)", "2 (2)")


def test_embedded_units_know_what_they_are_made_of():
    network, X = OF_TABLES, np.array([[0.3, -0.2, 1.0]])
    base = drawn(network, X=X, row=0).layers[1].units
    for place in range(3):
        moved = X.copy()
        moved[0, place] += 0.5
        other = drawn(network, X=moved, row=0).layers[1].units
        assert {unit.source for unit, before in zip(other, base, strict=True) if unit.value != before.value} == {place}
    levels = drawn(Network(2, [Embedding((4,), 3), Dense(1)])).layers[1]
    assert [unit.source for unit in levels.units] == [0, 1, 1, 1]
    assert levels.labels == ("1", "2 (1)", "2 (2)", "2 (3)")


def test_a_linear_path_leads_below_the_layers_between():
    parameters = OF_TABLES.initialize(0)
    parameters[-1]["V"] = np.array([[0.5], [-1.0], [2.0]])
    found = diagram(OF_TABLES, parameters)
    path = next(connection for connection in found.connections if connection.beside)
    assert (path.source, path.target, path.layer) == (0, 3, 8)
    np.testing.assert_array_equal(as_array(path), parameters[-1]["V"])
    lowest = min(unit.y for layer in found.layers for unit in layer.units)
    lanes = [edge.lane for edge in path.edges]
    assert len(set(lanes)) == 3
    assert all(0 <= lane < lowest for lane in lanes)


@pytest.mark.parametrize("most_units", [1, 2, 12])
def test_positions_are_distinct_and_between_0_and_1(most_units):
    for found in (by_hand(most_units=most_units), drawn(OF_TABLES, most_units=most_units)):
        places = [(unit.x, unit.y) for layer in found.layers for unit in layer.units]
        places += [(layer.x, layer.more_y) for layer in found.layers if layer.left_out]
        assert len(set(places)) == len(places)
        assert np.all((np.array(places) >= 0) & (np.array(places) <= 1))
        assert [layer.x for layer in found.layers] == sorted({layer.x for layer in found.layers})
        assert all(len(layer.units) + layer.left_out == layer.size for layer in found.layers)


def test_images_are_blocks_without_edges():
    network = Network((6, 6, 1), [Convolution(2, 3, "relu"), MaxPool(2), Flatten(), Dense(3)])
    parameters = network.initialize(0)
    found = diagram(network, parameters, X=np.ones((1, 6, 6, 1)), row=0)
    assert [layer.shape for layer in found.layers] == [(6, 6, 1), (4, 4, 2), (2, 2, 2), (3,)]
    assert [len(layer.units) for layer in found.layers] == [0, 0, 0, 3]
    assert [layer.left_out for layer in found.layers] == [0, 0, 0, 0]
    (connection,) = found.connections
    assert connection.edges == ()
    np.testing.assert_array_equal(connection.matrix.values, parameters[-1]["W"])
    for layer in found.layers[:3]:
        left, right, bottom, top = layer.block
        assert left < layer.x < right
        assert 0 <= bottom < top <= 1
    assert NetworkDisplay(found).plot().frame().height == 8 * 3


def test_json_holds_the_layout_and_the_weights(model):
    found = diagram(model, most_edges=0)
    read = json.loads(json.dumps(found.to_dict()))
    assert read["layers"][0]["labels"] == ["x0", "x1", "x2"]
    assert [layer["size"] for layer in read["layers"]] == [3, 4, 1]
    values = [connection["matrix"]["values"] for connection in read["connections"]]
    for matrix, weights in zip(values, model.coefs_, strict=True):
        np.testing.assert_allclose(matrix, weights.astype(float).mean(axis=0), rtol=1e-6)
    lines = json.loads(json.dumps(by_hand().to_dict()))["connections"][1]["edges"]
    assert [(line["source"], line["weight"], line["sign"]) for line in lines] == [(0, 2, 1), (1, -4, -1), (2, 1, 1)]


def test_lines_hold_the_weights_of_the_record():
    display = NetworkDisplay.from_estimator(Network(2, [Dense(3), Dense(1)]), BY_HAND)
    record = display.record
    for lines, connection in zip(display.edges_, record.connections, strict=True):
        assert len(lines.get_segments()) == len(connection.edges)
        for segment, edge in zip(lines.get_segments(), connection.edges, strict=True):
            start, end = record.layers[connection.source].units, record.layers[connection.target].units
            ends = [[unit.x, unit.y] for unit in (start[edge.source], end[edge.target])]
            np.testing.assert_array_equal(segment, ends)
        weights = np.array([edge.weight for edge in connection.edges])
        widths = np.array(lines.get_linewidths())
        np.testing.assert_allclose(widths / widths.max(), np.abs(weights) / connection.largest)
        negative = weights < 0
        assert [to_hex(color) for color in lines.get_edgecolors()] == [
            (VERMILLION if below else BLUE).lower() for below in negative
        ]
        assert [dashes is not None for _, dashes in lines.get_linestyles()] == negative.tolist()
    assert [len(units.get_offsets()) for units in display.units_] == [2, 3, 1]
    assert display.frame().select("layer", "from", "to", "weight").rows()[-2:] == [
        (2, "2", "1", -4.0),
        (2, "3", "1", 1.0),
    ]
    assert any("largest |w| 4" in text.get_text() for text in display.ax_.texts)


def test_pictures_hold_the_matrices_of_the_record(model):
    display = NetworkDisplay.from_estimator(model, most_units=2, most_edges=0)
    record = display.record
    assert display.edges_ == []
    for place, connection in enumerate(record.connections):
        picture, deviation = display.matrices_[place], display.deviations_[place]
        np.testing.assert_array_equal(picture.get_array(), connection.matrix.values)
        assert picture.get_clim() == (-connection.largest, connection.largest)
        np.testing.assert_array_equal(deviation.get_array(), connection.deviation.values)
        assert tuple(picture.get_extent()) == connection.matrix.extent
    frame = display.frame()
    assert frame.height == 3 * 4 + 4
    np.testing.assert_allclose(
        frame["weight"], np.concatenate([each.mean(axis=0).ravel() for each in model.coefs_]), rtol=1e-6
    )
    said = [text.get_text() for text in display.ax_.texts]
    assert {"+1 more", "+2 more"} <= set(said)
    assert display._repr_png_()[:4] == b"\x89PNG"


def test_means_that_members_disagree_on_are_faint(model):
    display = NetworkDisplay.from_estimator(model)
    for lines, connection in zip(display.edges_, display.record.connections, strict=True):
        each = model.coefs_[connection.layer - 1].astype(float)
        unsure = (np.abs(each.mean(axis=0)) < each.std(axis=0)).ravel()
        ink = np.asarray(lines.get_alpha())
        assert set(ink[unsure]).isdisjoint(ink[~unsure])


def test_units_of_a_row_are_darker_the_larger_their_values():
    display = NetworkDisplay.from_estimator(Network(2, [Dense(3), Dense(1)]), BY_HAND, X=[[2.0, 1.0]], row=0)
    values = np.abs(np.array([2.0, 1.0]) @ W[0])
    light = display.units_[1].get_facecolors()[:, :3].sum(axis=1)
    np.testing.assert_array_equal(np.argsort(light), np.argsort(-values))
    said = [text.get_text() for text in display.ax_.texts]
    assert {"2", "-1", "0", "1: 9"} <= set(said)  # 2 * 2 - 4 * -1 + 1 * 0 + 1


def test_long_names_are_shortened_in_the_figure_alone():
    X, y = table()
    names = ["an extraordinarily long name of a column", "b", "c"]
    long = NetworkRegressor((4,), **SMALL).fit(pl.DataFrame(X, schema=names), y)
    display = NetworkDisplay.from_estimator(long)
    assert display.record.layers[0].units[0].label == names[0]
    said = [text.get_text() for text in display.ax_.texts]
    assert names[0] not in said
    assert any(text.startswith("an extraord") and "…" in text for text in said)


def test_what_does_not_fit_is_refused(model):
    X, _ = table()
    with pytest.raises(ValueError, match="no member 2: the model has members 0 to 1"):
        diagram(model, member=2)
    with pytest.raises(ValueError, match="X and row belong together"):
        diagram(model, X=X)
    with pytest.raises(ValueError, match="X and row belong together"):
        diagram(model, row=0)
    with pytest.raises(ValueError, match="no row 60"):
        diagram(model, X=X, row=60)
    with pytest.raises(ValueError, match="most_units=0"):
        diagram(model, most_units=0)
    with pytest.raises(TypeError, match="leave parameters out"):
        diagram(model, BY_HAND)
    with pytest.raises(TypeError, match="give diagram\\(network, parameters\\)"):
        diagram(OF_TABLES)
    with pytest.raises(TypeError, match="member=0 is of a fitted model"):
        by_hand(member=0)
    with pytest.raises(ValueError, match="the network needs"):
        diagram(OF_TABLES, BY_HAND)
    with pytest.raises(TypeError, match="this is a str"):
        diagram("network")


def test_negative_weights_of_a_picture_have_a_dash_too():
    display = NetworkDisplay.from_estimator(Network(2, [Dense(3), Dense(1)]), BY_HAND, most_edges=0)
    for weights, picture in zip(W, display.matrices_, strict=True):
        left, right, bottom, top = picture.get_extent()
        cells = {
            (
                round(float(x - left) / (right - left) * weights.shape[1] - 0.5, 6),
                round(float(top - y) / (top - bottom) * len(weights) - 0.5, 6),
            )
            for line in display.ax_.lines
            for x, y in line.get_xydata()
            if line.get_marker() == "_" and left < x < right
        }
        assert cells == {(column, row) for row, column in np.argwhere(weights < 0)}
