"""Records quarantine and lifts it again, for ever: what a register sees while people are answered.

python -m benchmarks._steward SECONDS
"""

import sys
import time

from app.main import open_store
from app.settings import Settings


def main() -> None:
    """Goes on until it is stopped."""
    store = open_store(Settings())
    slug = store.read_directory().organizations[0].services[0].slug
    while True:
        for record in (store.quarantine, store.lift):
            record(slug, by="a benchmark", reason="to and fro")
            time.sleep(float(sys.argv[1]))


if __name__ == "__main__":
    main()
