"""From pictures to ONNX in one command; see README.md."""

import argparse
import copy
import json
import math
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from tokenizers import Tokenizer

from calibrate import calibrate_folder
from data import Corpus
from evaluate import top1_by_class
from export import export_model
from facts import match
from held_out import held_out_crops
from losses import contrastive, distillation
from model import Student
from vocabulary import words_of

BATCH = 128
WARM_UP_STEPS = 200
LARGEST_SCALE = 50
# Share of the run from which on each side in pixels is used: small pictures teach more an hour, the last ones fit the towers to
# the size in use.
SIDES = ((0.0, 96), (0.45, 112), (0.8, 128))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Trains scout-tiny from random initialisation and writes the model folder.")
    parser.add_argument("--pictures", type=Path, action="append", default=[], metavar="DIR", help="class folders with a manifest.csv")
    parser.add_argument("--sim", type=Path, action="append", default=[], metavar="DIR", help="a folder that fieldscout sim wrote")
    parser.add_argument("--teacher", type=Path, metavar="FILE", help="ONNX network to distil from")
    parser.add_argument("--features", type=Path, metavar="FILE", help="the teacher's features of centre squares, npz")
    parser.add_argument("--tokenizer", type=Path, default=Path(__file__).parent.parent / "scout-tiny" / "tokenizer.json", metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--minutes", type=float, help="how long to train")
    parser.add_argument("--steps", type=int, help="how many steps to train; the same seed and steps give the same model")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--distil", type=float, default=3.0, help="weight of the distillation loss")
    parser.add_argument("--precision", choices=("auto", "bf16", "fp32"), default="auto")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in --out")
    chosen = parser.parse_args()
    if (chosen.minutes is None) == (chosen.steps is None):
        parser.error("give either --minutes or --steps")
    if not chosen.pictures and not chosen.sim:
        parser.error("give --pictures, --sim or both")
    return chosen


class Run:
    """The state that a checkpoint holds, and the step that moves it on."""

    def __init__(self, chosen: argparse.Namespace, corpus: Corpus, tokenizer: Tokenizer):
        torch.manual_seed(chosen.seed)
        self.chosen, self.corpus, self.tokenizer = chosen, corpus, tokenizer
        texts = corpus.texts()
        tokens = sorted({token for encoding in tokenizer.encode_batch(texts) for token in encoding.ids} | {49406, 49407})
        self.student = Student(tokens)
        self.student.image.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.student).requires_grad_(False)
        plain = [p for p in self.student.parameters() if p.ndim < 2]
        heavy = [p for p in self.student.parameters() if p.ndim >= 2]
        self.optimiser = torch.optim.AdamW([{"params": heavy, "weight_decay": 0.08}, {"params": plain, "weight_decay": 0.0}], fused=True)
        self.tokens, self.words = tokens, words_of(texts)
        self.step, self.seconds, self.crops = 0, 0.0, 0
        self.history: list[dict] = []
        self.bf16 = chosen.precision == "bf16" or (chosen.precision == "auto" and bf16_is_fast())
        self.pool = ThreadPoolExecutor(1)
        self.coming: tuple | None = None

    def progress(self) -> float:
        """0 to 1 of the steps or minutes that were asked for."""
        if self.chosen.steps is not None:
            return min(1.0, self.step / self.chosen.steps)
        return min(1.0, self.seconds / (60 * self.chosen.minutes))

    def side(self) -> int:
        return next(side for start, side in reversed(SIDES) if self.progress() >= start)

    def rate(self) -> float:
        warm = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        return self.chosen.rate * warm * (0.01 + 0.99 * (1 + math.cos(math.pi * self.progress())) / 2)

    def next_batch(self):
        """The batch of this step; the one of the next step is drawn while this one is learnt from."""
        want = (self.step, self.side())
        ready = self.coming[1].result() if self.coming and self.coming[0] == want else self.corpus.batch(*want, BATCH, self.tokenizer)
        after = (self.step + 1, want[1])
        self.coming = (after, self.pool.submit(self.corpus.batch, *after, BATCH, self.tokenizer))
        return ready

    def learn(self) -> float:
        """One step. Returns the loss."""
        began = time.monotonic()
        batch = self.next_batch()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        student = self.student.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            pooled = student.image.pool(batch.pixels)
        images = torch.nn.functional.normalize(student.image.project(pooled), dim=1)
        verdicts = match(batch.facts, batch.said)
        loss = contrastive(images, student.text(batch.ids), student.log_scale.exp(), verdicts)
        if self.corpus.teacher is not None:
            loss = loss + self.chosen.distil * distillation(student.to_teacher(pooled), batch.teacher, batch.taught)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        self.optimiser.step()
        with torch.no_grad():
            student.log_scale.clamp_(max=math.log(LARGEST_SCALE))
            keep = min(0.999, (1 + self.step) / (20 + self.step))
            for mean, value in zip(self.average.state_dict().values(), student.state_dict().values()):
                mean.lerp_(value, 1 - keep) if mean.is_floating_point() else mean.copy_(value)
        self.step += 1
        self.crops += BATCH
        self.seconds += time.monotonic() - began
        return float(loss.detach())

    def save(self) -> None:
        """Writes the checkpoint so that a power cut leaves the old one or the new one."""
        state = {
            "student": self.student.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict(),
            "tokens": self.tokens, "words": self.words, "step": self.step, "seconds": self.seconds, "crops": self.crops,
            "history": self.history,
        }  # fmt: skip
        partial = self.chosen.out / "checkpoint.part"
        torch.save(state, partial)
        partial.replace(self.chosen.out / "checkpoint.pt")
        (self.chosen.out / "history.json").write_text(json.dumps(self.history, indent=1) + "\n")

    def load(self) -> None:
        state = torch.load(self.chosen.out / "checkpoint.pt", weights_only=False)
        if state["tokens"] != self.tokens:
            raise SystemExit("The checkpoint was made with other pictures or words. Choose another --out, or the same data.")
        self.student.load_state_dict(state["student"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds, self.crops, self.history = (state[key] for key in ("step", "seconds", "crops", "history"))


def bf16_is_fast() -> bool:
    """Whether this processor has instructions for bfloat16; without them it is slower than float32."""
    try:
        return any(flag in Path("/proc/cpuinfo").read_text() for flag in ("avx512_bf16", "amx_bf16"))
    except OSError:
        return False


def main() -> None:
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    chosen.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(chosen.tokenizer))
    corpus = Corpus(chosen.pictures, chosen.sim, chosen.teacher, chosen.features, chosen.out / "cache", chosen.seed)
    run = Run(chosen, corpus, tokenizer)
    if chosen.resume and (chosen.out / "checkpoint.pt").exists():
        run.load()
    held = held_out_crops(corpus, 400)
    photos, frames = len(corpus.photos), len(corpus.frames)
    print(
        f"{photos} photographs of {len(set(corpus.groups.tolist()))} sources ({int(corpus.held.sum())} held out), {frames} simulated"
        f" frames; {sum(p.numel() for p in run.student.image.parameters()) / 1e6:.2f} M + "
        f"{sum(p.numel() for p in run.student.text.parameters()) / 1e6:.2f} M parameters; {'bf16' if run.bf16 else 'fp32'}",
        flush=True,
    )
    stopped: list[int] = []
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, lambda number, _: stopped.append(number))
    looked, saved, told, mean_loss, rate = run.progress(), run.seconds, (run.seconds, run.crops), 0.0, 0.0
    while run.progress() < 1:
        if stopped:
            run.save()
            run.pool.shutdown(wait=True, cancel_futures=True)
            raise SystemExit(f"stopped at step {run.step}; the same command with --resume goes on from there")
        loss = run.learn()
        mean_loss = loss if mean_loss == 0 else 0.98 * mean_loss + 0.02 * loss
        done = run.progress()
        if done - looked >= 0.05 or done >= 1:
            looked = done
            scores = {name: top1_by_class(run.average, tokenizer, *crops)["top1"] for name, crops in held.items()}
            run.history.append({"step": run.step, "crops": run.crops, "minutes": round(run.seconds / 60, 1), "loss": round(mean_loss, 3), **scores})
        if run.seconds - saved > 180 or done >= 1:
            saved = run.seconds
            run.save()
        if run.seconds - told[0] > 20 or done >= 1:
            rate = (run.crops - told[1]) / max(1e-6, run.seconds - told[0])
            told = (run.seconds, run.crops)
            left = (run.seconds / max(1e-6, done) - run.seconds) / 60
            held_text = ", ".join(f"{name} {run.history[-1][name]:.1%}" for name in held) if run.history else "not yet"
            print(
                f"step {run.step}  {run.crops} crops  {rate:.0f} crops/s  {run.side()} px  loss {mean_loss:.3f}"
                f"  scale {run.student.log_scale.exp().item():.1f}  held out: {held_text}  {left:.0f} min left",
                flush=True,
            )
    export_model(run.average, chosen.tokenizer, chosen.out / "model", run.words)
    print(json.dumps(calibrate_folder(chosen.out / "model", corpus), indent=1))
    # The batch that was drawn ahead is not wanted any more.
    run.pool.shutdown(wait=True, cancel_futures=True)


if __name__ == "__main__":
    main()
