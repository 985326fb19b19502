"""Another maker's roster system: a real server on a port of its own, that can be made to err."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BASE = "/rostering/v1p2"
Reply = tuple[int, dict[str, str], bytes]
#: Path and number of the request to it -> an answer instead of the usual one.
Mischief = Callable[[str, int], Reply | None]


def ref(sourced_id: str, kind: str) -> dict:
    return {"href": f"https://x.example/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def roster(people: int = 5) -> dict[str, list[dict]]:
    """A small district as JSON objects, with more than we want to know."""
    stamp = {"status": "active", "dateLastModified": "2026-04-01T00:00:00.000Z"}
    return {
        "orgs": [
            {**stamp, "sourcedId": "d", "name": "港市", "type": "district", "identifier": "272271"},
            {
                **stamp, "sourcedId": "s", "name": "港小学校", "type": "school",
                "identifier": "B127210000017", "parent": ref("d", "org"),
            },
        ],
        "academicSessions": [
            {
                **stamp, "sourcedId": "y", "title": "2026年度", "type": "schoolYear",
                "startDate": "2026-04-01", "endDate": "2027-03-31", "schoolYear": "2026",
            }
        ],
        "courses": [
            {**stamp, "sourcedId": "c", "title": "2026年度4年", "courseCode": "",
             "org": ref("s", "org"), "schoolYear": ref("y", "academicSession")}
        ],
        "classes": [
            {
                **stamp, "sourcedId": "k", "title": "4年1組", "classType": "homeroom",
                "school": ref("s", "org"), "course": ref("c", "course"), "grades": ["P4"],
                "terms": [ref("y", "academicSession")], "metadata": {"floor": 2},
            }
        ],
        "users": [
            {
                **stamp, "sourcedId": f"u{n}", "enabledUser": "true", "username": f"u{n}@x.example",
                "givenName": f"葵{n}", "familyName": "髙﨑", "grades": ["P4"], "phone": "090",
                "userMasterIdentifier": f"3f2b8c1e-0000-4000-8000-{n:012}",
                "email": "a@x.example", "password": "ひみつ", "demographics": {"birthDate": "2016"},
                "roles": [{"roleType": "primary", "role": "student", "org": ref("s", "org")}],
                "metadata": {"jp.kanaGivenName": "アオイ", "jp": {"kanaFamilyName": "タカサキ"}},
            }
            for n in range(people)
        ],
        "enrollments": [
            {
                **stamp, "sourcedId": f"e{n}", "user": ref(f"u{n}", "user"), "primary": "false",
                "class": ref("k", "class"), "school": ref("s", "org"), "role": "student",
                "beginDate": "2026-04-01", "metadata": {"jp.shussekiNo": n + 1},
            }
            for n in range(people)
        ],
    }  # fmt: skip


class OtherSystem:
    """A system that gives at most `most` rows at once and knows one token at a time."""

    def __init__(self) -> None:
        self.rows = roster()
        self.most = 2
        self.counts = True
        self.mischief: Mischief = lambda _path, _number: None
        self.page = self.rows_of_page
        self.asked: list[str] = []
        self.tokens = 0
        self.address = ""

    def answer(self, method: str, target: str, headers) -> Reply:
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        self.asked.append(path)
        if (instead := self.mischief(path, self.asked.count(path))) is not None:
            return instead
        if path == "/token":
            if headers["Authorization"] != "Basic dXM6c2VjcmV0":
                return self.said(401, {"error": "invalid_client"})
            self.tokens += 1
            return self.said(200, {"access_token": f"t{self.tokens}", "token_type": "bearer"})
        if headers["Authorization"] != f"Bearer t{self.tokens}":
            return self.said(401, {})
        name = path.rpartition("/")[2]
        if not path.startswith(BASE) or name not in self.rows:
            return self.said(404, {})
        offset, limit = int(query["offset"][0]), min(int(query["limit"][0]), self.most)
        total = str(len(self.rows[name]))
        status, told, body = self.said(200, {name: self.page(name, offset, limit)})
        if self.counts:
            told["X-Total-Count"] = total
        return status, told, body

    def rows_of_page(self, name: str, offset: int, limit: int) -> list[dict]:
        return self.rows[name][offset : offset + limit]

    @staticmethod
    def said(status: int, body: object, **headers: str) -> Reply:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return status, told, json.dumps(body).encode()


@contextmanager
def running() -> Iterator[OtherSystem]:
    system = OtherSystem()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, body = system.answer(self.command, self.path, self.headers)
            self.send_response(status)
            headers = {"Content-Length": str(len(body)), **headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            if int(headers["Content-Length"]) != len(body):
                self.close_connection = True

        do_GET = do_POST = _answer  # noqa: N815 - so http.server wants it

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    system.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
