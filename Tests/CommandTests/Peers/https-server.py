#!/usr/bin/env python3
"""Serves the files of a folder over HTTPS, with faults for the tests of fetching.

    https-server.py PORT CERTIFICATE KEY FOLDER [cut|cut-once]

`cut` aborts every transfer in its middle. `cut-once` aborts the first one, and answers range requests after that.
"""
import http.server
import os
import ssl
import sys

port, certificate, key, folder = int(sys.argv[1]), *sys.argv[2:5]
fault = sys.argv[5] if len(sys.argv) > 5 else ""
served = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global served
        path = os.path.join(folder, os.path.basename(self.path))
        if not os.path.isfile(path):
            return self.send_error(404)
        with open(path, "rb") as file:
            content = file.read()
        first = int(self.headers.get("Range", "bytes=0-").split("=")[1].split("-")[0])
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - first))
        self.end_headers()
        rest = content[first:]
        served += 1
        if fault == "cut" or (fault == "cut-once" and served == 1):
            rest = rest[:len(rest) // 2]
        self.wfile.write(rest)
        self.close_connection = True

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", port), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
