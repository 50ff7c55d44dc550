"""Works off the queue of orders, in the stable slot only.

A consumer has no requests that NGINX could share out: in the canary slot it would take orders from its first second,
with a share of 0 too. Canary Deploy gives each container CANARY_SLOT, so the canary's consumer can stay off; its release
gets orders when it is promoted.
"""

import logging
import os
import signal
import threading

from shop.queue import ORDERS, connect

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
log = logging.getLogger("worker")
stopping = threading.Event()


def stop(*_: object) -> None:
    stopping.set()


def work() -> None:
    queue = connect()
    while not stopping.is_set():
        taken = queue.blpop(ORDERS, timeout=1)
        if taken is not None:
            log.info("order %s", taken[1])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    if os.environ.get("CANARY_SLOT") == "canary":
        log.info("this is the canary slot: waiting, the stable slot's worker has the orders")
        stopping.wait()
    else:
        work()
