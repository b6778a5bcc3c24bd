"""An API whose answers take 10 ms on average, lognormal, and have three sizes: lognormal.py PORT"""

import asyncio
import random
import sys

from aiohttp import web


async def answer(_):
    await asyncio.sleep(random.lognormvariate(-4.73, 0.5))
    return web.Response(body=b"x" * random.choice((200, 3_000, 30_000)))


app = web.Application()
app.router.add_get("/", answer)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
