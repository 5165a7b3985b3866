"""TLS proxy for a server without TLS: tls-relay.py PORT CERTIFICATE KEY TARGET

Accepts TLS connections on 127.0.0.1:PORT and forwards their bytes to 127.0.0.1:TARGET, and back. Connects to the target
when the first byte arrives, so that a client that only completes the handshake has sent nothing.
"""

import socket
import ssl
import sys
import threading

LONGEST_LIFE = 180  # seconds, if the test does not end it


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(plain, context, target):
    try:
        with context.wrap_socket(plain, server_side=True) as connection:
            first = connection.recv(65536)
            if not first:
                return
            with socket.create_connection(("127.0.0.1", target)) as server:
                server.sendall(first)
                back = threading.Thread(target=copy, args=(server, connection), daemon=True)
                back.start()
                copy(connection, server)
                back.join()
    except OSError:
        pass


def main(port, certificate, key, target):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", int(port)))
    threading.Timer(LONGEST_LIFE, lambda: listener.shutdown(socket.SHUT_RDWR)).start()
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(plain, context, int(target)), daemon=True).start()


main(*sys.argv[1:])
