"""THE DESK: what the product does; the only room that knows register and engine."""

from app.desk.desk import Desk
from app.desk.doorkeeper import Doorkeeper
from app.desk.replies import Card, Reference, Reply, WhyNotReply
from app.desk.watch import Watch

__all__ = ["Card", "Desk", "Doorkeeper", "Reference", "Reply", "Watch", "WhyNotReply"]
