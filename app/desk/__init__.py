"""THE DESK: what the product does; the only room that knows register and engine."""

from app.desk.desk import Desk
from app.desk.replies import Card, Reference, Reply, WhyNotReply

__all__ = ["Card", "Desk", "Reference", "Reply", "WhyNotReply"]
