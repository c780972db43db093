"""The one entry of RNN Scope: it opens the window, or hands a sub-command over."""

import os
import sys

# Matrices are small here: a second thread of a BLAS costs far more than it gives, and changes the last bits.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main() -> int:
    """Run the command that the arguments name and return its exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets this far
        sys.exit(f"RNN Scope needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        from resources.launcher import launch

        return launch(sys.argv[1:])
    except KeyboardInterrupt:  # while modules are still being imported; later each command answers by itself
        print("Interrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
