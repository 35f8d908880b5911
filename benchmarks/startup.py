"""CPU seconds that it takes to begin: `photocast --help`, `import photocast`, and Python alone beside them.

Run `python benchmarks/startup.py`. Each figure is the best of ten fresh processes, user and system time together.
"""

import resource
import subprocess
import sys

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import photocast": ["-c", "import photocast"],
    "photocast --help": ["-m", "photocast", "--help"],
    "photocast make --help": ["-m", "photocast", "make", "--help"],
    "photocast --version": ["-m", "photocast", "--version"],
}
RUNS = 10


def main() -> None:
    print("CPU s")
    for name, args in COMMANDS.items():
        print(f"{min(cpu_seconds(args) for _ in range(RUNS)):5.3f}  {name}")


def cpu_seconds(args: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *args], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
