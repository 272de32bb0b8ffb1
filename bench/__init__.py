"""What ``script/bench`` measures: one table, and the same as JSON beside it.

How to measure here:

* Every figure stands beside a floor of the same run: the least that any program could do for
  the same result on the same machine at the same hour. Machines differ and neighbours are busy,
  so that a time says little and the ratio much.
* Figure and floor take turns, so that a busy minute hits both. A figure of many small steps is
  the median after a warm-up; a figure of one long step is the best of a few.
* The machine's load before and after is written down with each figure. Nothing else may be
  running on it for a figure that goes into a document.
* A target that is not reached is shown as missed, and the exit status stays 0: a figure is no
  test.

A new figure is a function that takes the ``Stage`` and returns a ``Row``, or several that were
measured at once: what one coder meets in ``bench/figures.py``, what many meet together in
``bench/load.py``, what a large project costs more than a small one in ``bench/scale.py``, what
needs a browser in ``bench/keystrokes.py``.
"""
