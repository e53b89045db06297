"""What a graphics card brings and whether it computes the same, in one run: the table of docs/guide/scale.md.

    python benchmarks/gpu.py [--no-tests]

Every line is a process of its own, because XLA reads its flags when it starts. Microseconds of a step are those of
whole epochs, the difference of a long and a short fit, without compilation; the processor's stand beside. Without a
graphics card that JAX sees it says so and ends with code 2.
"""

import hashlib
import json
import os
import subprocess
import sys
from time import perf_counter

import click
import jax
import numpy as np
from rich.console import Console
from rich.table import Table

from glassnet import NetworkRegressor
from glassnet.network import devices

ROWS, BATCH, EPOCHS = 16_384, 512, 40
DETERMINISTIC = "--xla_gpu_deterministic_ops=true"
LOOPS = "--xla_gpu_enable_command_buffer=+WHILE"
CLOSE = 1e-4  # of the loss of an epoch, between processor and card
TESTS = ["-m", "not slow and not browser and not jupyterlab and not cuda_text", "tests/network", "tests/training"]


def table_of(columns):
    random = np.random.default_rng(0)
    X = random.normal(size=(ROWS, columns))
    return X, np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * random.normal(size=ROWS)


def recipe(members, device, epochs):
    return NetworkRegressor(
        n_members=members,
        batch_size=BATCH,
        early_stopping=False,
        n_iter_no_change=10**6,
        max_iter=epochs,
        device=device,
        random_state=0,
    )


def wide(precision, device, epochs):
    return NetworkRegressor(
        (2048, 2048), "relu", preset="plain", batch_size=1024, early_stopping=False, n_iter_no_change=10**6,
        max_iter=epochs, device=device, precision=precision, random_state=0,
    )  # fmt: skip


def microseconds(make, columns, epochs):
    """Return the time of a step: of the epochs that a long fit has more than a short one."""
    X, y, seconds = *table_of(columns), []
    make(1).fit(X, y)  # compiles
    for count in (1, 1 + epochs):
        start = perf_counter()
        model = make(count).fit(X, y)
        seconds.append(perf_counter() - start)
    steps = epochs * (min(len(member.split.train) for member in model.members_) // model.recipe_.batch_size)
    return 1e6 * (seconds[1] - seconds[0]) / steps


def fitted(device):
    """Return the losses and a digest of the parameters of three epochs of the recipe with eight members."""
    model = recipe(8, device, 3).fit(*table_of(20))
    arrays = [array.tobytes() for layer in model.parameters_ for array in layer.values()]
    peak = (jax.devices()[0].memory_stats() or {}).get("peak_bytes_in_use", 0)
    digest = hashlib.sha256(b"".join(arrays)).hexdigest()
    return {"losses": model.loss_curve_, "digest": digest, "peak": peak, "device": model.device_}


def measured(name):
    """Return what one part finds: its name is the kind, then a number or a precision, and the device."""
    kind, what, device = name.split(",")
    if kind == "fit":
        return fitted(device)
    if kind == "wide":
        return microseconds(lambda epochs: wide(what, device, epochs), 256, 4 if device == "cpu" else EPOCHS)
    return microseconds(lambda epochs: recipe(int(what), device, epochs), 20, 2 if device == "cpu" else EPOCHS)


def apart(name, *flags):
    """Return what a part finds in a process of its own with these flags of XLA; None, and what it said, if it fails."""
    environment = {**os.environ, "XLA_FLAGS": " ".join([os.environ.get("XLA_FLAGS", ""), *flags]).strip()}
    command = [sys.executable, "-W", "ignore", __file__, "--part", name]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        print(f"{name} {' '.join(flags)} failed: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def same(console):
    """Say whether the card computes what the processor does, and the same again."""
    card, processor = apart("fit,8,gpu"), apart("fit,8,cpu")
    if card is None or processor is None:
        return
    away = np.max(np.abs(np.divide(card["losses"], processor["losses"]) - 1))
    verdict, peak = "close" if away <= CLOSE else "NOT CLOSE", card["peak"] / 2**20
    console.print(f"{card['device']}: {peak:.0f} MiB of its memory at most; losses of three epochs, beside those of")
    console.print(f"the processor: {away:.1e} of themselves away, {verdict}")
    once, again = (apart("fit,8,gpu", DETERMINISTIC) for _ in range(2))
    if once is not None and again is not None:
        console.print(
            f"{DETERMINISTIC}: {'the same bits' if once['digest'] == again['digest'] else 'OTHER BITS'} again"
        )


def speed(console):
    table = Table(title="microseconds a step")
    for head in ("network", "what", "processor", "card", "card, loops in command buffers"):
        table.add_column(head, justify="left" if head in ("network", "what") else "right")
    lines = [("recipe 20-128x3", f"members,{members}") for members in (1, 8, 16)]
    lines += [("256-2048-2048-1", f"wide,{precision}") for precision in devices.PRECISIONS]
    for network, part in lines:
        on_processor = apart(f"{part},cpu") if part not in ("wide,tf32", "wide,bfloat16") else None
        found = on_processor, apart(f"{part},gpu"), apart(f"{part},gpu", LOOPS)
        table.add_row(network, part, *("-" if number is None else f"{number:.0f}" for number in found))
    console.print(table)


@click.command()
@click.option("--part", hidden=True)
@click.option("--no-tests", is_flag=True, help="Leave the tests out.")
def main(part, no_tests):
    if part is not None:
        print(json.dumps(measured(part)))
        return
    console = Console()
    if not devices.graphics_cards():
        console.print("JAX sees no graphics card; `glassnet doctor` says why")
        sys.exit(2)
    same(console)
    speed(console)
    if not no_tests:
        environment = {**os.environ, "JAX_PLATFORMS": "cuda,cpu"}
        sys.exit(
            subprocess.run([sys.executable, "-m", "pytest", "-q", *TESTS], env=environment, check=False).returncode
        )


if __name__ == "__main__":
    main()
