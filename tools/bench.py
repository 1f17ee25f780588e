#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""./dev bench: measures seatmux and seatmuxd beside their bounds and peers, and prints the tables of docs/performance.md.

    tools/bench.py [client] [server] [tail] [fold] [--peers] [--quick] [-r RUNS] [--json FILE]

All traffic is on loopback. Figures are medians; only ratios within one run count. Where we may, both sides of the server's
figures run with the real-time scheduler (SCHED_RR), so that other work on the machine is not measured; ptybench waits for a
quiet machine instead."""
import argparse
import ctypes
import json
import os
import pathlib
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
BENCH = HERE / "bench"
ROOT = HERE.parent
sys.path.insert(0, str(BENCH))
sys.dont_write_bytecode = True

NGINX = """load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
worker_processes 1; pid DIR/hub.pid; error_log DIR/hub.err warn; daemon off; USER
events { worker_connections 18000; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 600s; nchan_shared_memory_size 1024M;
 server { listen 127.0.0.1:8091 backlog=4096;
  location ~ ^/sub/(\\w+)$ { nchan_subscriber longpoll; nchan_channel_id $1; nchan_subscriber_first_message newest;
    nchan_subscriber_timeout 25s; nchan_message_buffer_length 5000; nchan_longpoll_multipart_response raw; }
  location ~ ^/pub/([\\w,]+)$ { nchan_publisher; nchan_channel_id $1; nchan_channel_id_split_delimiter ",";
    nchan_message_timeout 60s; nchan_message_buffer_length 5000; }
 } }
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


def urgent():
    """In a child: real-time round robin if that is allowed."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    except OSError:
        pass


def may_be_urgent():
    try:
        return subprocess.run(["true"], preexec_fn=lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


class Fsyncs(threading.Thread):
    """One fdatasync of 8 KB every 20 ms in the desk's file system, while the desk is measured."""
    def __init__(self, directory):
        super().__init__(daemon=True)
        self.path, self.over, self.ms = os.path.join(directory, "fsync"), threading.Event(), []

    def run(self):
        fd = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        while not self.over.wait(0.02):
            t = time.monotonic()
            os.write(fd, b"x" * 8192)
            os.fdatasync(fd)
            self.ms.append((time.monotonic() - t) * 1e3)
        os.close(fd)

    def p(self, q):
        xs = sorted(self.ms)
        return xs[min(len(xs) - 1, int(len(xs) * q))] if xs else 0.0


# ------------------------------------------------------------------ the server

class Pollbench:
    def __init__(self, tmp):
        self.tmp, self.exe = tmp, os.path.join(tmp, "pollbench")
        subprocess.check_call([os.environ.get("CC", "cc"), "-O2", "-o", self.exe, str(BENCH / "pollbench.c")])
        self.conf = os.path.join(tmp, "hub.conf")
        user = "user root;" if os.getuid() == 0 else ""
        pathlib.Path(self.conf).write_text(NGINX.replace("DIR", tmp).replace("USER", user))

    def run(self, argv):
        out = os.path.join(self.tmp, "pollbench.json")
        subprocess.run([self.exe, "--json", out] + argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       preexec_fn=urgent, timeout=300)
        found = {}
        for r in json.loads(pathlib.Path(out).read_text())["results"]:
            found.setdefault(r["phase"], {}).setdefault(r["metric"], []).extend(r["values"])
        return found

    def nchan(self, *argv):
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        return self.run(["-P", "nchan", "-p", "8091", "--name", "nchan", "--spawn", "%s -c %s" % (nginx, self.conf), *argv])

    def seatmuxd(self, directory, *argv):
        import desk
        command = " ".join(desk.Desk(directory).argv(8092)) + " >/dev/null 2>&1"
        # A client that comes back has its cursor; one that comes the first time asks for a snapshot.
        cursor = os.path.join(directory, "cursor.txt")
        begin = ["--start", pathlib.Path(cursor).read_text()] if os.path.exists(cursor) else ["--snapshot", "/v1/snapshot"]
        return self.run(["-p", "8092", "--name", "seatmuxd", "--spawn", command,
                         "--tokens", os.path.join(directory, "tokens.txt"), "--convs", os.path.join(directory, "convs.txt"),
                         "--header", "Authorization: Bearer {token}", *begin,
                         "--poll", "/v1/events?after={cursor}&wait={wait}", "--field", "cursor", "--pub-method", "PUT",
                         "--pub-path", "/v1/conversations/{conv}/messages/{uuid}", "--pub-body", '{"text":"{msg}"}', *argv])


def merged(into, found):
    for phase, metrics in found.items():
        for metric, values in metrics.items():
            into.setdefault(phase, {}).setdefault(metric, []).extend(values)


def server_phases(quick):
    """(title, kind of desk, its numbers, pollbench's options, seconds of patience)."""
    if quick:
        return [("park", (2000, 20), ["--park", "2000", "--wakes", "3"]),
                ("fan", (40, 400, 20), ["--fan", "40:400:200:4", "--groups", "20", "--drip", "200"])]
    return [("park", (10000, 25), ["--park", "10000"]),
            ("fan", (200, 2000, 20), ["--fan", "200:2000:500:6", "--groups", "20", "--drip", "1000"]),
            ("fan", (200, 2000, 1), ["--fan", "200:2000:100:6"])]


def server(opt, tmp):
    import desk
    bench, rounds = Pollbench(tmp), []
    peer = os.path.exists("/usr/lib/nginx/modules/ngx_nchan_module.so")
    for n, (kind, numbers, argv) in enumerate(server_phases(opt.quick)):
        directory = os.path.join(tmp, "desk%d" % n)
        say("desk for %s %s: making it through the API" % (kind, numbers))
        {"park": desk.park_desk, "fan": desk.fan_desk}[kind](directory, *numbers)
        ours, theirs = {}, {}
        watch = Fsyncs(tmp)
        watch.start()
        for r in range(opt.runs):
            say("run %d: %s" % (r + 1, " ".join(argv)))
            if peer:
                merged(theirs, bench.nchan(*argv))
            fresh = directory + "-run"  # every round finds the desk as it was made
            shutil.copytree(directory, fresh, ignore=shutil.ignore_patterns("*.sock"))
            merged(ours, bench.seatmuxd(fresh, *argv))
            shutil.rmtree(fresh)
        watch.over.set()
        watch.join()
        rounds.append({"kind": kind, "numbers": numbers, "argv": argv, "seatmuxd": ours, "nchan": theirs,
                       "fsync_ms": {"p50": watch.p(.5), "p99": watch.p(.99)}})
        shutil.rmtree(directory, ignore_errors=True)
    return rounds


PARK = [("PSS kB/poll", "PSS per parked poll, kB"), ("PSS kB/poll after answers", "the same after answers, kB"),
        ("wake median ms", "wake-all, median answer, ms"), ("wake last ms", "wake-all, last answer, ms"),
        ("wake server us/poll", "server CPU per poll woken, us"), ("wake lost", "wake-all: lost"), ("wake duplicated", "wake-all: duplicated")]
FAN = [("agent p50 ms", "agent p50, ms"), ("agent p99 ms", "agent p99, ms"), ("customer p50 ms", "customer p50, ms"),
       ("customer p99 ms", "customer p99, ms"), ("publish answer p50 ms", "accepted (on disk for seatmuxd) p50, ms"),
       ("publish answer p99 ms", "accepted p99, ms"), ("server CPU %", "server CPU, %"), ("answers/s", "answers/s"),
       ("others CPU %", "CPU of others meanwhile, %")]
FAULTS = ("lost", "duplicated", "disorder", "foreign", "publish failed")


def cell(values):
    if not values:
        return "-"
    return "%.4g" % statistics.median(values) + (" (%.4g-%.4g)" % (min(values), max(values)) if len(values) > 1 else "")


def ratio(ours, theirs):
    if not ours or not theirs or statistics.median(theirs) == 0:
        return "-"
    return "%.2f" % (statistics.median(ours) / statistics.median(theirs))


def server_table(rounds):
    out = ["| figure | nchan | seatmuxd | ratio |", "|---|--:|--:|--:|"]
    for r in rounds:
        for phase, ours in r["seatmuxd"].items():
            theirs = r["nchan"].get(phase, {})
            who = "park %d" % r["numbers"][0] if r["kind"] == "park" else "%s, %s" % (
                phase, "each agent sees all" if r["numbers"][2] == 1 else "%d groups" % r["numbers"][2])
            out.append("| **%s** | | | |" % who)
            for metric, title in PARK if r["kind"] == "park" else FAN:
                if metric in ours:
                    out.append("| %s | %s | %s | %s |" % (title, cell(theirs.get(metric)), cell(ours[metric]), ratio(ours[metric], theirs.get(metric))))
            if r["kind"] == "fan":
                faults = ["%d" % sum(sum(x.get(f, [])) for f in FAULTS) for x in (theirs, ours)]
                out.append("| lost, duplicated, out of order, foreign, refused | %s | %s | |" % tuple(faults))
                out.append("| fdatasync of 8 KB on the same disk meanwhile, p50 / p99, ms | | %.2f / %.2f | |" % (r["fsync_ms"]["p50"], r["fsync_ms"]["p99"]))
    return "\n".join(out)


# ------------------------------------------------------------------ the client

CLIENT = [  # title, path in ptybench's figures, scale, digits
    ("exec to first whole screen, ms", "startup.screen_ms", 1, 1),
    ("exec to logged in and still, ms", "startup.settled_ms", 1, 1),
    ("start: CPU, ms", "startup.cpu_ms", 1, 1),
    ("key to paint, idle, p50 us", "keys.key_us.p50", 1, 0),
    ("key to paint, idle, p99 us", "keys.key_us.p99", 1, 0),
    ("key to paint at 500 messages/s, p50 us", "keys.load_key_us.p50", 1, 0),
    ("key to paint at 500 messages/s, p99 us", "keys.load_key_us.p99", 1, 0),
    ("terminal bytes per key, median", "keys.key_bytes.p50", 1, 0),
    ("terminal bytes per shown message", "keys.msg_bytes.shown", 1, 0),
    ("terminal bytes per hidden message", "keys.msg_bytes.hidden", 1, 0),
    ("CPU per key, us", "keys.key_cpu_us", 1, 0),
    ("CPU per shown message, us", "keys.msg_cpu_us.shown", 1, 0),
    ("CPU per hidden message, us", "keys.msg_cpu_us.hidden", 1, 0),
    ("idle 20 s: CPU, ms", "idle.cpu_ms", 1, 2),
    ("idle 20 s: voluntary switches", "idle.vol_switches", 1, 0),
    ("idle 20 s: bytes to the terminal", "idle.bytes", 1, 0),
    ("RSS at start, MB", "memory.0.rss", 1 / 1024, 1),
    ("PSS at start, MB", "memory.0.pss", 1 / 1024, 1),
    ("RSS, 100 conversations of 200 messages, MB", "memory.100.rss", 1 / 1024, 1),
    ("flood of 20,000: wall, ms", "flood.shown.wall_ms", 1, 0),
    ("flood of 20,000: CPU, ms", "flood.shown.cpu_ms", 1, 0),
    ("flood and typing: key p50, us", "flood.typing.key_us.p50", 1, 0),
    ("flood and typing: worst key, ms", "flood.typing.key_us.max", 1e-3, 1),
    ("200 resizes: CPU, ms", "resize.cpu_ms", 1, 0),
    ("200 resizes: settled after, ms", "resize.settle_ms", 1, 0),
    ("usable after 1x1 ... 500x500", "resize.survives_extremes", 1, None),
]


def dig(d, path):
    for k in path.split("."):
        if not isinstance(d, dict) or k not in d:
            return None
        d = d[k]
    return d


def harness(tmp):
    """The harness that lies beside the clone, with our profile added, in a directory of its own; where there is none, our copy of it."""
    theirs = ROOT.parent / "shared" / "bench"
    if not (theirs / "ptybench.py").exists():
        print("There is no harness in ../shared/bench: the one in tools/bench measures.\n", flush=True)
        return BENCH
    print("The harness of ../shared/bench measures.\n", flush=True)
    here = pathlib.Path(tmp, "harness")
    shutil.copytree(theirs, here, copy_function=shutil.copyfile)
    here.chmod(0o700)
    for name in ("profile_seatmux.py", "desk.py", "feed_seatmuxd.py"):
        shutil.copyfile(BENCH / name, here / name)
    if "profile_seatmux" not in (here / "profiles.py").read_text():
        with open(here / "profiles.py", "a") as f:
            f.write("\nimport profile_seatmux\n")
    return here


PEERS = [("lbound", None), ("lbound4", None), ("irssi", "irssi"), ("weechat", "weechat-curses"), ("weechat4", "weechat-curses"),
         ("profanity", "profanity"), ("seatmux", None), ("seatmux4", None)]
CLOCKS = ["seatmuxclk", "seatmuxdue"]  # four panes whose clocks run, and whose targets pass


def peers(opt, tmp):
    """seatmux, the programs that people know and the bounds, turn by turn in one run."""
    names = [n for n, exe in PEERS if not exe or shutil.which(exe)] + ([] if opt.quick else CLOCKS)
    out = os.path.join(tmp, "peers.json")
    quick = ["--only", "startup,keys", "--keys", "80", "--msgs", "30", "--starts", "3", "--waits", "20", "--retries", "0"]
    argv = [sys.executable, str(harness(tmp) / "ptybench.py"), "--tmp", tmp, "--no-strace", "--convs", "100", "-p", ",".join(names),
            "-r", str(opt.runs), "-o", out] + (quick if opt.quick else ["--waits", "300", "--retries", "300"])
    build = ROOT / "build"
    env = {**os.environ, "PTB_BUILD": tmp, "SEATMUX": os.environ.get("SEATMUX", str(build / "seatmux")),
           "SEATMUXD": os.environ.get("SEATMUXD", str(build / "seatmuxd"))}
    say("ptybench: %s" % ", ".join(names))
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, env=env, timeout=2400 * opt.runs)
    results = json.loads(pathlib.Path(out).read_text())["results"]
    for program, found in results.items():
        name_screen(program, found)
    return results


def name_screen(program, found):
    """seatmux shows its screen before the network has answered; the others' is whole when they are still."""
    for r in found:
        if "startup" in r:
            r["startup"]["screen_ms"] = r["startup"].get("first_byte_ms" if program.startswith("seatmux") else "settled_ms")


def client(opt, tmp):
    names = ["lbound", "lbound4"] + [n for n, exe in (("irssi", "irssi"), ("weechat", "weechat-curses"), ("weechat4", "weechat-curses"))
                                     if shutil.which(exe)] + ["seatmux", "seatmux4"]
    common = [sys.executable, str(BENCH / "ptybench.py"), "--tmp", tmp, "--no-strace", "--waits", "20" if opt.quick else "90",
              "--retries", "0" if opt.quick else "60"]
    out = os.path.join(tmp, "pty.json")
    if opt.quick:
        jobs = [(["lbound", "lbound4", "irssi", "seatmux", "seatmux4"], "startup,keys", 1,
                 ["--keys", "80", "--msgs", "30", "--starts", "3"])]
    else:
        jobs = [(names, "startup,keys,resize", min(2, opt.runs), ["--keys", "150", "--msgs", "60", "--starts", "3"]),
                ([n for n in names if n != "weechat4"], "flood", 1, []),
                (["lbound", "irssi", "weechat", "seatmux"], "idle,memory", 1, ["--convs", "100"]),
                (CLOCKS, "idle", 1, [])]
    results = {}
    for programs, phases, runs, more in jobs:
        programs = [p for p in programs if p in names + CLOCKS]
        say("ptybench: %s of %s" % (phases, ", ".join(programs)))
        subprocess.run(common + ["-p", ",".join(programs), "--only", phases, "-r", str(runs), "-o", out] + more, check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "PTB_BUILD": tmp}, timeout=1500)
        for program, found in json.loads(pathlib.Path(out).read_text())["results"].items():
            have = results.setdefault(program, [])
            name_screen(program, found)
            for i, r in enumerate(found):
                if i < len(have):
                    have[i].update(r)
                else:
                    have.append(r)
    return results


def client_table(results):
    programs = list(results)
    med = {}
    out = ["| figure | " + " | ".join(programs) + " | seatmux / lbound | seatmux4 / lbound4 | seatmux / irssi |",
           "|---|" + "--:|" * (len(programs) + 3)]
    for title, path, scale, digits in CLIENT:
        cells = []
        for p in programs:
            xs = [x for x in (dig(r, path) for r in results[p]) if x is not None]
            if not xs:
                cells.append("-")
            elif digits is None:
                cells.append("yes" if all(xs) else "no")
            else:
                med[p, path] = statistics.median(xs) * scale
                cells.append("%.*f" % (digits, med[p, path]))
        if all(c == "-" for c in cells):
            continue
        for a, b in (("seatmux", "lbound"), ("seatmux4", "lbound4"), ("seatmux", "irssi")):
            x, y = med.get((a, path)), med.get((b, path))
            cells.append("%.2f" % (x / y) if x is not None and y else "-")
        out.append("| %s | %s |" % (title, " | ".join(cells)))
    return "\n".join(out)


# ------------------------------------------------------------------ the fold

def fold():
    exe = ROOT / "build" / "tools" / "bench" / "fold"
    if not exe.exists():
        return "(build/tools/bench/fold is not there)"
    return subprocess.run([str(exe)], check=True, capture_output=True, text=True).stdout.strip()


# ------------------------------------------------------------------ tail

def tail(opt):
    """The table, of the run with the median of the medians; what was not read ends the bench."""
    out = os.path.join(tempfile.gettempdir(), "seatmux-bench-tail-%d.json" % os.getpid())
    runs = []
    for _ in range(opt.runs):
        subprocess.run([sys.executable, str(BENCH / "tail.py"), "--messages", "2000" if opt.quick else "10000", "--json", out], check=True,
                       stdout=subprocess.DEVNULL, timeout=300)
        runs.append(json.loads(pathlib.Path(out).read_text()))
    os.unlink(out)
    return sorted(runs, key=lambda run: run["tail"]["p50_ms"] / run["poller"]["p50_ms"])[len(runs) // 2]


def tail_table(found):
    import tail as module
    return module.table(found)


def machine():
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return "%s, %d cores, Linux %s, %s" % (cpu.group(1) if cpu else "?", os.cpu_count(), platform.release(), time.strftime("%Y-%m-%d"))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("parts", nargs="*", metavar="PART", help="client, server, tail, fold (default: all)")
    ap.add_argument("--peers", action="store_true", help="the client beside irssi, weechat, profanity and the bounds in one run, by the harness "
                    "of ../shared/bench where it is there")
    ap.add_argument("--quick", action="store_true", help="smaller numbers, three minutes at most")
    ap.add_argument("-r", "--runs", type=int, help="rounds (3; 1 with --quick)")
    ap.add_argument("--json", metavar="FILE", help="all figures")
    opt = ap.parse_args()
    if set(opt.parts) - {"client", "server", "tail", "fold"}:
        ap.error("parts are: client, server, tail, fold")
    if opt.peers and opt.parts:
        ap.error("--peers is a part by itself")
    parts = ["peers"] if opt.peers else opt.parts or ["server", "client", "tail", "fold"]
    opt.runs = opt.runs or (1 if opt.quick else 3)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    tmp = tempfile.mkdtemp(prefix="seatmux-bench-")
    everything = {"machine": machine()}
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    try:
        print("Machine: %s; %s\n" % (machine(), "server figures with SCHED_RR" if may_be_urgent() else "ordinary scheduling"))
        if "server" in parts:
            everything["server"] = server(opt, tmp)
            print("Server, median (min-max) of %d\n\n%s\n" % (opt.runs, server_table(everything["server"])), flush=True)
        if "client" in parts:
            everything["client"] = client(opt, tmp)
            print("Client, medians of %d\n\n%s\n" % (opt.runs, client_table(everything["client"])), flush=True)
        if "peers" in parts:
            everything["peers"] = peers(opt, tmp)
            print("Client and peers, medians of %d\n\n%s\n" % (opt.runs, client_table(everything["peers"])), flush=True)
        if "tail" in parts:
            everything["tail"] = tail(opt)
            print("Tail, the middle one of %d\n\n%s\n" % (opt.runs, tail_table(everything["tail"])), flush=True)
        if "fold" in parts:
            everything["fold"] = fold()
            print("Fold\n\n%s" % everything["fold"])
        if opt.json:
            pathlib.Path(opt.json).write_text(json.dumps(everything, indent=1))
    finally:
        shutil.rmtree(tmp, ignore_errors=True)


if __name__ == "__main__":
    main()
