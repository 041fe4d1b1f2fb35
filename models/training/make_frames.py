"""Simulated frames to learn from: `fieldscout sim` over many seeds, conditions and sizes, a folder each; what is there is kept."""

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

PROGRAM = Path(__file__).parent.parent.parent / "bin" / "fieldscout.mjs"
SCENES = ("leaf", "crop-row", "sticky-trap", "light-trap", "flower-strip")
# Half of the time fair daylight; the rest as cameras fare.
CONDITIONS = {
    "day": 0.5, "sun": 0.09, "overcast": 0.09, "dusk": 0.05, "night": 0.05, "rain": 0.05, "dirt": 0.03, "motion-blur": 0.03,
    "noise": 0.03, "jpeg": 0.03, "overexposed": 0.025, "underexposed": 0.025,
}  # fmt: skip
SIZES = {"1280x720": 0.6, "640x480": 0.2, "1920x1080": 0.2}
EMPTY_EVERY = 4
# Long enough that other animals have come meanwhile.
INTERVAL_MS = 23_000


def plan(first_seed: int, seeds: int, frames: int) -> list[tuple[str, list[str]]]:
    """A name and the arguments of `fieldscout sim` for each folder."""
    random = np.random.default_rng(first_seed)
    jobs = []
    for seed in range(first_seed, first_seed + seeds):
        for scene in SCENES:
            condition = str(random.choice(list(CONDITIONS), p=list(CONDITIONS.values())))
            size = str(random.choice(list(SIZES), p=list(SIZES.values())))
            chosen = ["--scene", scene, "--seed", str(seed), "--frames", str(frames), "--size", size, "--condition", condition,
                      "--interval", str(INTERVAL_MS)]  # fmt: skip
            empty = (seed - first_seed) % EMPTY_EVERY == EMPTY_EVERY - 1
            jobs.append((f"{scene}-{seed}", chosen + (["--empty"] if empty else [])))
    return jobs


def paint(out: Path, name: str, chosen: list[str]) -> None:
    folder = out / name
    if (folder / "annotations.json").exists():
        return
    if folder.exists():
        # A stopped run leaves pictures without their truth.
        for path in folder.iterdir():
            path.unlink()
    done = subprocess.run(["node", str(PROGRAM), "sim", *chosen, "--out", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{name}: {done.stderr.strip()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first-seed", type=int, default=1000, help="the product's own evaluations use seeds below 1000")
    parser.add_argument("--seeds", type=int, default=80)
    parser.add_argument("--frames", type=int, default=8, help="of each seed and scene")
    chosen = parser.parse_args()
    jobs, began = plan(chosen.first_seed, chosen.seeds, chosen.frames), time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        for done, _ in enumerate(pool.map(lambda job: paint(chosen.out, *job), jobs), 1):
            if done % 10 == 0 or done == len(jobs):
                left = (time.monotonic() - began) / done * (len(jobs) - done) / 60
                print(f"{done}/{len(jobs)} folders, {left:.1f} min left", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
