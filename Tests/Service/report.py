"""What passed, a line for each case, as soon as it is known."""
import time


class Failure(Exception):
    """Why a case failed, in a sentence."""


class Report:
    def __init__(self, wanted):
        self.wanted = set(wanted)
        self.passed = 0
        self.failed = 0

    @property
    def is_over(self):
        """Whether everything that was wanted has been tried."""
        return bool(self.passed + self.failed) and bool(self.asked) and not self.wanted

    asked = False

    def run(self, case, logs=None):
        """Calls a case, whose result is a figure for people; prints what came of it."""
        self.asked = self.asked or bool(self.wanted)
        name = case.__name__.replace("_", " ")
        start = time.monotonic()
        try:
            figure = case()
            self.passed += 1
            print(f"ok   {name}  ({figure}; {time.monotonic() - start:.0f} s)", flush=True)
        except Failure as failure:
            self.failed += 1
            print(f"FAIL {name}  {failure}", flush=True)
            for line in logs() if logs else []:
                print(f"       {line[:240]}", flush=True)
        self.wanted.discard(case.__name__)

    def finish(self):
        """Prints the last line. Returns whether everything passed."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return self.failed == 0
