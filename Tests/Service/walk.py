"""The commands of the documents on the service, for a machine to follow word by word."""
import os
import re

# Programs that are missing in the container's small Debian, as far as the documents need them. The user is root there. The
# editor writes the configuration that the documents show, unless the file has one already.
SUDO = "#!/bin/sh\nexec \"$@\"\n"
SUDOEDIT = "#!/bin/sh\ngrep -q '^sources:' \"$1\" || cat /srv/example.yaml >>\"$1\"\n"

# The sections that are followed, in this order.
SECTIONS = [("README.md", "Run as a service"), ("docs/service.md", "Install"), ("docs/service.md", "Reload"),
            ("docs/service.md", "Passwords")]


def section(document, title):
    """A section's text, up to the next heading of any level."""
    text = document.partition(f"\n## {title}\n")[2]
    return re.split(r"\n##+ ", text)[0]


def blocks(text, language):
    """The lines of each fenced block of a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in found]


class Walk:
    """The commands for the machine that is to watch, in order, and the configurations that are shown."""

    def __init__(self, checkout):
        text = ""
        for path, title in SECTIONS:
            with open(os.path.join(checkout, path), encoding="utf-8") as file:
                text += section(file.read(), title)
        self.configuration, self.with_password = blocks(text, "yaml")
        self.load_credential = re.search(r"`(LoadCredential=[^`]*)`", text)[1]
        commands = [line.split("  #")[0].strip() for block in blocks(text, "sh") for line in block]
        self.commands = [command for command in commands if command.startswith(("sudo", "systemctl", "lookout"))]
