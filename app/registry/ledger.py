"""Everything that works with whole rows of the register: loading, recording, reading all of it, chains, making keys.

It brings the tables and their mapper, which take half a second to import; the store asks for it when it first needs it,
and a server that only answers never does.
"""

from app.registry.chain import chain_faults
from app.registry.contacts import open_contacts, sealed_contacts
from app.registry.drafting import count_fresh, propose
from app.registry.keyring import add_key, all_keys, end_key
from app.registry.loading import Cause, load
from app.registry.reading import directory_in, quarantined_in, revision_in
from app.registry.recording import record_quarantine, record_report, record_verification

__all__ = [
    "Cause",
    "add_key",
    "all_keys",
    "chain_faults",
    "count_fresh",
    "directory_in",
    "end_key",
    "load",
    "open_contacts",
    "propose",
    "quarantined_in",
    "record_quarantine",
    "record_report",
    "record_verification",
    "revision_in",
    "sealed_contacts",
]
