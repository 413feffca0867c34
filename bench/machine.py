"""What a figure depends on, without the name of the machine."""
import os
import pathlib
import platform
import re
import subprocess


def first_match(pattern, text):
    found = re.search(pattern, text, re.M)
    return found[1].strip() if found else "unknown"


def describe_machine():
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    memory = int(first_match(r"^MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())) / 2**20
    system = first_match(r'^PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text())
    openssl = subprocess.run(["openssl", "version"], stdout=subprocess.PIPE, text=True, check=False).stdout
    commit = subprocess.run(["git", "-C", str(pathlib.Path(__file__).parent), "describe", "--always", "--dirty"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    model = first_match(r"^model name\s*:\s*(.*)", cpu)
    flags = first_match(r"^flags\s*:\s*(.*)", cpu).split()
    wanted = [flag for flag in ("aes", "sha_ni", "avx2", "vaes", "avx512_vbmi") if flag in flags]
    return [f"cpu: {model} x {os.cpu_count()}; {' '.join(wanted)}",
            f"memory: {memory:.0f} GiB; {system}; Linux {platform.release().split('-')[0]}; {openssl.strip()}",
            f"bulla: {commit.strip() or 'unknown'}",
            f"load at the end: {os.getloadavg()[0]:.1f}"]
