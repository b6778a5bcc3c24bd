"""One request after the other, each on a new connection: article D's first program."""
import requests
from fanout_peer import Peer

peer = Peer(f"requests {requests.__version__}")
plan = peer.plan

for request in peer.go():
    with request:
        response = requests.request(plan.method, request.url, data=plan.body, headers=plan.headers,
                                    timeout=request.timeouts(), verify=plan.certificates)
        request.headed(response.status_code, response.headers)
        request.received(response.raw.tell(), missing=response.raw.length_remaining)
peer.done()
