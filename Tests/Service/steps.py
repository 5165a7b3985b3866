"""What the service has to do, one thing after the other. Each case begins with what the one before it has left."""
import datetime
import os
import time

from report import Failure
from service import CLIP, CONFIGURATION, EVENTS, Service
from walk import SUDO, SUDOEDIT, Walk

MODEL = "/var/lib/lookout/models/efficientnet-lite0.safetensors"


def run(container, package, checkout, results):
    steps = Steps(Service(container), package, checkout)
    for case in steps.all():
        if results.is_over:
            return
        results.run(case, logs=steps.logs)


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Steps:
    # The longest that stopping it may take, in seconds.
    LONGEST_STOP = 5

    def __init__(self, service, package, checkout):
        self.container = service.container
        self.package = package
        self.checkout = checkout
        self.service = service

    def all(self):
        return [
            self.installing_it_starts_nothing, self.a_missing_model_is_said_in_a_line, self.it_says_that_it_is_ready,
            self.the_sandbox_is_tight, self.a_second_one_is_refused, self.anybody_may_use_the_models, self.events_are_in_the_log_and_on_the_socket, self.metrics_are_there,
            self.a_source_is_added_and_the_other_has_no_gap, self.a_wrong_configuration_is_refused,
            self.rotating_the_log_loses_no_event, self.a_hang_is_ended_by_the_watchdog,
            self.after_a_kill_the_numbers_go_on, self.an_upgrade_starts_it_anew, self.it_stops_in_time,
            self.purging_it_leaves_nothing, self.installing_it_with_a_source_starts_it,
            self.purging_it_while_it_runs_leaves_nothing, self.the_documents_can_be_followed,
            self.a_password_is_handed_over_as_documented,
        ]

    def logs(self):
        """For whoever wants to know why."""
        text = self.container.run("journalctl", "--unit", "lookout", "--lines", "12", "--output", "short-monotonic").stdout
        return text.splitlines()

    def require(self, condition, otherwise):
        if not condition:
            raise Failure(otherwise)

    # Installing

    def install(self):
        self.container.put(self.package, "/srv/package.deb")
        return self.container.must("dpkg", "--force-confold", "--install", "/srv/package.deb", timeout=180)

    def add_clip(self):
        self.container.put(os.path.join(self.checkout, "Media/bikes.mp4"), CLIP)

    def installing_it_starts_nothing(self):
        self.add_clip()
        self.before = self.traces()
        output = self.install()
        self.require("there are no sources" in output, f"it says nothing about sources: {output}")
        state = self.service.show("UnitFileState"), self.service.show("ActiveState")
        self.require(state == ("disabled", "inactive"), f"it is {' and '.join(state)}")
        return "version " + self.container.must("lookout", "--version").strip()

    def a_missing_model_is_said_in_a_line(self):
        self.service.configure("clip")
        # So that the container need not wait for a hang as long as users do.
        self.container.write("/etc/systemd/system/lookout.service.d/test.conf", "[Service]\nWatchdogSec=4\n")
        self.service.systemctl("daemon-reload")
        result = self.container.run("systemctl", "start", "lookout")
        status = self.service.show("ExecMainStatus")
        self.container.run("systemctl", "stop", "lookout")
        self.require(result.returncode != 0, "it starts without one")
        self.require(status in ("66", "78"), f"the status is {status}, so systemd tries again, as if that could help")
        said = [line for line in self.service.journal() if "model" in line]
        self.require(said, "the journal has no word about it")
        return said[-1]

    def import_model(self):
        """As a user does it."""
        self.container.put(os.path.join(self.checkout, "Models/efficientnet-lite0-57934424.pth"), "/srv/checkpoint.pth")
        self.container.must("lookout", "model", "import", "--output", MODEL, "/srv/checkpoint.pth")
        self.container.must("cp", MODEL, "/srv/model.safetensors")

    def it_says_that_it_is_ready(self):
        self.import_model()
        start = time.monotonic()
        self.service.systemctl("enable", "--now", "lookout")
        seconds = time.monotonic() - start
        self.require(self.service.show("ActiveState") == "active", "it is not active")
        self.service.wait("a status", 20, lambda: "clip" in self.service.show("StatusText"))
        said = [line for line in self.service.journal() if "priority" in line]
        self.require(not said, f"the journal has {said[:1]}")
        return f"after {seconds:.1f} s; {self.service.show('StatusText')}"

    def the_sandbox_is_tight(self):
        output = self.container.must("systemd-analyze", "security", "--no-pager", "lookout")
        level = float(output.split("Overall exposure level for lookout.service:")[1].split()[0])
        self.require(level <= 1.5, f"its exposure level is {level}")
        core = next(line for line in self.of_process("limits").splitlines() if line.startswith("Max core file size"))
        self.require(core.split()[4:6] == ["0", "0"], f"its memory may be dumped: {core}")
        root = next(line for line in self.of_process("mountinfo").splitlines() if line.split()[4] == "/")
        self.require("noexec" in root.split()[5].split(","), f"programs can be executed from anywhere: {root}")
        memory = {key: self.service.show(key) for key in ("MemoryHigh", "MemoryMax", "MemorySwapMax")}
        wanted = {"MemoryHigh": str(800 << 20), "MemoryMax": str(1 << 30), "MemorySwapMax": "0"}
        self.require(memory == wanted, f"its memory is limited to {memory}")
        return f"exposure level {level}; no core dumps, nothing else is executed"

    def of_process(self, name):
        return self.container.must("cat", f"/proc/{self.service.pid}/{name}")

    def a_second_one_is_refused(self):
        second = self.container.run("lookout", "run", CONFIGURATION, timeout=60)
        said = second.stdout.strip()
        self.require(second.returncode == 69, f"it ends with {second.returncode}: {said}")
        self.require(f"another lookout writes there (process {self.service.pid})" in said, said)
        return said

    def anybody_may_use_the_models(self):
        output = self.container.must("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "lookout", "model", "list")
        self.require("efficientnet-lite0" in output, f"nobody sees {output or 'no model'}")
        for folder in ("state", "snapshots"):
            status = self.container.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "ls", f"/var/lib/lookout/{folder}/")
            self.require(status.returncode != 0, f"nobody sees the service's own {folder}")
            self.container.must("test", "-d", f"/var/lib/lookout/{folder}/")
        return "and nobody else the state and the images"

    # Running

    def events_are_in_the_log_and_on_the_socket(self):
        self.service.wait_for_events(5)
        received = self.service.read_socket(5)
        received = [line for line in received if "seq" in line]
        self.require(len(received) >= 4, f"the socket gave {received}")
        last = received[-1]["seq"]
        self.service.wait("the log", 10, lambda: self.service.events()[-1]["seq"] >= last)
        logged = {event["seq"]: event for event in self.service.events()}
        for event in received:
            self.require(logged.get(event["seq"]) == event, f"the log has {logged.get(event['seq'])}, the socket {event}")
        self.service.check_numbers()
        return f"{len(received)} events on both"

    def metrics_are_there(self):
        self.require(self.service.ask("/healthz") == (200, "alive\n"), "/healthz")
        status, text = self.service.ask("/readyz")
        self.require(status == 200, f"/readyz: {text}")
        status, text = self.service.ask("/metrics")
        figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        self.require(float(figures['lookout_frames_total{source="clip"}']) > 0, "no pictures came")
        memory = float(figures["lookout_resident_memory_bytes"]) / 1e6
        return f"{len(figures)} figures; {memory:.0f} MB resident"

    def a_source_is_added_and_the_other_has_no_gap(self):
        start, pid = now(), self.service.pid
        time.sleep(2)
        self.service.configure("clip", "other")
        self.service.systemctl("reload", "lookout")
        self.service.wait("samples of the other", 30, lambda: len(self.service.samples("other")) >= self.enough)
        self.require(self.service.pid == pid, "it was started anew")
        return self.check_pause(start)

    def check_pause(self, start):
        fps = self.service.fps
        self.service.wait("samples", 20, lambda: len(self.service.samples("clip", start)) >= 3)
        pause = self.service.longest_pause("clip", start)
        # Two in a row are one interval apart; one may be missing between them.
        self.require(0 < pause < 2.5 / fps, f"there were {pause:.2f} s between two samples")
        return f"samples are {pause:.2f} s apart at most, at {fps} a second"

    @property
    def enough(self):
        """So many samples of a source show that it goes on."""
        return max(2, 2 * self.service.fps)

    def a_wrong_configuration_is_refused(self):
        start, pid = now(), self.service.pid
        right = self.container.read(CONFIGURATION)
        self.container.write(CONFIGURATION, right.replace("enter:", "entre:"))
        result = self.container.run("systemctl", "reload", "lookout")
        self.require(result.returncode != 0, "systemctl reload says that all is well")
        # Also for those who do not ask systemd.
        self.service.signal("HUP")
        self.service.wait("a complaint", 10, lambda: any("entre" in line for line in self.service.journal()))
        self.service.wait_for_events(3)
        self.require(self.service.show("ActiveState") == "active" and self.service.pid == pid, "it was started anew")
        self.container.write(CONFIGURATION, right)
        self.service.systemctl("reload", "lookout")
        self.check_pause(start)
        return next(line for line in self.service.journal() if "entre" in line)

    def rotating_the_log_loses_no_event(self):
        start, pid = now(), self.service.pid
        before = self.service.check_numbers()
        self.container.must("logrotate", "--force", "/etc/logrotate.d/lookout")
        self.service.wait("a new log", 10, lambda: self.container.exists(EVENTS) and self.container.read(EVENTS))
        self.require(self.container.exists(EVENTS + ".1"), "the old log is not there")
        self.service.wait_for_events(5)
        last = self.service.check_numbers()
        self.require(self.service.pid == pid, "it was started anew")
        old, new = (len(self.container.read(path).splitlines()) for path in (EVENTS + ".1", EVENTS))
        return f"{old} events in the old one, {new} in the new one, up to number {last}, from {before} on; {self.check_pause(start)}"

    # When something is wrong

    def a_hang_is_ended_by_the_watchdog(self):
        pid = self.service.pid
        self.service.signal("STOP")
        self.service.crashes += 1
        seconds = self.service.wait(
            "another process", 60, lambda: self.service.pid not in (0, pid) and self.service.show("ActiveState") == "active")
        self.require("watchdog" in self.container.must("journalctl", "--unit", "lookout", "--output", "cat").lower(),
                     "that was not the watchdog")
        self.service.wait_for_events(3)
        self.service.check_numbers()
        return f"after {seconds:.1f} s, with a watchdog of {self.service.show('WatchdogUSec')}"

    def after_a_kill_the_numbers_go_on(self):
        self.service.wait_for_events(3)
        pid = self.service.pid
        self.service.signal("KILL")
        self.service.crashes += 1
        before = self.service.events()[-1]["seq"]
        seconds = self.service.wait(
            "another process", 60, lambda: self.service.pid not in (0, pid) and self.service.show("ActiveState") == "active")
        self.service.wait_for_events(5)
        last = self.service.check_numbers()
        restarted = self.check_lives(before)
        return f"back after {seconds:.1f} s; number {before} and on to {last}; {restarted} events ended by the restart"

    def check_lives(self, before):
        """Every event that had begun by a number ends once; returns how many a restart has ended after it."""
        begun, ended, restarted = set(), set(), 0
        for event in self.service.events():
            if event["type"] == "start" and event["seq"] <= before:
                begun.add(event["id"])
            if event["type"] == "end":
                self.require(event["id"] not in ended, f"{event['id']} ends twice")
                ended.add(event["id"])
                restarted += event["reason"] == "restart" and event["seq"] > before
        self.require(begun <= ended, f"{len(begun - ended)} events do not end")
        return restarted

    # Leaving

    def an_upgrade_starts_it_anew(self):
        pid = self.service.pid
        self.install()
        self.require(self.service.pid not in (0, pid), "the old process still runs")
        self.service.wait_for_events(3)
        self.service.check_numbers()
        return "numbers go on"

    def it_stops_in_time(self):
        start = time.monotonic()
        self.service.systemctl("stop", "lookout")
        seconds = time.monotonic() - start
        self.require(seconds < self.LONGEST_STOP, f"it took {seconds:.1f} s")
        self.require(self.service.show("Result") == "success", f"the result is {self.service.show('Result')}")
        ends = [event for event in self.service.events() if event.get("reason") == "shutdown"]
        self.require(ends, "nothing that was seen ended with it")
        self.check_lives(self.service.check_numbers())
        return f"{seconds:.1f} s"

    def purging_it_leaves_nothing(self):
        self.container.must("dpkg", "--purge", "lookout", timeout=60)
        self.container.run("rm", "-r", "/etc/systemd/system/lookout.service.d")
        left = self.traces() - self.before
        self.require(not left, f"there still are {', '.join(sorted(left))}")
        units = self.container.run("systemctl", "list-unit-files", "--no-legend", "lookout.service").stdout
        self.require(not units.strip(), f"there still is {units}")
        return "no file, no unit"

    def traces(self):
        """The files that have its name."""
        return set(self.container.must(
            "find", "/etc", "/usr", "/var", "/run", "-name", "*lookout*", "-not", "-path", "/var/log/journal/*").split())

    def installing_it_with_a_source_starts_it(self):
        self.service.configure("clip")
        self.container.must("mkdir", "-p", os.path.dirname(MODEL))
        self.container.must("cp", "/srv/model.safetensors", MODEL)
        self.install()
        state = self.service.show("UnitFileState"), self.service.show("ActiveState")
        self.require(state == ("enabled", "active"), f"it is {' and '.join(state)}")
        self.service.wait_for_events(3)
        return "enabled and active"

    def purging_it_while_it_runs_leaves_nothing(self):
        return self.purging_it_leaves_nothing()

    # As a user does it

    def the_documents_can_be_followed(self):
        """Every command of README and of docs/service.md, as it stands there, on a machine that has nothing yet."""
        walk = Walk(self.checkout)
        self.container.put(self.package, "/root/lookout.deb")
        self.container.must("cp", "/srv/model.safetensors", "/root/efficientnet-lite0.safetensors")
        self.container.write("/srv/example.yaml", "\n".join(walk.configuration).replace(self.ADDRESS, f"file:{CLIP}?loop") + "\n")
        for name, text in (("sudo", SUDO), ("sudoedit", SUDOEDIT)):
            self.container.write(f"/usr/bin/{name}", text)
            self.container.must("chmod", "755", f"/usr/bin/{name}")
        said = {command: self.container.must("sh", "-c", f"cd /root && {command}", timeout=180) for command in walk.commands}
        self.check_what_was_said(said)
        return f"{len(said)} commands"

    def a_password_is_handed_over_as_documented(self):
        walk = Walk(self.checkout)
        path = walk.load_credential.partition(":")[2]
        self.container.write(path, "user:hunter2\n")
        self.container.must("chmod", "600", path)
        self.container.write("/etc/systemd/system/lookout.service.d/override.conf", f"[Service]\n{walk.load_credential}\n")
        self.service.systemctl("daemon-reload")
        self.container.write(CONFIGURATION, "\n".join(walk.with_password) + "\n")
        self.container.must("lookout", "check")
        self.service.systemctl("restart", "lookout")
        self.require(self.service.show("ActiveState") == "active", "it does not start")
        said = next((line for line in reversed(self.service.journal()) if line.startswith("door: ")), "")
        self.require("trying again" in said and "hunter2" not in "".join(self.service.journal()), f"the journal has {said}")
        return said

    # The address in the documents' example, which no container has.
    ADDRESS = "rtsp://camera.local/stream"

    def check_what_was_said(self, said):
        """It is running, and everything that the documents say of it can be seen."""
        status = next(text for command, text in said.items() if command.startswith("systemctl status"))
        self.require("active (running)" in status and "door" in status, f"systemctl status says {status}")
        self.require(any("ok, 1 source" in text for text in said.values()), f"lookout check does not: {said}")
        self.service.wait("an event", 60, lambda: "door" in self.container.must("sh", "-c", "lookout tail"))
        journal = self.container.must("sh", "-c", "journalctl -u lookout")
        self.require("watching 1 source" in journal and "adopted, nothing has changed" in journal, f"the journal has {journal}")
        # A library cannot lock its passwords in memory: no container may.
        strange = [line for line in journal.splitlines() if "warning" in line.lower() and "insecure memory" not in line]
        self.require(not strange, f"the journal has {strange}")
