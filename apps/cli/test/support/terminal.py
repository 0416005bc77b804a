"""A program at a terminal of its own: terminal.py COLUMNS PROGRAM ARGUMENT...

What comes on stdin is typed; what the program shows goes to stdout. At the end one JSON line on stderr says how it ended,
and whether the terminal is set as it was.
"""
import fcntl, json, os, pty, select, struct, sys, termios

main, side = pty.openpty()
fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
before = termios.tcgetattr(side)
running, started = os.pipe()
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(side, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1, 2):
        os.dup2(side, descriptor)
    os.execvp(sys.argv[2], sys.argv[2:])

# The end of the pipe is closed by the exec: before it, no key would reach the program.
os.close(started)
os.read(running, 1)
sources = [main, 0]
status = None
while True:
    ready, _, _ = select.select(sources, [], [], 0.02)
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(main, typed)
        else:
            sources.remove(0)
    if main in ready:
        os.write(1, os.read(main, 65536))
    elif status is not None:
        break
    else:
        ended, found = os.waitpid(pid, os.WNOHANG)
        if ended:
            status = found
after = termios.tcgetattr(side)
# As a shell tells it: killed by a signal is 128 and its number.
code = os.waitstatus_to_exitcode(status)
report = {"code": code if code >= 0 else 128 - code, "bySignal": code < 0, "isRestored": before == after}
sys.stderr.write(json.dumps(report) + "\n")
