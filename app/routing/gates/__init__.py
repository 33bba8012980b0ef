"""The hard rules: one small function each, over columns, registered once with everything that explains it.

A gate gets the person, the columns and the circumstances, and says a `Verdict` for every row. It knows nothing of
other gates, of travel or of cost. Gates are grouped by theme, and run in the order of standards 2c: the identity of
the provider first, then consent and firewall, then eligibility and admission, then time, capacity and freshness.
Nothing here can be switched off by data; country files can only add.
"""

from app.routing.gates import access, authorities, children, consent, fitness, medical, movement
from app.routing.gates.gate import Circumstances, Gate, LifeSaving, Relaxation, life_saving_codes

GATES: tuple[Gate, ...] = (
    *authorities.GATES,
    *consent.GATES,
    *children.GATES,
    *access.GATES,
    *fitness.GATES,
    *movement.GATES,
    *medical.GATES,
)
"""Every universal gate, in the order in which explanations name them (standards, section 2c)."""

__all__ = ["GATES", "Circumstances", "Gate", "LifeSaving", "Relaxation", "life_saving_codes"]
