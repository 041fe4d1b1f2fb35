"""python -m unittest in this folder; needs what requirements.txt names and no pictures."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from calibrate import expected_calibration_error, fit_scale
from captions import compose, is_held_out
from facts import (ABSENT, ATTRIBUTES, COLOUR, COLOUR_IDS, FALSE, GROUP_IDS, KIND, KIND_IDS, NUMBER, TRUE, UNDECIDED, UNSAID, kind_of, match,
                   picture, thing)
from export import export_model
from model import END_TOKEN, SIDE, Student, TextTower
from onnx_model import OnnxModel
from pictures import Photo, group_by_source, hold_out
from sim_frames import Frame, FrameStore, facts_of_window
from warm_start import load_model_folder, settle_norms
from words import HELD_OUT_COMBINATIONS


def said(kind: int, **attributes: int) -> np.ndarray:
    facts = np.full(ATTRIBUTES, UNSAID, np.int16)
    facts[KIND] = kind
    for name, value in attributes.items():
        facts[{"colour": COLOUR, "number": NUMBER}[name]] = value
    return facts


class Match(unittest.TestCase):
    def verdict(self, things, caption) -> int:
        return int(match(np.stack([picture(things)]), np.stack([caption]))[0, 0])

    def test_colour_decides_where_it_is_known_and_leaves_open_where_it_is_not(self):
        green = said(KIND_IDS["aphid"], colour=COLOUR_IDS["green"])
        self.assertEqual(self.verdict([thing("aphid", "green")], green), TRUE)
        self.assertEqual(self.verdict([thing("aphid", "black")], green), FALSE)
        self.assertEqual(self.verdict([thing("aphid")], green), UNDECIDED)
        self.assertEqual(self.verdict([thing("beetle", "green")], green), FALSE)

    def test_one_thing_of_several_is_enough_but_must_fit_alone(self):
        both = [thing("aphid", "black"), thing("beetle", "green")]
        self.assertEqual(self.verdict(both, said(KIND_IDS["beetle"], colour=COLOUR_IDS["green"])), TRUE)
        self.assertEqual(self.verdict(both, said(KIND_IDS["aphid"], colour=COLOUR_IDS["green"])), FALSE)

    def test_groups_hold_their_members_and_spare_their_neighbours(self):
        self.assertEqual(self.verdict([thing("moth")], said(GROUP_IDS["any insect"])), TRUE)
        self.assertEqual(self.verdict([thing("soil")], said(GROUP_IDS["any insect"])), FALSE)
        self.assertEqual(self.verdict([thing("bean leaf rust")], said(GROUP_IDS["any leaf spot"])), UNDECIDED)

    def test_every_composed_caption_is_true_of_what_it_was_composed_of(self):
        random = np.random.default_rng(1)
        for kind in KIND_IDS:
            for number in (-1, 1, 2, 4):
                shown = thing(kind, "green", number, "adult", "walking", "leaf", "striped")
                for _ in range(20):
                    text, facts = compose(shown, random)
                    self.assertEqual(self.verdict([shown], facts), TRUE, text)


class Pictures(unittest.TestCase):
    def photo(self, index: int, source: str) -> Photo:
        return Photo(Path("x"), f"{index}.jpg", "aphid", "", source, "", picture([thing("aphid")]))

    def test_copies_of_one_photograph_are_never_on_both_sides(self):
        random = np.random.default_rng(3)
        originals = random.standard_normal((60, 64))
        features = np.concatenate([originals, originals + random.standard_normal((60, 64)) * 0.1])
        photos = [self.photo(index, f"source-{index}") for index in range(120)]
        groups = group_by_source(photos, features)
        self.assertEqual(len(set(groups.tolist())), 60)
        held = hold_out(photos, groups)
        self.assertEqual(int(held.sum()), 12)
        self.assertTrue((held[:60] == held[60:]).all())

    def test_boxes_of_one_source_path_are_one_group(self):
        groups = group_by_source([self.photo(0, "a"), self.photo(1, "b"), self.photo(2, "a")], None)
        self.assertEqual([int(groups[0] == groups[2]), int(groups[0] == groups[1])], [1, 0])


class Windows(unittest.TestCase):
    def frame(self, *things) -> Frame:
        boxes = np.array([box for box, _ in things], float).reshape(-1, 4)
        return Frame(0, 400, 300, "leaf", "f.jpg", boxes, tuple(facts for _, facts in things))

    def test_counts_what_it_shows(self):
        aphid = thing("aphid", "black", place="leaf")
        shown = facts_of_window(self.frame(((35, 35, 20, 20), aphid), ((60, 60, 20, 20), aphid)), (0, 0, 100, 100))
        self.assertEqual((int(shown[0, KIND]), int(shown[0, NUMBER])), (KIND_IDS["aphid"], 2))

    def test_shows_the_ground_where_nothing_lives(self):
        shown = facts_of_window(self.frame(((300, 200, 20, 20), thing("aphid"))), (0, 0, 100, 100))
        self.assertEqual(int(shown[0, KIND]), KIND_IDS["leaf"])

    def test_calls_a_cut_pest_and_the_inside_of_one_a_part(self):
        aphid = thing("aphid", "black")
        for box in ((88, 10, 40, 40), (-100, -100, 300, 300), (20, 80, 50, 50)):
            shown = facts_of_window(self.frame((box, aphid)), (0, 0, 100, 100))
            self.assertEqual(int(shown[0, KIND]), KIND_IDS["fragment"], box)

    def test_a_pest_beside_the_middle_is_the_next_windows(self):
        aphid = thing("aphid", "black")
        for box in ((75, 75, 20, 20), (10, 30, 30, 30), (5, 5, 8, 8)):
            shown = facts_of_window(self.frame((box, aphid)), (0, 0, 100, 100))
            self.assertEqual(int(shown[0, KIND]), KIND_IDS["leaf"], box)
        shown = facts_of_window(self.frame(((30, 30, 40, 40), aphid), ((75, 75, 20, 20), thing("moth"))), (0, 0, 100, 100))
        self.assertEqual(shown[:, KIND].tolist()[:2], [KIND_IDS["aphid"], ABSENT])

    def test_says_nothing_of_a_pest_that_ends_near_the_middle_a_speck_or_a_held_out_combination(self):
        aphid = thing("aphid", "black")
        self.assertIsNone(facts_of_window(self.frame(((52, 40, 30, 30), aphid)), (0, 0, 100, 100)))
        self.assertIsNone(facts_of_window(self.frame(((46, 46, 8, 8), aphid)), (0, 0, 100, 100)))
        colour, kind = sorted(HELD_OUT_COMBINATIONS)[0]
        self.assertTrue(is_held_out(thing(kind, colour)))
        self.assertIsNone(facts_of_window(self.frame(((30, 30, 40, 40), thing(kind, colour))), (0, 0, 100, 100)))

    def test_reads_what_fieldscout_sim_writes(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            Image.new("RGB", (40, 30), (10, 200, 30)).save(folder / "frame-000000.png")
            (folder / "annotations.json").write_text(json.dumps({
                "info": {"scene": "leaf"},
                "images": [{"id": 1, "file_name": "frame-000000.png", "width": 40, "height": 30}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 10, 8],
                                 "attributes": {"kind": "stink bug", "colour": "green", "stage": "adult", "posture": "resting"}}],
                "categories": [{"id": 1, "name": "bug"}],
            }))  # fmt: skip
            store = FrameStore([folder], folder / "frames.bin")
            [frame] = store.frames
            self.assertEqual(store.picture_of(frame)[0, 0].tolist(), [10, 200, 30])
            self.assertEqual(frame.things[0][[KIND, COLOUR]].tolist(), [KIND_IDS["bug"], COLOUR_IDS["green"]])

    def test_names_of_targets_are_kinds(self):
        self.assertEqual([kind_of(name) for name in ("scale-insect", "Stink bug", "leaf-rust")], ["scale insect", "bug", "rust"])


class Towers(unittest.TestCase):
    def test_padding_after_the_end_changes_nothing(self):
        tower = TextTower([320, 539, 49406, END_TOKEN]).eval()
        short = torch.tensor([[49406, 320, 539, END_TOKEN]])
        padded = torch.tensor([[49406, 320, 539, END_TOKEN, END_TOKEN, 0]])
        self.assertTrue(torch.allclose(tower(short), tower(padded), atol=1e-5))


class Calibration(unittest.TestCase):
    def test_error_is_the_distance_of_confidence_and_accuracy(self):
        self.assertAlmostEqual(expected_calibration_error(np.array([0.9, 0.9, 0.9, 0.9]), np.array([1, 1, 0, 0])), 0.4)

    def test_finds_the_scale_that_the_labels_were_drawn_with(self):
        random = np.random.default_rng(5)
        cosines = random.uniform(-1, 1, (6000, 8))
        gumbel = random.gumbel(size=cosines.shape)
        self.assertAlmostEqual(fit_scale([cosines], [(cosines * 9 + gumbel).argmax(1)]), 9, delta=0.5)


class WarmStart(unittest.TestCase):
    """A student that begins with a folder's weights says what the folder says, in training too."""

    TOKENS = [320, 1125, 1929, 49406, END_TOKEN]
    IDS = torch.tensor([[49406, 320, 1929, END_TOKEN], [49406, 1125, END_TOKEN, END_TOKEN]])

    @classmethod
    def setUpClass(cls):
        torch.manual_seed(1)
        cls.room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.room.cleanup)
        cls.folder = Path(cls.room.name) / "model"
        trained = Student(cls.TOKENS)
        for module in trained.modules():
            # As training leaves norms, not as they begin: each channel another.
            if isinstance(module, (torch.nn.BatchNorm2d, torch.nn.LayerNorm)):
                torch.nn.init.uniform_(module.weight, 0.5, 1.5)
                torch.nn.init.uniform_(module.bias, -0.2, 0.2)
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
                torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
        export_model(trained, Path(__file__).parent.parent / "scout-tiny/tokenizer.json", cls.folder, ["a"])
        cls.exported = OnnxModel(cls.folder)
        cls.pixels = torch.randn(32, 3, SIDE, SIDE)

    def nearness(self, student: Student) -> float:
        with torch.no_grad():
            images = (student.image(self.pixels) * self.exported.image(self.pixels)).sum(1)
            texts = (student.text(self.IDS) * self.exported.text(self.IDS)).sum(1)
        return float(min(images.min(), texts.min()))

    def test_the_folder_is_understood_and_a_token_more_is_learnt_afresh(self):
        student = Student([*self.TOKENS, 5000])
        row = int(student.text.rows[5000])
        fresh = student.text.tokens.weight[row].detach().clone()
        load_model_folder(self.folder, student)
        self.assertTrue(torch.equal(student.text.tokens.weight[row], fresh))
        self.assertGreater(self.nearness(student.eval()), 0.9999)
        settle_norms(student, self.pixels)
        self.assertGreater(self.nearness(student.eval()), 0.9999)
        self.assertGreater(self.nearness(student.train()), 0.999)

    def test_another_architecture_is_refused(self):
        student = Student(self.TOKENS)
        student.image.stages = student.image.stages[:-1]
        with self.assertRaisesRegex(ValueError, "has no place in it"):
            load_model_folder(self.folder, student)


if __name__ == "__main__":
    unittest.main()
