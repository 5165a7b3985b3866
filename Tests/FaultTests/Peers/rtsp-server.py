"""RTSP camera on loopback, with GStreamer's server:
    rtsp-server.py [--timestamp-offset N] [--sessions N] PORT RECORDING [USER PASSWORD]

The recording is an MP4 with H.264. Its address is rtsp://127.0.0.1:PORT/live, over TCP and UDP. All clients get the same
frame at the same time, as with a real camera. With --sessions, clients beyond that number of sessions are refused. A
session ends with TEARDOWN, or after a minute.
"""

import argparse
import signal

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

LONGEST_LIFE = 180  # seconds, if the test does not end it


def main(port, recording, user=None, password=None, timestamp_offset=None, sessions=None):
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    if sessions is not None:
        server.get_session_pool().set_max_sessions(sessions)
    server.set_address("127.0.0.1")
    server.set_service(port)

    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    offset = "" if timestamp_offset is None else f"timestamp-offset={timestamp_offset}"
    factory.set_launch(
        f"( filesrc location={recording} ! qtdemux ! h264parse ! "
        f"rtph264pay name=pay0 pt=96 config-interval=1 {offset} )"
    )
    if user is not None:
        allow_only(server, factory, user, password)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)

    # Sessions are not closed, as by a camera that is unplugged.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    loop = GLib.MainLoop()
    GLib.timeout_add_seconds(LONGEST_LIFE, loop.quit)
    loop.run()


def allow_only(server, factory, user, password):
    """Answers all other users with 401."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", user)
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(user, "media.factory.access", True)
    permissions.add_permission_for_role(user, "media.factory.construct", True)
    factory.set_permissions(permissions)


parser = argparse.ArgumentParser()
parser.add_argument("--timestamp-offset", type=int, help="RTP time stamp of the first frame")
parser.add_argument("--sessions", type=int, help="maximum number of sessions")
parser.add_argument("port")
parser.add_argument("recording")
parser.add_argument("user", nargs="?")
parser.add_argument("password", nargs="?")
main(**vars(parser.parse_args()))
