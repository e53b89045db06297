"""Images: test accuracy, seconds an epoch beside torch, and how easily networks are fooled.

    python benchmarks/images.py FOLDER [--parts accuracy,speed,attacks,hardened] [--seeds 3]

FOLDER holds `mnist.npz` and `fashion_mnist.npz` (x_train, y_train, x_test, y_test; uint8, 28 x 28). torch trains the
same layers with its fused Adam on batches of the same size in the same process; first epochs, which compile, are left
out.
"""

import resource
from pathlib import Path
from statistics import mean
from time import perf_counter

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from glassnet import Convolution, Dense, Dropout, Flatten, MaxPool, NetworkClassifier, Recipe, attack

try:
    import torch
except ImportError:
    torch = None

EPSILON = 0.25
NETWORKS = {
    "32 - pool - 64 - pool - 128": (32, 64, 128),
    "16 - pool - 32 - pool - 64": (16, 32, 64),
}
BATCH = 128
EPOCHS_TIMED = 2
MOST_BY_PGD = 1_000  # test images for all but the hardened network, because it takes so much longer than one step
PGD = {"steps": 40, "step_size": 0.01, "starts": 5}
QUERIES = 1_000
MOST_BY_SQUARE = 500
HARD_STEPS, HARD_EPOCHS = 5, 10  # of the adversary in training, and of that training
STRIDED = [
    Convolution(16, 4, "relu", stride=2, padding="same"), Convolution(32, 4, "relu", stride=2, padding="same"),
    Flatten(), Dense(100, "relu"),
]  # fmt: skip


def images(folder, name):
    with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
        return [file[part] for part in ("x_train", "y_train", "x_test", "y_test")]


def accuracy(folder, seeds, console):
    shown = Table(title="test accuracy; epochs, and seconds of a fit with its compilation")
    for head in ("data", "estimator", "seeds", "accuracy", "each", "epochs", "members", "seconds"):
        shown.add_column(head, justify="left" if head in ("data", "estimator") else "right")
    tasks = [("mnist", {}, seeds), ("fashion_mnist", {}, seeds), ("mnist", {"preset": "best"}, 1)]
    tasks = [task for task in tasks if task[2]]
    for name, parameters, count in tasks:
        X, y, X_test, y_test = images(folder, name)
        found, seconds = [], []
        for seed in range(count):
            started = perf_counter()
            model = NetworkClassifier(random_state=seed, **parameters).fit(X, y)
            seconds.append(perf_counter() - started)
            found.append(model.score(X_test, y_test))
            told = f"{name}, {parameters}, seed {seed}: {found[-1]:.4f}, {seconds[-1]:.0f} s"
            console.print(told, highlight=False)
            console.file.flush()
        each = " ".join(f"{own:.4f}" for own in found)
        told = ", ".join(f"{key}={value!r}" for key, value in parameters.items())
        cells = (name, f"NetworkClassifier({told})", count, f"{mean(found):.4f}", each, model.n_iter_)
        shown.add_row(*map(str, cells), str(len(model.members_)), f"{mean(seconds):.0f}")
    console.print(shown)
    console.print(
        f"largest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB"
    )


def ours(X, y, sizes):
    """Return seconds an epoch of our network, by fits of 1 and of more epochs, programs compiled before."""
    first, second, dense = sizes
    layers = [
        Convolution(first, 3, "relu", padding="same"), MaxPool(2), Convolution(second, 3, "relu", padding="same"),
        MaxPool(2), Flatten(), Dense(dense, "relu"), Dropout(0.25),
    ]  # fmt: skip
    seconds = {}
    for epochs in (1, 1, 1 + EPOCHS_TIMED):
        model = NetworkClassifier(layers=layers, max_iter=epochs, early_stopping=False, n_members=1, batch_size=BATCH)
        started = perf_counter()
        model.fit(X, y)
        seconds[epochs] = perf_counter() - started
    return (seconds[1 + EPOCHS_TIMED] - seconds[1]) / EPOCHS_TIMED


def theirs(X, y, sizes):
    """Return seconds an epoch of the same network in torch."""
    first, second, dense = sizes
    nn = torch.nn
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, first, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(49 * second, dense), nn.ReLU(), nn.Dropout(0.25), nn.Linear(dense, 10),
    )  # fmt: skip
    solver, loss = torch.optim.Adam(network.parameters(), lr=0.002, fused=True), nn.CrossEntropyLoss()
    pixels = (torch.from_numpy(X).float()[:, None] - float(X.mean())) / float(X.std())
    truth = torch.from_numpy(y).long()
    times = []
    for _ in range(1 + EPOCHS_TIMED):
        started = perf_counter()
        order = torch.randperm(len(pixels))
        for at in range(0, len(pixels) - BATCH + 1, BATCH):
            rows = order[at : at + BATCH]
            solver.zero_grad(set_to_none=True)
            loss(network(pixels[rows]), truth[rows]).backward()
            solver.step()
        times.append(perf_counter() - started)
    return mean(times[1:])


def speed(folder, seeds, console):
    if torch is None:
        raise click.UsageError("the part speed needs torch: pip install -r requirements-bench.txt")
    X, y, *_ = images(folder, "mnist")
    shown = Table(title=f"seconds an epoch of MNIST's {len(X)} images, batch {BATCH}, Adam")
    for head in ("network", "glassnet", f"torch, {torch.get_num_threads()} threads", "glassnet / torch"):
        shown.add_column(head, justify="left" if head == "network" else "right")
    for name, sizes in NETWORKS.items():
        one, other = ours(X, y, sizes), theirs(X, y, sizes)
        shown.add_row(name, f"{one:.1f}", f"{other:.1f}", f"{one / other:.2f}")
    console.print(shown)


def in_torch(model):
    """Return the fitted network of STRIDED as a function of pixels from 0 to 1, in torch."""
    nn = torch.nn
    network = nn.Sequential(
        nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(),
        nn.Flatten(), nn.Linear(49 * 32, 100), nn.ReLU(), nn.Linear(100, 10),
    )  # fmt: skip
    arrays = [
        {name: torch.from_numpy(np.array(a)) for name, a in layer.items()} for layer in model.parameters_ if layer
    ]
    first, second, hidden, last = arrays
    images_of_hidden = hidden["W"].reshape(7, 7, 32, 100).permute(2, 0, 1, 3).reshape(-1, 100)  # channels come first
    weights = [first["W"].permute(3, 2, 0, 1), second["W"].permute(3, 2, 0, 1), images_of_hidden.T, last["W"].T]
    for number, weight, layer in zip((0, 2, 5, 7), weights, arrays, strict=True):
        network[number].weight.data, network[number].bias.data = weight.contiguous(), layer["b"]
    scaler = model.members_[0].preprocessing.inputs
    black, white = (float(scaler.transform(np.full((1, 28, 28, 1), end))[0, 0, 0, 0]) for end in (0, 255))
    return lambda pixels: network(black + (white - black) * pixels[:, None])


def errors_in_torch(model, X, y, epsilon, steps, step_size, starts):
    """Return the shares of images whose class is wrong as given, and where the cost was largest on the way of PGD."""
    torch.manual_seed(0)
    network, wrong = in_torch(model), np.zeros(2)
    for at in range(0, len(X), 1_000):
        rows = torch.from_numpy(X[at : at + 1_000]).float() / 255
        classes = torch.from_numpy(y[at : at + 1_000]).long()
        low, high = (rows - epsilon).clamp(min=0), (rows + epsilon).clamp(max=1)

        def costs_of(moved, classes=classes):
            return torch.nn.functional.cross_entropy(network(moved), classes, reduction="none")

        worst, most = rows.clone(), costs_of(rows).detach()
        for _ in range(starts):
            moved = (rows + epsilon * (2 * torch.rand_like(rows) - 1)).clamp(low, high)
            for _ in range(steps + 1):
                moved.requires_grad_(True)
                costs = costs_of(moved)
                (slope,) = torch.autograd.grad(costs.sum(), moved)
                moved, costs = moved.detach(), costs.detach()
                worst[costs > most] = moved[costs > most]
                most = torch.maximum(most, costs)
                moved = torch.minimum(torch.maximum(moved + step_size * slope.sign(), low), high)
        wrong += [int((network(some).argmax(1) != classes).sum()) for some in (rows, worst)]
    return wrong / len(X)


def attacks(folder, seeds, console):
    X, y, X_test, y_test = images(folder, "mnist")
    shown = Table(title=f"MNIST, {len(X_test)} test images, epsilon {EPSILON}: error as given and attacked")
    for head in ("network", "as given", "fgsm", "fgsm, not cut off at black and white", f"pgd, first {MOST_BY_PGD}"):
        shown.add_column(head, justify="left" if head == "network" else "right")
    models = {
        "softmax regression": NetworkClassifier(layers=[Flatten()], random_state=0),
        "default": NetworkClassifier(random_state=0),
        f"default, adversarial={EPSILON}": NetworkClassifier(random_state=0, preset=Recipe(adversarial=EPSILON)),
    }
    for name, model in models.items():
        model.fit(X, y)
        found = [attack(model, X_test, y_test, EPSILON, clip=clip) for clip in ("auto", None)]
        found.append(attack(model, X_test[:MOST_BY_PGD], y_test[:MOST_BY_PGD], EPSILON, method="pgd", **PGD))
        shown.add_row(name, f"{found[0].error_before:.2%}", *(f"{own.error_after:.2%}" for own in found))
    console.print(shown)


def hardened(folder, seeds, console):
    """Train a network against many steps, and attack it in every way, and with torch."""
    X, y, X_test, y_test = images(folder, "mnist")
    recipe = Recipe(adversarial=EPSILON, adversarial_steps=HARD_STEPS)
    model = NetworkClassifier(
        layers=STRIDED, preset=recipe, n_members=1, max_iter=HARD_EPOCHS, early_stopping=False, random_state=0
    )
    started = perf_counter()
    model.fit(X, y)
    minutes = (perf_counter() - started) / 60
    console.print(f"trained for {HARD_EPOCHS} epochs against {HARD_STEPS} steps in {minutes:.1f} minutes")
    shown = Table(title=f"MNIST, epsilon {EPSILON}, a network trained against {HARD_STEPS} steps: error")
    for head in ("attack", "first test images", "error as given", "error attacked"):
        shown.add_column(head, justify="left" if head == "attack" else "right")
    tasks = [("fgsm", {}, len(X_test)), ("pgd", PGD, len(X_test)), ("pgd", PGD, MOST_BY_SQUARE)]
    for name, options, count in [*tasks, ("square", {"steps": QUERIES}, MOST_BY_SQUARE)]:
        found = attack(model, X_test[:count], y_test[:count], EPSILON, method=name, **options)
        shown.add_row(name, str(count), f"{found.error_before:.2%}", f"{found.error_after:.2%}")
    if torch is None:
        console.print("torch is not installed: its attack is left out (pip install -r requirements-bench.txt)")
    else:
        before, after = errors_in_torch(model, X_test, y_test, EPSILON, **PGD)
        shown.add_row("pgd by torch", str(len(X_test)), f"{before:.2%}", f"{after:.2%}")
    console.print(shown)


PARTS = {"accuracy": accuracy, "speed": speed, "attacks": attacks, "hardened": hardened}


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--parts", default=",".join(PARTS), show_default=True, help="With commas.")
@click.option(
    "--seeds",
    default=3,
    show_default=True,
    help="Fits whose accuracy is averaged in the part accuracy; 0 leaves only the best preset.",
)
def main(folder, parts, seeds):
    console = Console(width=140)
    for part in parts.split(","):
        if part not in PARTS:
            raise click.UsageError(f"--parts has {part!r}; choose from {', '.join(PARTS)}")
        PARTS[part](folder, seeds, console)


if __name__ == "__main__":
    main()
