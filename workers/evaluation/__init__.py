"""How good a model is: programs with a known run, predicted and held against it.

Theory of operation. A *suite* (`suites`) is a list of programs with an entry call. For each of
them `reality` records the run in a box, once: recordings are kept by the hash of all that decides
them. `predictions` asks the model, over the same codec as the site, for two things:

* *free-running*: the whole trace, greedy, from the program and the call alone. What the page shows.
* *teacher-forced*: single steps, each with the real steps before it as its history. The greedy
  step after a history is the same however that history came about, so a step whose history the
  free run wrote exactly itself is taken from there; the others cost one short request each.

`results` holds what came of one program and sums many up with `traces.score`; every finished
program is one line in a journal, so an interrupted evaluation goes on where it was. `running` ties
them together. Nothing here knows Django, Redis or the web.
"""
