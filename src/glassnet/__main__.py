"""The entry point of `glassnet` and `python -m glassnet`."""

from glassnet.cli.command_line import main

if __name__ == "__main__":
    main()
