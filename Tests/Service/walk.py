"""The README's section on the service, for a machine to follow word by word."""
import os
import re

# Programs that are not in the container's small Debian, as far as the README needs them. Whoever follows it is root
# there; and whoever edits the configuration writes what the README shows into it.
SUDO = "#!/bin/sh\nexec \"$@\"\n"
SUDOEDIT = "#!/bin/sh\ncat /srv/example.yaml >>\"$1\"\n"


def section(readme, title):
    """A section's text, up to the next heading of any level."""
    text = readme.partition(f"\n## {title}\n")[2]
    return re.split(r"\n##+ ", text)[0]


def blocks(text):
    """What is indented, in one piece each, as it is to be typed."""
    found, block = [], []
    for line in text.splitlines() + [""]:
        if line.startswith("    "):
            block.append(line[4:])
        elif block:
            found.append(block)
            block = []
    return found


class Walk:
    """The commands for the machine that is to watch, in order, and the configurations that are shown."""

    def __init__(self, checkout):
        with open(os.path.join(checkout, "README.md"), encoding="utf-8") as file:
            text = section(file.read(), "As a service")
        found = blocks(text)
        self.configuration, self.with_password = (block for block in found if block[0] == "sources:")
        self.load_credential = re.search(r"`(LoadCredential=[^`]*)`", text)[1]
        commands = [line.split("  #")[0].strip() for block in found for line in block]
        self.commands = [command for command in commands if command.startswith(("sudo", "systemctl", "lookout"))]
