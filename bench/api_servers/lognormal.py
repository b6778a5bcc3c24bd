"""An API whose answers take 10 ms or so on average, lognormal, and have three sizes:
lognormal.py PORT [MEAN_MS]"""

import asyncio
import math
import random
import sys

from aiohttp import web


SIGMA = 0.5
mean = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.010


async def answer(_):
    await asyncio.sleep(random.lognormvariate(math.log(mean) - SIGMA**2 / 2, SIGMA))
    return web.Response(body=b"x" * random.choice((200, 3_000, 30_000)))


app = web.Application()
app.router.add_get("/", answer)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
