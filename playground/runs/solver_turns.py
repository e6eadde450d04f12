"""Which of the solvers takes an attempt, pure.

An installation may have two: one that is asked first, and another for problems that the first does
not solve. A path of attempts is divided between them: the first has its answer and its repairs in
the first half of the path (rounded up), the second has the rest. Of a path with one attempt the
second gets nothing, of four it gets two.

A model that fails at a problem mostly fails at it again, however often it repairs, and another one
fails elsewhere: that is why the second is given half and not only the last attempt. Where one of
them does not answer (its engine is down, the problem is too long for it), the other goes on.
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
    planned = int(solvers > 1 and position >= (length + 1) // 2)
    present = [solver for solver in range(solvers) if solver not in absent]
    return planned if planned in present else next(iter(present), None)
