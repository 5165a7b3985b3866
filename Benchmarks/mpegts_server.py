#!/usr/bin/env python3
"""A camera on loopback: sends a clip to every client, in real time, again and again.

    mpegts_server.py PORT CLIP

ffmpeg paces and packs the clip. This script only passes its output on, so the camera outlives its clients.
"""

import socket
import subprocess
import sys
import threading


def serve(connection, clip):
    """Sends until the client has disconnected."""
    command = ["ffmpeg", "-v", "quiet", "-nostdin", "-re", "-stream_loop", "-1", "-i", clip, "-an", "-c", "copy",
               "-muxdelay", "0", "-flush_packets", "1", "-f", "mpegts", "-"]
    with connection:
        subprocess.run(command, stdout=connection.fileno(), stdin=subprocess.DEVNULL, check=False)


def main():
    port, clip = int(sys.argv[1]), sys.argv[2]
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, clip), daemon=True).start()


try:
    main()
except KeyboardInterrupt:
    pass
