"""Which of the solvers takes an attempt, pure.

An installation may have two: one that is asked first, and another for problems that the first does
not solve. A path of attempts is divided between them: the second has the last quarter of it
(rounded down, and at least one attempt of a path with two), the first all before. So the first,
which is chosen for being the better one, may repair and begin anew, and what is beyond it is still
tried by another. Where one of them does not answer (its engine is down, the problem is too long for
it), the other goes on.
"""

from __future__ import annotations

from collections.abc import Collection


def solver_for(
    position: int, length: int, solvers: int, absent: Collection[int] = ()
) -> int | None:
    """Number (from 0) of the solver that takes the attempt at `position` (from 0) of a path with
    at most `length` attempts; None where nobody is left.

    There are one or two `solvers`. `absent` are those that did not answer earlier in this path.
    """
    kept = max(1, length // 4) if length > 1 else 0
    planned = int(solvers > 1 and position >= length - kept)
    present = [solver for solver in range(solvers) if solver not in absent]
    return planned if planned in present else next(iter(present), None)
