#!/usr/bin/env python3
"""Types the beginning of each line and Tab in a shell, and prints each completed line.

    complete.py bash|zsh|fish SCRIPT LINE...

The shell runs interactively in its own pseudoterminal, with the program's completion script.
"""
import os
import pty
import select
import sys
import tempfile
import time

shell, script, lines = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3:]
PROMPT = b"ready$ "
SETUP = {
    "bash": [
        "PS1='ready$ '", "test -r /usr/share/bash-completion/bash_completion && . /usr/share/bash-completion/bash_completion",
        "source '{script}'", "bind -x '\"\\C-g\": printf \"%s\" \"$READLINE_LINE\" > \"{out}\"'",
    ],
    "zsh": [
        "fpath=('{folder}' $fpath); autoload -Uz compinit; compinit -u -d '{out}.dump'",
        "save() {{ print -rn -- \"$BUFFER\" > '{out}' }}; zle -N save; bindkey '^G' save", "PS1='ready$ '",
    ],
    "fish": [
        "function fish_prompt; printf 'ready$ '; end", "source '{script}'", "bind \\cg 'commandline > \"{out}\"'",
    ],
}
COMMAND = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"], "fish": ["fish", "--no-config", "-i"]}


def read_until(terminal, wanted, seconds=60):
    seen = b""
    end = time.monotonic() + seconds
    while wanted not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:
                break
    return seen


with tempfile.TemporaryDirectory() as folder:
    out = folder + "/line"
    os.symlink(script, folder + "/_lookout")
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm" if shell == "zsh" else "dumb", LC_ALL="C.UTF-8", HISTFILE="/dev/null")
        os.execvp(COMMAND[shell][0], COMMAND[shell])
    marker = "set-up-is-over"
    # The marker is put together by the shell, so that the echo of the command is not taken for it.
    commands = [part.format(script=script, out=out, folder=folder) for part in SETUP[shell]] + [f"echo {marker[:6]}''{marker[6:]}"]
    for command in commands:
        os.write(terminal, command.encode() + b"\n")
    seen = read_until(terminal, marker.encode())
    if PROMPT not in seen.split(marker.encode())[-1]:
        read_until(terminal, PROMPT)
    for line in lines:
        # Both keys are read by the line editor, one after the other. The second writes a file.
        os.write(terminal, line.encode() + b"\t\x07")
        end = time.monotonic() + 60
        while not (os.path.exists(out) and os.path.getsize(out)) and time.monotonic() < end:
            read_until(terminal, b"\0", 0.05)
        time.sleep(0.02)
        if os.path.exists(out):
            print(open(out).read().rstrip("\n"))
            os.remove(out)
        os.write(terminal, b"\x15")  # empties the line
    os.kill(process, 9)
    os.waitpid(process, 0)
