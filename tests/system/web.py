"""An HTTP server in the test's own process, for what taut is to send or to fetch."""
import http.server
import threading


class Web:
    """take() says what becomes of a request; `url` ends in a slash."""

    def __init__(self):
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                web.take(self, self.rfile.read(int(self.headers["Content-Length"] or 0)))

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # the other side left: that is what some tests are about

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, request, body):
        """request: of http.server, with `path` and `headers`; in a thread of its own."""
        raise NotImplementedError

    @staticmethod
    def reply(request, status=200, headers=None, body=b""):
        request.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)
