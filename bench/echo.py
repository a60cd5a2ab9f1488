"""The baseline: a raw ASGI application that answers every request with its own body.

On uvicorn as it comes, which no change of the product moves; `--own` runs it on the product's own HTTP protocol instead.
"""

from __future__ import annotations

import argparse
from typing import Any

import uvicorn
import uvloop

from beforehand.web.server import Server, listen


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the body of the request."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve on a port of loopback until told to stop."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--own", action="store_true")
    arguments = parser.parse_args()
    if arguments.own:
        uvloop.run(Server(app).run_on(listen("127.0.0.1", arguments.port)))
        return
    config = uvicorn.Config(
        app, port=arguments.port, http="httptools", log_level="critical", access_log=False, lifespan="off"
    )
    uvloop.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
