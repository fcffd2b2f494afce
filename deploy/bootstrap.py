"""Make or mend .venv from requirements.lock, and compile the translations; quick when nothing changed.

Runs on any Python 3, far enough to say what is missing; the work is in environment.py.
"""

import os
import sys

NEEDS = (3, 11)


def main() -> None:
    if sys.version_info < NEEDS:
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(
            "MLOps Portal needs Python 3.11 or newer, and %s is %s: "
            "install a newer one, or name it: make PYTHON=/path/to/python3.12" % (sys.executable, found)
        )
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import environment

    sys.exit(environment.make())


if __name__ == "__main__":
    main()
