"""The baseline: a raw ASGI application that answers every request with its own body, on the product's own server."""

from __future__ import annotations

import argparse
from typing import Any

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
    listening = listen("127.0.0.1", parser.parse_args().port)
    uvloop.run(Server(app).run_on(listening))


if __name__ == "__main__":
    main()
