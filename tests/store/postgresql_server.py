#!/usr/bin/env python3
"""postgresql_server.py start|stop PLACE BIN: a PostgreSQL of its own for tests.

It lies in a new temporary folder and listens on a Unix socket there alone, so that it is in nobody's way. PLACE is
the file in which its connection URI (of the superuser) and its folder stand. As root it runs as the user postgres,
because initdb refuses root. BIN is the folder with initdb and pg_ctl.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def run(program, *arguments):
    command = [os.path.join(sys.argv[3], program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL, timeout=120)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
    return done.returncode


def stop(place):
    if not place.exists():
        return 0
    folder = place.read_text(encoding="utf-8").splitlines()[1]
    code = 0
    if os.path.exists(os.path.join(folder, "data", "postmaster.pid")):
        code = run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)
    place.unlink()
    return code


def start(place):
    stop(place)  # one that an interrupted run left
    folder = tempfile.mkdtemp(prefix="bulla-postgresql-")
    place.write_text(f"postgresql:///postgres?host={folder}&user=postgres\n{folder}\n", encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    # Not durable: only the machine could lose what it has.
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
    code = run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
               "--locale=C.UTF-8")
    if code == 0:
        # All are let in but one, who has a password.
        rules = "local all bulla_guarded scram-sha-256\nlocal all all trust\n"
        pathlib.Path(folder, "data", "pg_hba.conf").write_text(rules, encoding="ascii")
        # Behind a pipe that nobody closes, subprocess would wait for the server itself.
        code = run("pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "-o", options, "start")
    if code == 0:
        roles = "CREATE ROLE bulla LOGIN; CREATE ROLE bulla_guarded LOGIN PASSWORD 'sesame'"
        code = subprocess.run(["psql", "-XqAtc", roles, place.read_text().splitlines()[0]],
                              check=False).returncode
    if code != 0:
        stop(place)
    return code


if __name__ == "__main__":
    sys.exit({"start": start, "stop": stop}[sys.argv[1]](pathlib.Path(sys.argv[2])))
