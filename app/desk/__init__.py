"""THE DESK: what the product does; the only room that knows register and engine."""

from app.desk.desk import Desk
from app.desk.replies import Card, Reference, Reply, WhyNotReply
from app.registry.exchange.feed import Depth, Feed
from app.registry.exchange.ids import as_uuid
from app.registry.exchange.lists import Asked
from app.registry.exchange.profile import HSDS_VERSION
from app.registry.exchange.rolls import Kind
from app.registry.exchange.terms import taxonomies, taxonomy_terms

__all__ = [
    "HSDS_VERSION",
    "Asked",
    "Card",
    "Depth",
    "Desk",
    "Feed",
    "Kind",
    "Reference",
    "Reply",
    "WhyNotReply",
    "as_uuid",
    "taxonomies",
    "taxonomy_terms",
]
