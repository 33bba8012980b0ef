"""Problems that do not depend on the hour, and what other solvers make of them; `benchmarks/peers.py` compares.

Every `with_*` module is one peer. `solve(problem)` takes the plain values of a `referral-problem/1` file and gives the
cost (c0, c1, c2, c3) of the best route, which is that of doing nothing when nothing can be done.
"""
