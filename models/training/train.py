"""From pictures to ONNX in one command; see README.md."""

import argparse
import copy
import json
import math
import os
import signal
import time
from collections import OrderedDict
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from augment import normalise
from calibrate import calibrate_folder
from data import Batch, Corpus, kind_texts, token_ids
from evaluate import top1_by_class
from export import export_model
from facts import UNDECIDED, match
from held_out import held_out_crops
from losses import contrastive, distillation, naming
from model import SIDE, Student
from vocabulary import words_of
from warm_start import load_model_folder, rename_rows, settle_norms
from words import KINDS

BATCH = 128
WARM_UP_STEPS = 200
LARGEST_SCALE = 50
# Share of the run from which on each side in pixels is used: small pictures teach more an hour, the last ones fit the towers to
# the size in use.
SIDES = ((0.0, 96), (0.7, SIDE))
# Share of the run at which windows are looked for that the student takes for a pest and that show none.
MINE_AT = (0.25, 0.45, 0.65, 0.8, 0.92)
# Crops that tell the norms of a model folder what to expect.
SETTLING_CROPS = 1024


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Trains scout-tiny and writes the model folder.")
    parser.add_argument("--pictures", type=Path, action="append", default=[], metavar="DIR", help="class folders with a manifest.csv")
    parser.add_argument("--sim", type=Path, action="append", default=[], metavar="DIR", help="a folder that fieldscout sim wrote, or a folder of such folders")
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
    parser.add_argument("--from-model", type=Path, metavar="DIR", help="begin with the weights of a model folder, not at random")
    chosen = parser.parse_args()
    if (chosen.minutes is None) == (chosen.steps is None):
        parser.error("give either --minutes or --steps")
    if not chosen.pictures and not chosen.sim:
        parser.error("give --pictures, --sim or both")
    return chosen


# Processes that draw batches, and how many steps ahead of the one that is learnt from.
DRAWING, DRAWN_AHEAD = 2, 3
DRAWN_FROM: list = []


def draw(step: int, side: int) -> Batch:
    """In a drawing process."""
    corpus, tokenizer = DRAWN_FROM
    return corpus.batch(step, side, BATCH, tokenizer)


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
        self.pool: ProcessPoolExecutor | None = None
        self.coming: OrderedDict[tuple[int, int], Future[Batch]] = OrderedDict()
        self.mined = 0.0

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

    def next_batch(self) -> Batch:
        """The batch of this step; those of the next steps are drawn by other processes while this one is learnt from."""
        side = self.side()
        wanted = [(self.step + ahead, side) for ahead in range(DRAWN_AHEAD + 1)]
        for stale in [key for key in self.coming if key not in wanted]:
            self.coming.pop(stale).cancel()
        for key in wanted:
            if key not in self.coming:
                self.coming[key] = self.pool.submit(draw, *key)
        return self.coming.pop(wanted[0]).result()

    def start_drawing(self) -> None:
        """Forks the processes that draw: they have the corpus as it is now."""
        if self.pool:
            self.coming.clear()
            self.pool.shutdown(wait=True, cancel_futures=True)
        DRAWN_FROM[:] = [self.corpus, self.tokenizer]
        self.pool = ProcessPoolExecutor(DRAWING, get_context("fork"), torch.set_num_threads, (1,))

    def stop_drawing(self) -> None:
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)

    def learn(self) -> float:
        """One step. Returns the loss."""
        began = time.monotonic()
        batch = self.next_batch()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        student = self.student.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            pooled = student.image.pool(normalise(batch.crops))
            texts = student.text(torch.from_numpy(batch.ids))
            names = student.text(token_ids(kind_texts(np.random.default_rng([self.chosen.seed, 0x1D, self.step])), self.tokenizer))
        images = torch.nn.functional.normalize(student.image.project(pooled), dim=1)
        verdicts = match(batch.facts, batch.said)
        verdicts[batch.mixed] = UNDECIDED
        scale = student.log_scale.exp()
        loss = contrastive(images, texts, scale, verdicts)
        loss = loss + naming(images, names, scale, torch.from_numpy(batch.kinds), torch.from_numpy(batch.undecided))
        if self.corpus.teacher is not None:
            loss = loss + self.chosen.distil * distillation(
                student.to_teacher(pooled), torch.from_numpy(batch.teacher), torch.from_numpy(batch.taught)
            )
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

    @torch.no_grad()
    def mine(self) -> None:
        """Hard windows without a pest, by the averaged student: nearest name an insect's, and by how much."""
        student = self.average.eval()
        names = student.text(token_ids(kind_texts(None), self.tokenizer))
        insects = torch.tensor([kind.family == "insect" for kind in KINDS.values()])

        def looks_like_a_pest(crops: np.ndarray) -> np.ndarray:
            cosines = torch.cat([student.image(normalise(crops[start : start + 128])) @ names.T for start in range(0, len(crops), 128)])
            return (cosines[:, insects].amax(1) - cosines[:, ~insects].amax(1)).numpy()

        self.corpus.mine(self.step, looks_like_a_pest)
        self.mined = self.progress()

    def begin_with(self, folder: Path) -> None:
        """Takes over the weights of a model folder. It knows a pest from a leaf already: hard windows come from the first step on."""
        load_model_folder(folder, self.student)
        settle_norms(self.student, normalise(self.corpus.batch(0, SIDE, SETTLING_CROPS, self.tokenizer).crops))
        self.average.load_state_dict(self.student.state_dict())
        self.mine()

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
        same = state["tokens"] == self.tokens
        if not same:
            # Other pictures brought other words: the rows of the known ones go on, and the optimiser begins anew.
            for tower in ("student", "average"):
                rename_rows(state[tower], state["tokens"], self.student.text)
        self.student.load_state_dict(state["student"])
        self.average.load_state_dict(state["average"])
        if same:
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
        if chosen.from_model and run.progress() < 1:
            run.mine()
    elif chosen.from_model:
        run.begin_with(chosen.from_model)
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
    run.start_drawing()
    looked, saved, told, mean_loss, rate = run.progress(), run.seconds, (run.seconds, run.crops), 0.0, 0.0
    while run.progress() < 1:
        if stopped:
            run.save()
            run.stop_drawing()
            raise SystemExit(f"stopped at step {run.step}; the same command with --resume goes on from there")
        if any(run.mined < share <= run.progress() for share in MINE_AT):
            run.mine()
            run.start_drawing()
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
    # What was drawn ahead is not wanted any more.
    run.stop_drawing()
    export_model(run.average, chosen.tokenizer, chosen.out / "model", run.words)
    print(json.dumps(calibrate_folder(chosen.out / "model", corpus), indent=1))


if __name__ == "__main__":
    main()
