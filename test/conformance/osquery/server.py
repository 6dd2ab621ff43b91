"""An osquery extension manager made of osquery's own Python bindings, over a UNIX socket.

Answers a few statements the way osqueryd does; everything else is refused as a syntax error. Prints one line when
it listens, and ends when its input ends.
"""
import logging
import os
import sys
import threading

from osquery.extensions.ExtensionManager import Iface, Processor
from osquery.extensions.ttypes import ExtensionResponse, ExtensionStatus
from thrift.protocol import TBinaryProtocol
from thrift.server import TServer
from thrift.transport import TSocket, TTransport


def rows_of(sql):
    """The rows of a statement, or None for one that is not known."""
    if sql == "SELECT 1 AS one":
        return [{"one": "1"}]
    if sql == "SELECT name, pid FROM processes":
        return [{"name": "bash", "pid": "4700"}, {"name": "übergröße \u2603", "pid": "-1"}]
    if sql == "SELECT * FROM nothing":
        return []
    if sql.startswith("SELECT many "):
        return [{"i": str(i), "text": "x" * 50} for i in range(int(sql.rsplit(" ", 1)[1]))]
    return None


class Manager(Iface):
    """The side that osqueryd plays."""

    def query(self, sql):
        if sql == "crash":
            raise ValueError("the server fails")
        rows = rows_of(sql)
        if rows is None:
            return ExtensionResponse(ExtensionStatus(1, 'near "%s": syntax error' % sql[:20], 7), [])
        return ExtensionResponse(ExtensionStatus(0, "OK", 7), rows)


def main(path):
    server = TServer.TThreadedServer(
        Processor(Manager()),
        TSocket.TServerSocket(unix_socket=path),
        TTransport.TBufferedTransportFactory(),
        TBinaryProtocol.TBinaryProtocolFactory(),
        daemon=True,
    )
    threading.Thread(target=server.serve, daemon=True).start()
    while not os.path.exists(path):
        pass
    print("listening", flush=True)
    sys.stdin.read()


logging.disable(logging.CRITICAL)
main(sys.argv[1])
