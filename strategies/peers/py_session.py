"""One request after the other on one requests.Session: article D's second program."""
import requests
from fanout_peer import Peer

peer = Peer(f"requests {requests.__version__}")
plan = peer.plan
session = requests.Session()

for request in peer.go():
    with request:
        response = session.request(plan.method, request.url, data=plan.body, headers=plan.headers,
                                   timeout=request.timeouts(), verify=plan.certificates)
        request.headed(response.status_code, response.headers)
        request.received(response.raw.tell(), missing=response.raw.length_remaining)
peer.done()
