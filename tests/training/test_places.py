"""How members and rows are spread over devices."""

from dataclasses import dataclass

import pytest

from glassnet.training import places


@dataclass
class Mesh:
    devices: object
    names: tuple


@pytest.mark.parametrize(
    ("members", "batch_size", "devices", "shape"),
    [
        (8, 512, 4, (4, 1)),
        (8, 512, 7, (4, 1)),
        (5, 30, 8, (5, 1)),
        (6, 512, 4, (3, 1)),
        (2, 512, 4, (2, 2)),
        (6, 512, 3, (3, 1)),
        (1, 512, 4, (1, 4)),
        (1, 30, 4, (1, 3)),
        (8, 512, 3, (2, 1)),
        (1, None, 4, (1, 1)),
        (1, 512, 1, (1, 1)),
    ],
)
def test_members_are_spread_first_and_batches_over_what_is_left(monkeypatch, members, batch_size, devices, shape):
    monkeypatch.setattr(places.jax.sharding, "Mesh", Mesh)
    mesh = places.mesh_for(members, batch_size, range(devices))
    if shape == (1, 1):
        assert mesh is None
    else:
        assert mesh.devices.shape == shape
        assert mesh.names == ("members", "rows")
