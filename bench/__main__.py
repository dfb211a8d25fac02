"""``python -m bench [stream] [pages]``: measure, print, and keep the figures in ``bench/results``."""

import sys

from bench import measure


def main() -> None:
    wanted = sys.argv[1:] or ["pages", "stream"]
    with measure.installation():
        # They import models, which need the settings that the installation has just made.
        for name in wanted:
            measure.load(name)()


if __name__ == "__main__":
    main()
