"""One address in front of several servers, as a load balancer is: `door PORT...`; prints its own port."""

import sys
import time

from ..support.way import Way

print(Way(*map(int, sys.argv[1:])).port, flush=True)
time.sleep(1e6)
