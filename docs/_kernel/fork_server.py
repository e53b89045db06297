"""Programs that start at once: forks of a process that has imported what all of them need.

    python fork_server.py serve SOCKET               waits for requests until its input ends
    python -S -E fork_server.py run SOCKET MODULE [ARGUMENT ...]     as `python -m MODULE ARGUMENT ...`

A build starts a kernel for each page and a process for each command that a page shows. Their imports would take longer
than most of the pages.
"""

import json
import os
import select
import signal
import socket
import sys

OUTPUTS = 3  # file descriptors that a program gets from who asks for it: input, output and errors
LARGEST_REQUEST = 1 << 20  # bytes


def serve(address: str) -> None:
    """Import what programs need, then fork a process for each request."""
    os.setsid()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()  # who asks before the imports are done waits
    import_what_programs_need()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that wait for programs
    while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
        connection = listener.accept()[0]
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            supervise(connection)
        connection.close()
    os.killpg(0, signal.SIGTERM)  # with those who wait for programs; a kernel ends when that process has gone


def import_what_programs_need() -> None:
    """Import all of glassnet, and what pages import beside it; none of it starts threads that a fork would lack."""
    import importlib

    import glassnet
    import glassnet.cli.command_line

    for name in glassnet.__all__:
        getattr(glassnet, name)
    for name in ("ipykernel.ipkernel", "ipykernel.zmqshell", "jax.numpy", "matplotlib.pyplot", "optax", "pandas"):
        importlib.import_module(name)
    for name in ("datasets", "model_selection", "neural_network", "preprocessing"):
        importlib.import_module(f"sklearn.{name}")


def supervise(connection: socket.socket) -> None:
    """Fork the program that is asked for, and send its process and, when it is over, its exit code."""
    request, descriptors, _, _ = socket.recv_fds(connection, LARGEST_REQUEST, OUTPUTS)
    program = os.fork()
    if program == 0:
        connection.close()
        become(descriptors, **json.loads(request))
    connection.sendall(f"{program}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    connection.sendall(f"{code}\n".encode())
    os._exit(0)


def become(descriptors: list[int], folder: str, environment: dict[str, str], arguments: list[str]) -> None:
    """Run a module as the main program of this process, and end as Python does."""
    import runpy

    for place, descriptor in enumerate(descriptors):
        os.dup2(descriptor, place)
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))  # which a kernel watches
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    sys.exit()


def run(address: str, arguments: list[str]) -> int:
    """Ask for a program, hand on signals, and return its exit code."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    request = {"folder": os.getcwd(), "environment": dict(os.environ), "arguments": arguments}
    socket.send_fds(connection, [json.dumps(request).encode()], range(OUTPUTS))
    answers = connection.makefile()
    program = int(answers.readline())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: os.kill(program, received))
    return int(answers.readline())


if __name__ == "__main__":
    task, address, *arguments = sys.argv[1:]
    sys.exit(serve(address) if task == "serve" else run(address, arguments))
