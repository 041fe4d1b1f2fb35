"""Sentences about pictures, composed of what is known about them, each with the facts that it states."""

import numpy as np

from facts import ATTRIBUTES, COLOUR, GROUP_IDS, KIND, KIND_NAMES, MARKING, NUMBER, PLACE, POSTURE, STAGE, UNSAID
from words import (COLOURS, FINE_NAMES, GROUPS, HELD_OUT_COMBINATIONS, INSECT_TEMPLATES, KINDS, MARKINGS, NUMBERS, PLACES, POSTURES,
                   PROMPT_TEMPLATES, STAGES, TEMPLATES, with_article)

PLURAL_SHARE = 0.15
GROUP_SHARE = 0.12
PLACE_NAMES, STAGE_NAMES, POSTURE_NAMES = tuple(PLACES), tuple(STAGES), tuple(POSTURES)


def compose(thing: np.ndarray, random: np.random.Generator, fine: str = "") -> tuple[str, np.ndarray]:
    """One caption about a thing and the facts that the caption states; unknown attributes are never spoken of."""
    kind = KIND_NAMES[thing[KIND]]
    facts = np.full(ATTRIBUTES, UNSAID, np.int16)
    facts[KIND] = thing[KIND]
    groups = [name for name, group in GROUPS.items() if kind in group.members]
    if groups and random.random() < GROUP_SHARE:
        name = groups[random.integers(len(groups))]
        facts[KIND] = GROUP_IDS[name]
        return _framed(_pick(GROUPS[name].names, random), kind, random), facts
    if fine in FINE_NAMES and random.random() < 0.3:
        return _framed(with_article(_pick(FINE_NAMES[fine], random)), kind, random), facts
    return _framed(_phrase(kind, thing, facts, random), kind, random), facts


def _phrase(kind: str, thing: np.ndarray, facts: np.ndarray, random: np.random.Generator) -> str:
    words = KINDS[kind]

    def speak(attribute: int, share: float) -> bool:
        if thing[attribute] < 0 or random.random() >= share:
            return False
        facts[attribute] = thing[attribute]
        return True

    colour = f"{COLOURS[thing[COLOUR]]} " if speak(COLOUR, 0.7) else ""
    if speak(MARKING, 0.25):
        colour = f"{MARKINGS[thing[MARKING]]} {colour}"
    count = int(thing[NUMBER])
    if words.plurals and count != 1 and (speak(NUMBER, 0.4) if count > 0 else random.random() < PLURAL_SHARE):
        name = f"{colour}{_pick(words.plurals, random)}"
        phrase = f"{_pick(NUMBERS[count], random)} {name}" if facts[NUMBER] != UNSAID else name
    else:
        # The folder's own name is what people type, so it comes as often as all the others together.
        name = words.names[0] if random.random() < 0.5 else _pick(words.names, random)
        if words.family == "insect" and speak(STAGE, 0.15):
            name = STAGES[STAGE_NAMES[thing[STAGE]]].format(name)
        single = count == 1 and speak(NUMBER, 0.1)
        phrase = f"{_pick(NUMBERS[1], random)} {colour}{name}" if single else with_article(f"{colour}{name}")
    if words.family == "insect":
        if speak(POSTURE, 0.1):
            phrase += f" {POSTURES[POSTURE_NAMES[thing[POSTURE]]]}"
        if speak(PLACE, 0.3):
            phrase += f" {_pick(PLACES[PLACE_NAMES[thing[PLACE]]], random)}"
    return phrase


def _framed(phrase: str, kind: str, random: np.random.Generator) -> str:
    templates = TEMPLATES + INSECT_TEMPLATES if KINDS[kind].family == "insect" else TEMPLATES
    return _pick(templates, random).replace("{}", phrase)


def _pick(choices, random: np.random.Generator):
    return choices[int(random.integers(len(choices)))]


def is_held_out(thing: np.ndarray) -> bool:
    """Whether training must not see this colour on this kind."""
    colour = int(thing[COLOUR])
    return colour >= 0 and (COLOURS[colour], KIND_NAMES[thing[KIND]]) in HELD_OUT_COMBINATIONS


def every_text(kinds: set[str], simulated: bool) -> list[str]:
    """Texts that together hold every word that a caption about these kinds can hold."""
    texts = [*TEMPLATES, *INSECT_TEMPLATES]
    for kind in sorted(kinds):
        words = KINDS[kind]
        texts += [with_article(name) for name in words.names] + list(words.plurals)
        texts += [name for group in GROUPS.values() if kind in group.members for name in group.names]
    texts += [name for names in FINE_NAMES.values() for name in names]
    if simulated:
        texts += [*COLOURS, *MARKINGS, *POSTURES.values(), *(place for places in PLACES.values() for place in places)]
        texts += [word for words in NUMBERS.values() for word in words] + [stage.format("") for stage in STAGES.values()]
    return [text.replace("{}", " ") for text in texts]


def class_prompts(name: str) -> list[str]:
    """The texts whose mean embedding stands for a category in the product's evaluation."""
    return [template.replace("{}", with_article(name)) for template in PROMPT_TEMPLATES]

