"""An API that works on five requests at once, 10 ms each; others wait for their turn: five.py PORT"""

import asyncio
import sys

from aiohttp import web

turns = asyncio.Semaphore(5)


async def answer(_):
    async with turns:
        await asyncio.sleep(0.010)
    return web.Response(body=b"x" * 500)


app = web.Application()
app.router.add_get("/", answer)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
