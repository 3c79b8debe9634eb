"""Runs the command line as ``python -m artgan``."""

from .commands.main import main

if __name__ == "__main__":
    main()
