"""What passed, a line for each case, as soon as it is known."""
import json
import os
import re

# Of a case that failed, the end of each of its logs is shown.
SHOWN = 12


class Report:
    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "results.jsonl")
        self.seen = 0
        self.awaited = []
        self.passed = 0
        self.failed = 0

    def read(self):
        """Prints what is new."""
        if not os.path.exists(self.path):
            return
        with open(self.path) as file:
            lines = [json.loads(line) for line in file if line.endswith("\n")]
        for line in lines[self.seen:]:
            self.take(line)
        self.seen = len(lines)

    def take(self, line):
        if "machine" in line:
            self.awaited = line["cases"]
            print(f"     {line['machine']}", flush=True)
        elif "case" in line:
            self.awaited.remove(line["case"])
            self.add(line["passed"], line["case"], f"{line['text']}; {line['seconds']:.0f} s")
            if not line["passed"]:
                self.show(os.path.join(self.folder, line["folder"]))

    def add(self, passed, case, text):
        self.passed += passed
        self.failed += not passed
        print(f"ok   {case}  ({text})" if passed else f"FAIL {case}  {text}", flush=True)

    def show(self, folder):
        print(f"     its logs are in {folder}")
        for base, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                print(f"     {os.path.relpath(os.path.join(base, name), folder)}:")
                for line in tail(os.path.join(base, name)):
                    print(f"       {line[:240]}", flush=True)

    def finish(self, console):
        """Prints the last line. Returns whether everything passed."""
        if self.seen == 0:
            self.add(False, "the machine starts", f"it did not; see {console}")
        for case in self.awaited:
            self.add(False, case, f"the machine did not get so far; see {console}")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return self.failed == 0


def tail(path):
    """The last lines of a log; of a terminal, without what moves the cursor."""
    with open(path, errors="replace") as file:
        text = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "\n", file.read())
    return [line.strip() for line in text.splitlines() if line.strip()][-SHOWN:]
