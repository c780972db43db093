"""Which Python runs the program: the one that was started if it has all it needs, or else that of .venv."""

import os
import sys

from resources.setup import SetupError, doubts
from resources.setup.environment import Environment, run_again

AGAIN = "RNN_SCOPE_MADE_AGAIN"  # set when a damaged .venv is made again: what fails after that is no damage


def ensure(environment: Environment, *, allowed: bool) -> None:
    """Come back only in a Python that has what a command needs; set one up if there is none.

    Raises:
        SetupError: something is missing and cannot be installed, or must not, since that is not allowed.
    """
    is_complete, is_running = environment.is_complete(), environment.is_running
    if is_running and is_complete:
        _make_again(environment, environment.damage(thorough=False), allowed)
        return
    as_it_is = environment.is_foreign or not allowed
    if as_it_is or not is_running:
        from resources.setup.requirements import missing

        lacking = missing(environment.root / "pyproject.toml", environment.group)
        if not lacking:
            _complete_system(environment, allowed)
            return
    if not is_running and (is_complete or as_it_is) and os.path.lexists(environment.python):
        try:
            run_again(environment.python)
        except OSError as error:
            _make_again(environment, f"its Python cannot be run: {error.strerror}", allowed)
    if not allowed:
        python, *lists = (
            path.relative_to(environment.root) for path in (environment.python, *environment.lists)
        )
        install = f"{python} -m pip install -r {' -r '.join(map(str, lists))}"
        by_hand = f'"{environment.base_python()}" -m venv .venv && {install}'
        what = f"{sys.executable} lacks {', '.join(lacking)}; start without --no-setup, or install"
        raise SetupError(f"{what} what is needed in {environment.root} with: {by_hand}")
    from resources.setup.building import build

    build(environment)
    run_again(environment.python)


def mend(environment: Environment, *, allowed: bool) -> None:
    """Look after an error whether the environment is damaged; if so make it again and run the command again.

    Raises:
        SetupError: it must not be made again, or the system lacks a library.
    """
    if environment.is_running and environment.is_complete():
        _make_again(environment, environment.damage(thorough=True), allowed)
        _complete_system(environment, allowed=False)


def settle(environment: Environment) -> None:
    """Look whether what was doubted meanwhile comes from damage, which the next start is to mend."""
    if doubts and environment.is_running and (damage := environment.damage(thorough=True)):
        environment.unstamp()
        print(f"{environment.folder} is damaged ({damage}); the next start makes it again.", file=sys.stderr)


def _make_again(environment: Environment, damage: str, allowed: bool) -> None:
    """Begin anew without the stamp if there is damage, but only once."""
    if not damage or AGAIN in os.environ:
        return
    what = f"{environment.folder} is damaged ({damage})"
    if not allowed:
        raise SetupError(f"{what}; start without --no-setup to have it made again.", 2)
    print(f"{what}; making it again.", file=sys.stderr)
    environment.unstamp()
    os.environ[AGAIN] = "1"
    run_again(environment.base_python())


def _complete_system(environment: Environment, allowed: bool) -> None:
    from resources.setup.system import complete

    complete(environment.libraries, allowed=allowed)
