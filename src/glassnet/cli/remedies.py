"""Messages in the words of the command line: what they advise in Python is an option of the command, where it has one.

Messages come from functions that know of no command. They name parameters as Python takes them, as in max_iter=500 or
fit(..., groups=...), and names of columns and cells in quotes, which stay as they are.
"""

import re

import click

# Parameters whose option has another name.
ALIASES = {"sample_weight": "weight", "random_state": "seed", "coverage": "interval"}
PHRASES = (
    (
        re.compile(r"sort the rows by ('[^']*'|one of them) and give cv=TimeSeriesSplit\(\d+\) and n_members=\d+"),
        r"give --time \1",
        "time",
    ),
    (re.compile(r"Recipe\(drop_identifiers=False\)"), "--columns NAME", "only"),
)  # each with what stands instead, and the parameter of the option that a command must have
BESIDE_AN_OPTION = re.compile(r"(--[a-z-]+ (?:'[^']*'|\S+)) \(\w+=[^()]*\)")  # --header 3 (header=3)
PYTHON = re.compile(
    r"""'(?:[^'\\]|\\.)*'                                       # a name or a cell
    |   \bfit\(\.\.\.,\ (?P<of_fit>\w+)=\.\.\.\)
    |   \b(?P<name>[a-z_]+)=(?:'(?P<text>[\w.]+)'|(?P<value>-?\w+(?:\.\w+)?\b)(?![(.]))
    |   \b(?P<alone>[a-z]+_[a-z_]+)\b(?![(=])""",
    re.VERBOSE,
)


def with_options(message: str, command: click.Command) -> str:
    """Return a message with the options of a command in place of parameters of Python."""
    options = {option.name: option for option in command.params if isinstance(option, click.Option)}
    message = with_phrases(message, command)

    def option_for(found: re.Match[str]) -> str:
        name = found["of_fit"] or found["name"] or found["alone"]
        option = options.get(ALIASES.get(name, name))
        if option is None:
            return found[0]
        return _typed(option, found["text"] or found["value"]) or found[0]

    return PYTHON.sub(option_for, BESIDE_AN_OPTION.sub(r"\1", message))


def with_phrases(text: str, command: click.Command) -> str:
    """Return a text in which advice is what a command takes; names of parameters alone, as a recipe has them, stay."""
    options = {option.name for option in command.params}
    for phrase, instead, needed in PHRASES:
        text = phrase.sub(instead, text) if needed in options else text
    return text


def _typed(option: click.Option, value: str | None) -> str | None:
    """Return what is typed for a value of a parameter, or for the parameter itself; None where nothing is."""
    if option.is_flag:
        names = {None: option.opts, "True": option.opts, "False": option.secondary_opts}.get(value)
        return names[-1] if names else None
    if value == "None":
        return None
    return option.opts[-1] if value is None else f"{option.opts[-1]} {value}"
