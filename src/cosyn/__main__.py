"""Run the command line with ``python -m cosyn``."""

from cosyn.cli import main

if __name__ == "__main__":
    main()
