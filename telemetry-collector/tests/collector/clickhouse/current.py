"""The engine of a current ClickHouse behind as much of its HTTP interface as the store uses.

For the tests of the store, on machines that have no current server: the Python module `chdb` (package `chdb-core`) holds the
engine (parser, analyser, tables on disk, merges, mutations) and no server. Standard library and that module alone.

    python current.py PORT PATH CONFIG [USER:PASSWORD]...

listens on loopback, keeps tables under PATH, and ends when its standard input does. CONFIG is a server's configuration, of
which the engine takes its clusters. A request is as the server's documentation has it
(clickhouse.com/docs/interfaces/http): POST, the query as the body or, before rows, as the parameter `query`; `database`;
every other parameter is a setting. One query runs at a time.
"""

import hmac
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

INSERT = re.compile(r"\s*(INSERT\s+INTO\s.*?)\s+FORMAT\s+(\w+)\s*", re.IGNORECASE | re.DOTALL)
CODE = re.compile(r"Code: (\d+)\.")
# The server's own, not the engine's.
OF_THE_SERVER = {"query", "database", "wait_end_of_query"}
# What a server answers to a wrong user or password.
DENIED = "Code: 516. DB::Exception: {}: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)\n"


class Refused(Exception):
    """What the engine said instead of an answer."""


class Engine:
    """One session, one query at a time: the engine has the current database and settings once for all."""

    def __init__(self, path, config):
        self.lock = threading.Lock()
        self.session = Session("%s?config-file=%s" % (path, config))

    def answer(self, query, rows, database, settings):
        with self.lock:
            try:
                self.session.query("USE " + name(database))
                for key, value in settings:
                    self.session.query("SET %s = '%s'" % (name(key), value.replace("\\", "\\\\").replace("'", "\\'")))
                return self.run(query, rows)
            except Exception as error:  # The engine has one kind for all of its own.
                raise Refused(str(error)) from None

    def run(self, query, rows):
        insert = INSERT.fullmatch(query)
        if rows and insert:
            with self.session.send_insert(insert[1], insert[2]) as into:
                into.append(rows)
                into.finish()
            return b""
        return self.session.query(query + rows.decode(), "TabSeparated").bytes()


def name(word):
    if not re.fullmatch(r"\w+", word):
        raise Refused("Code: 62. DB::Exception: not a name. (SYNTAX_ERROR)")
    return word


class Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parameters = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
        of_the_server = dict(pair for pair in parameters if pair[0] in OF_THE_SERVER)
        settings = [pair for pair in parameters if pair[0] not in OF_THE_SERVER]
        user = self.headers.get("X-ClickHouse-User", "default")
        password = self.headers.get("X-ClickHouse-Key", "")
        known = self.server.users.get(user)
        if known is None or not hmac.compare_digest(known.encode(), password.encode()):
            return self.say(403, DENIED.format(user).encode(), 516)
        try:
            query, rows = (of_the_server["query"], body) if "query" in of_the_server else (body.decode(), b"")
            database = of_the_server.get("database", "default")
            self.say(200, self.server.engine.answer(query, rows, database, settings))
        except Refused as refused:
            code = CODE.search(str(refused))
            self.say(500, str(refused).encode() + b"\n", code[1] if code else 1002)

    def say(self, status, body, code=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if code is not None:
            self.send_header("X-ClickHouse-Exception-Code", str(code))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing of each request."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main():
    port, path, config, *users = sys.argv[1:]
    server = Server(("127.0.0.1", int(port)), Request)
    server.users = dict([("default", "")] + [tuple(user.split(":", 1)) for user in users])
    server.engine = Engine(path, config)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    # Without the engine's own farewell: a server that is stopped at any moment has what it answered for.
    os._exit(0)


main()
