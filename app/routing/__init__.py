"""THE ENGINE: from a profile and a snapshot of the register to safe, ranked, explained routes. Pure.

It reads no file, clock, socket or setting, draws nothing at random and logs nothing: the same values in give the same
bytes out. The walk, in the order of the modules:

1. `sequence` - what is needed, what the rules add, what must come before what, until when.
2. `lookout` and `surroundings` - which service points to look at, and what may lie beyond: mirages (`horizon`).
3. `gates` and `judgement` - hard rules, written once over columns; what is left of every service point, in four words
   (open, unknown, unset, closed), for routes and for leads. `witness` tells which answers of the person a gate read.
4. `requirements` and `preferences` - which doors ask for another code first; what makes one safe point better.
5. `case` and `formulate` - all of that as one `Field` of columns: codes, places and whole numbers, nothing personal.
6. `narrow` and `search` - few points, then the exact best sequence of steps over them, with its bounds (`outlook`,
   `circles`, `afar`, `hope`), what may be served at all (`reach`), the rules of moving (`ground`, `labels`), `backups`.
7. `steps`, `explain` and `questions` - every choice and every no with its rule; what to ask next.

`plan` walks the whole way; `solve` starts at the problem. Other rooms use the names below and no others.
"""

from app.routing.building import build_columns, columns_of_batches
from app.routing.case import Case
from app.routing.columns import Columns
from app.routing.explain import fears_police, why_not
from app.routing.gates import GATES, Gate
from app.routing.gates.country import country_rules
from app.routing.gates.fitness import SHORT_LIVED
from app.routing.links import Links, build_links, links_of_batches
from app.routing.network import Moment, Network, build_network, network_of
from app.routing.plan import open_case, plan, problems_of
from app.routing.policy import RankingPolicy
from app.routing.problem import SearchProblem, from_json, to_json
from app.routing.rulebook import markdown, rulebook
from app.routing.rules import Rule, RuleKind
from app.routing.run import Found
from app.routing.search import solve

__all__ = [
    "GATES",
    "SHORT_LIVED",
    "Case",
    "Columns",
    "Found",
    "Gate",
    "Links",
    "Moment",
    "Network",
    "RankingPolicy",
    "Rule",
    "RuleKind",
    "SearchProblem",
    "build_columns",
    "build_links",
    "build_network",
    "columns_of_batches",
    "country_rules",
    "fears_police",
    "from_json",
    "links_of_batches",
    "markdown",
    "network_of",
    "open_case",
    "plan",
    "problems_of",
    "rulebook",
    "solve",
    "to_json",
    "why_not",
]
