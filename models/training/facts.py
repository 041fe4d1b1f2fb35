"""
What a picture shows and what a caption says, as numbers, so that it can be told which captions are true of which pictures.

A picture holds up to three things, each int16[7]: kind, colour, number, stage, posture, place, marking. `UNKNOWN` says that nobody
knows; `ABSENT` fills the rows of things that are not there. A caption is one such row, in which `UNSAID` stands for what
it does not speak of, and whose kind may be a group of kinds.
"""

import numpy as np

from words import ALIASES, COLOURS, GROUPS, KINDS, MARKINGS, PLACES, POSTURES, SCENE_GROUND, STAGES

UNKNOWN, ABSENT, UNSAID = -1, -2, -3
KIND, COLOUR, NUMBER, STAGE, POSTURE, PLACE, MARKING = range(7)
ATTRIBUTES = 7
THINGS = 3

KIND_IDS = {kind: index for index, kind in enumerate(KINDS)}
GROUP_IDS = {group: len(KIND_IDS) + index for index, group in enumerate(GROUPS)}
COLOUR_IDS = {colour: index for index, colour in enumerate(COLOURS)}
STAGE_IDS = {stage: index for index, stage in enumerate(STAGES)}
POSTURE_IDS = {posture: index for index, posture in enumerate(POSTURES)}
MARKING_IDS = {marking: index for index, marking in enumerate(MARKINGS)}
PLACE_IDS = {place: index for index, place in enumerate(PLACES)}
KIND_NAMES = tuple(KIND_IDS)

FALSE, UNDECIDED, TRUE = 0, 1, 2


def kind_of(name: str) -> str:
    """The kind that a label stands for. Raises KeyError for one that words.py does not know."""
    plain = name.strip().lower()
    for candidate in (plain, plain.replace("-", " "), ALIASES.get(plain, ""), ALIASES.get(plain.replace("-", " "), "")):
        if candidate in KIND_IDS:
            return candidate
    raise KeyError(name)


def thing(
    kind: str,
    colour: str | None = None,
    number: int = UNKNOWN,
    stage: str | None = None,
    posture: str | None = None,
    place: str | None = None,
    marking: str | None = None,
) -> np.ndarray:
    """One thing of a picture; None, and any word that words.py does not know, is unknown."""
    return np.array(
        [
            KIND_IDS[kind],
            COLOUR_IDS.get(colour, UNKNOWN),
            min(number, 4),
            STAGE_IDS.get(stage, UNKNOWN),
            POSTURE_IDS.get(posture, UNKNOWN),
            PLACE_IDS.get(place, UNKNOWN),
            MARKING_IDS.get(marking, UNKNOWN),
        ],
        np.int16,
    )


def picture(things: list[np.ndarray]) -> np.ndarray:
    """int16[3, 7] of the first three things."""
    rows = np.full((THINGS, ATTRIBUTES), ABSENT, np.int16)
    for row, each in enumerate(things[:THINGS]):
        rows[row] = each
    return rows


def _kind_table() -> np.ndarray:
    table = np.full((len(KIND_IDS) + len(GROUP_IDS), len(KIND_IDS)), FALSE, np.int8)
    table[np.arange(len(KIND_IDS)), np.arange(len(KIND_IDS))] = TRUE
    for name, group in GROUPS.items():
        table[GROUP_IDS[name], [KIND_IDS[kind] for kind in group.may]] = UNDECIDED
        table[GROUP_IDS[name], [KIND_IDS[kind] for kind in group.members]] = TRUE
    # A ladybird and a weevil are beetles: neither a hit nor a miss for the word.
    for narrow, wide in (("ladybird", "beetle"), ("weevil", "beetle"), ("leafroller", "caterpillar"), ("leafroller", "moth"),
                         ("stemborer", "caterpillar"), ("stemborer", "moth"), ("drop", "leaf"), ("shadow", "leaf"), ("crop row", "leaf"), ("crop row", "soil"), ("leaf", "blur"), ("trap", "blur"), ("trap", "leaf"),
                         ("flower strip", "flower"), ("flower strip", "leaf"), ("flower strip", "blur"), ("flower strip", "stem"),
                         ("flower strip", "grass"), ("bud", "flower"), ("petal", "flower")):
        table[KIND_IDS[wide], KIND_IDS[narrow]] = UNDECIDED
    # A part of an insect is no sight of that insect, but who asks for any insect may have it.
    table[GROUP_IDS["any insect"], KIND_IDS["fragment"]] = UNDECIDED
    # Nobody lists every drop, weed and spot of a field: a view of its ground is no evidence against them.
    for ground in SCENE_GROUND.values():
        for kind, facts in KINDS.items():
            if facts.family in ("thing", "plant") and table[KIND_IDS[kind], KIND_IDS[ground]] == FALSE:
                table[KIND_IDS[kind], KIND_IDS[ground]] = UNDECIDED
    return table


KIND_TABLE = _kind_table()


def match(pictures: np.ndarray, captions: np.ndarray) -> np.ndarray:
    """
    Which captions are true of which pictures.

    pictures int16[p, 3, 7], captions int16[c, 7] -> int8[p, c] of FALSE, UNDECIDED, TRUE. A thing fulfils a caption as far
    as its worst attribute does, a picture as far as its best thing.
    """
    things = pictures[:, None]
    said = captions[None, :, None]
    verdict = np.where(said == UNSAID, TRUE, np.where(things == said, TRUE, np.where(things == UNKNOWN, UNDECIDED, FALSE)))
    kinds = np.clip(pictures[:, :, KIND], 0, None)
    by_kind = KIND_TABLE[captions[:, KIND]][:, kinds].transpose(1, 0, 2)
    verdict[..., KIND] = by_kind
    whole = verdict.min(-1)
    whole[np.broadcast_to((pictures[:, :, KIND] == ABSENT)[:, None], whole.shape)] = FALSE
    return whole.max(-1).astype(np.int8)
