"""Clients that let the server wait, seen from inside: what a connection does with its time."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from search.web.patience import Patient
from search.web.serving import listening
from search.web.settings import DEFAULTS

SOON = replace(DEFAULTS, request_s=0.3, taking_s=0.3, connections=5)
GET = b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def many_parts():
    for _ in range(2000):
        yield b"x" * 16_384


async def hesitating_parts():
    yield b"x" * 200_000
    await asyncio.sleep(0.6)  # longer than a client may
    yield b"end"


async def body(request):
    return PlainTextResponse(str(len(await request.body())))


APP = Starlette(
    routes=[
        Route("/asked", lambda request: PlainTextResponse(request.query_params["q"])),
        Route("/short", lambda request: PlainTextResponse("short")),
        Route("/long", lambda request: StreamingResponse(many_parts())),
        Route("/hesitating", lambda request: StreamingResponse(hesitating_parts())),
        Route("/whole", lambda request: PlainTextResponse("x" * 5_000_000)),
        Route("/middle", lambda request: PlainTextResponse("x" * 40_000)),  # below what pauses writing
        Route("/body", body, methods=["POST"]),
    ]
)


@asynccontextmanager
async def running(settings=SOON):
    """Run a server in this process; yield its port and the connections whose request is not whole."""
    unfinished = {}
    ((listener,),) = listening("127.0.0.1", 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # so that little is on the way
    config = uvicorn.Config(
        APP, http=partial(Patient, settings, unfinished), lifespan="off", log_config=None, access_log=False, ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield listener.getsockname()[1], unfinished
    finally:
        server.should_exit = True
        await task


async def connected(port, data):
    """Return a connection with small buffers over which some bytes were sent."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    own.setblocking(False)
    await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=own, limit=1_000_000)
    writer.write(data)
    return reader, writer


@pytest.mark.parametrize("path", [b"long", b"whole", b"middle"])
def test_an_answer_that_nobody_takes_is_given_up(path):
    async def asked():
        async with running() as (port, _):
            reader, writer = await connected(port, GET % path)
            await reader.readuntil(b"\r\n\r\n")
            reader._transport.pause_reading()
            await asyncio.sleep(1)
            reader._transport.resume_reading()
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(40_000 if path == b"middle" else 4_900_000)
            writer.close()

    asyncio.run(asked())


def test_an_answer_that_is_taken_slowly_but_steadily_arrives():
    async def asked():
        async with running() as (port, _):
            reader, writer = await connected(port, GET % b"long")
            await reader.readuntil(b"\r\n\r\n")
            for _ in range(10):
                await asyncio.sleep(0.1)  # all in all longer than it may stop
                await reader.readexactly(200_000)
            writer.close()

    asyncio.run(asked())


def test_the_server_may_take_its_time():
    async def asked():
        async with running() as (port, _):
            reader, writer = await connected(port, GET % b"hesitating")
            await reader.readuntil(b"end")
            writer.close()

    asyncio.run(asked())


def test_what_is_whole_is_waited_for_no_more():
    async def asked():
        async with running() as (port, unfinished):
            reader, writer = await connected(port, GET % b"short")
            assert b"short" in await reader.readuntil(b"short")
            await asyncio.sleep(0.5)  # longer than a request may take
            writer.write(GET % b"short")
            again = await reader.readuntil(b"short")
            writer.close()
            return again, dict(unfinished)

    again, unfinished = asyncio.run(asked())
    assert again.startswith(b"HTTP/1.1 200")
    assert not unfinished


def test_a_second_request_has_to_be_whole_as_well():
    async def asked():
        async with running() as (port, _):
            reader, writer = await connected(port, GET % b"short")
            await reader.readuntil(b"short")
            writer.write(b"GET /sho")
            with suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(), 2) == b""
            writer.close()

    asyncio.run(asked())


def test_a_body_that_comes_in_time_is_read():
    async def asked():
        async with running() as (port, _):
            reader, writer = await connected(port, b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc")
            await asyncio.sleep(0.1)
            writer.write(b"def")
            answer = await reader.readuntil(b"\r\n\r\n6")
            writer.close()
            return answer

    assert asyncio.run(asked()).startswith(b"HTTP/1.1 200")


def test_of_too_many_connections_the_oldest_without_a_request_goes():
    async def asked():
        async with running(replace(SOON, request_s=60.0)) as (port, unfinished):
            held = [await connected(port, b"GET /") for _ in range(5)]
            await asyncio.sleep(0.1)
            oldest = next(iter(unfinished))
            reader, writer = await connected(port, GET % b"short")
            answer = await reader.readuntil(b"short")
            gone = oldest not in unfinished, len(unfinished)
            for _, one in [*held, (reader, writer)]:
                one.close()
            return answer, gone

    answer, gone = asyncio.run(asked())
    assert answer.startswith(b"HTTP/1.1 200")
    assert gone == (True, 4)


def test_an_address_may_be_sent_as_it_is_typed():
    """As curl does, which encodes nothing; also on a connection that had a request already."""

    async def asked():
        async with running() as (port, _):
            reader, writer = await connected(port, GET % "asked?q=关税".encode())
            for _ in range(2):
                head = await reader.readuntil(b"\r\n\r\n")
                assert b"200 OK" in head
                assert (await reader.readexactly(6)).decode() == "关税"
                writer.write(GET % "asked?q=关税".encode())
            writer.close()

    asyncio.run(asked())


def test_what_is_sent_besides_an_address_stays_as_it_is():
    async def asked():
        async with running() as (port, _):
            sent = "关税\n关税".encode()
            head = b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(sent)
            reader, writer = await connected(port, head)
            await asyncio.sleep(0.1)
            writer.write(sent)
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.read(2) == str(len(sent)).encode()
            writer.close()

    asyncio.run(asked())
