"""The words that captions are made of: what each kind is called, what belongs together, and the sentences around it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of thing. `names` are singular without an article, `plurals` the same in the plural."""

    names: tuple[str, ...]
    plurals: tuple[str, ...] = ()
    family: str = "insect"


# Names of the class folders come first: they are what people and evaluations type.
KINDS: dict[str, Kind] = {
    "aphid": Kind(("aphid", "plant louse", "greenfly", "sap-sucking aphid"), ("aphids", "plant lice")),
    "beetle": Kind(("beetle", "leaf beetle", "beetle insect"), ("beetles", "leaf beetles")),
    "bug": Kind(("bug", "stink bug", "shield bug", "plant bug"), ("bugs", "stink bugs", "shield bugs")),
    "caterpillar": Kind(("caterpillar", "larva", "caterpillar larva", "worm"), ("caterpillars", "larvae")),
    "cricket": Kind(("cricket", "field cricket", "cricket insect"), ("crickets", "field crickets")),
    "grasshopper": Kind(("grasshopper", "locust"), ("grasshoppers", "locusts")),
    "leafroller": Kind(("leafroller", "leaf roller", "leaf folder"), ("leafrollers",)),
    "mealybug": Kind(("mealybug", "mealy bug", "cottony mealybug"), ("mealybugs", "mealy bugs")),
    "scale insect": Kind(("scale insect", "small round shield"), ("scale insects",)),
    "mite": Kind(("mite", "spider mite", "plant mite"), ("mites", "spider mites")),
    "moth": Kind(("moth", "moth insect", "adult moth"), ("moths",)),
    "planthopper": Kind(("planthopper", "plant hopper", "leafhopper", "hopper"), ("planthoppers", "leafhoppers")),
    "stemborer": Kind(("stemborer", "stem borer", "borer"), ("stemborers", "stem borers")),
    "termite": Kind(("termite", "termite insect"), ("termites",)),
    "weevil": Kind(("weevil", "snout beetle", "stem weevil", "weevil with a long snout"), ("weevils", "snout beetles")),
    "whitefly": Kind(("whitefly", "tiny white fly"), ("whiteflies",)),
    "thrips": Kind(("thrips", "thrips insect", "tiny slender insect"), ("thrips", "thrips insects")),
    "ladybird": Kind(("ladybird", "ladybug", "ladybird beetle"), ("ladybirds", "ladybugs")),
    "bee": Kind(("bee", "honey bee", "bumblebee"), ("bees", "honey bees")),
    "hoverfly": Kind(("hoverfly", "fly"), ("hoverflies", "flies")),
    "lacewing": Kind(("lacewing", "green lacewing"), ("lacewings",)),
    "spider": Kind(("spider", "crab spider", "jumping spider"), ("spiders",)),
    "bean leaf healthy": Kind(("bean leaf healthy", "healthy bean leaf", "green bean leaf"), (), "plant"),
    "bean leaf rust": Kind(("bean leaf rust", "bean leaf with rust", "bean rust"), (), "plant"),
    "bean leaf angular leaf spot": Kind(
        ("bean leaf angular leaf spot", "bean leaf with angular leaf spot", "bean leaf with brown spots"), (), "plant"
    ),
    "coffee leaf healthy": Kind(("coffee leaf healthy", "healthy coffee leaf", "green coffee leaf"), (), "plant"),
    "coffee leaf rust": Kind(("coffee leaf rust", "coffee leaf with rust", "coffee leaf with orange spots"), (), "plant"),
    "coffee leaf cercospora": Kind(
        ("coffee leaf cercospora", "coffee leaf with cercospora", "coffee leaf with brown eye spots"), (), "plant"
    ),
    "coffee leaf phoma": Kind(("coffee leaf phoma", "coffee leaf with phoma", "coffee leaf with dead brown edges"), (), "plant"),
    "coffee leaf leaf miner": Kind(
        ("coffee leaf leaf miner", "coffee leaf with leaf miner", "coffee leaf with leaf miner damage"), (), "plant"
    ),
    "pakchoi leaf": Kind(("pakchoi leaf", "pak choi leaf", "cabbage leaf"), (), "plant"),
    "daisy flower": Kind(("daisy flower", "daisy", "white daisy"), ("daisies",), "flower"),
    "dandelion flower": Kind(("dandelion flower", "dandelion", "dandelion plant"), ("dandelions",), "flower"),
    "roses flower": Kind(("roses flower", "rose", "rose flower"), ("roses",), "flower"),
    "sunflowers flower": Kind(("sunflowers flower", "sunflower", "sunflower head"), ("sunflowers",), "flower"),
    "tulips flower": Kind(("tulips flower", "tulip", "tulip flower"), ("tulips",), "flower"),
    "petal": Kind(("petal", "flower petal"), ("petals",), "flower"),
    "flower": Kind(("flower head", "blossom"), ("flower heads",), "flower"),
    "leaf": Kind(("empty leaf", "healthy green leaf", "green leaf", "healthy leaf", "leaf vein", "bare leaf"), (), "background"),
    "soil": Kind(("bare soil", "soil", "brown earth", "patch of ground"), (), "background"),
    "sky": Kind(("blue sky", "sky"), (), "background"),
    "blur": Kind(("out of focus green background", "blurred green background", "blurry background"), (), "background"),
    "grass": Kind(("green grass", "grass", "lawn"), (), "background"),
    "night": Kind(("dark night", "dark picture", "black picture"), (), "background"),
    "trap": Kind(("yellow sticky trap", "empty yellow sticky trap", "yellow card"), (), "background"),
    "sheet": Kind(("white sheet", "empty white sheet", "white board"), (), "background"),
    "stem": Kind(("plant stem", "green stem", "stem"), (), "background"),
    "flower strip": Kind(("flower strip", "background of a flower strip", "blurred flowers"), (), "background"),
    "crop row": Kind(("row of crop plants", "crop row", "field with plants"), (), "background"),
    "drop": Kind(("drop of water on a leaf", "water drop", "drop of water", "rain drop"), ("water drops",), "thing"),
    "hand": Kind(("human hand", "hand", "finger"), ("fingers",), "thing"),
    "tag": Kind(("tag with printed words", "tag", "printed label", "sign with text"), ("tags",), "thing"),
    "dead leaf": Kind(("dead leaf", "dry brown leaf", "withered leaf"), ("dead leaves",), "thing"),
    "crumb": Kind(("crumb of soil", "soil crumb"), ("soil crumbs",), "thing"),
    "weed": Kind(("weed", "weed seedling", "broad-leaved weed"), ("weeds",), "thing"),
    # What a tile shows that cuts a pest or lies within it: it must not count once more.
    "fragment": Kind(("part of an insect", "piece of an insect", "insect leg", "cut off insect"), (), "fragment"),
    "bud": Kind(("flower bud", "closed flower bud", "green flower bud"), ("flower buds",), "flower"),
    "frass": Kind(("insect droppings", "frass"), (), "thing"),
    "shadow": Kind(("shadow on a leaf", "shadow"), ("shadows",), "thing"),
    "rust": Kind(("leaf with orange rust spots", "leaf rust"), (), "plant"),
    "leaf spot": Kind(("leaf with dark spots", "leaf spot"), (), "plant"),
    "mildew": Kind(("leaf with powdery mildew", "leaf covered with white powder"), (), "plant"),
    "mine": Kind(("leaf with pale winding tracks", "leaf miner damage"), (), "plant"),
}

# Words under which several kinds are right at once; `may` holds kinds that neither speak for nor against the words.
INSECTS = tuple(kind for kind, facts in KINDS.items() if facts.family == "insect")
FLOWERS = tuple(kind for kind, facts in KINDS.items() if facts.family == "flower")


@dataclass(frozen=True)
class Group:
    names: tuple[str, ...]
    members: tuple[str, ...]
    may: tuple[str, ...] = ()


GROUPS: dict[str, Group] = {
    "any insect": Group(("an insect", "a small insect", "a pest", "an insect pest"), INSECTS),
    "any flower": Group(("a flower", "flowers on a plant", "an open flower"), FLOWERS),
    "any healthy leaf": Group(
        ("a healthy green leaf", "a healthy leaf", "a green leaf without damage"),
        ("bean leaf healthy", "coffee leaf healthy", "pakchoi leaf", "leaf"),
        ("drop", "shadow", "stem"),
    ),
    "any rust": Group(("a leaf with rust", "leaf rust", "orange rust spots on a leaf"), ("bean leaf rust", "coffee leaf rust", "rust")),
    "any leaf spot": Group(
        ("a leaf with brown spots", "leaf spot", "a leaf with large brown dead patches"),
        ("bean leaf angular leaf spot", "coffee leaf cercospora", "coffee leaf phoma", "leaf spot"),
        ("bean leaf rust", "coffee leaf rust", "rust", "coffee leaf leaf miner"),
    ),
    "any leaf miner": Group(("a leaf with leaf miner damage", "pale winding tracks in a leaf"), ("coffee leaf leaf miner", "mine")),
}

# What simulated fields and class folders call a kind otherwise.
ALIASES = {
    "stink bug": "bug",
    "water drop": "drop",
    "finger": "hand",
    "label": "tag",
    "flower head": "flower",
    "weed seedling": "weed",
    "soil crumb": "crumb",
    "crumbs": "crumb",
    "soil crumbs": "crumb",
    "bird shadow": "shadow",
    "leaf miner": "mine",
    "leaf mine": "mine",
    "powdery mildew": "mildew",
    "leaf-miner": "mine",
    "droppings": "frass",
    "leaf rust": "rust",
    "leaf-rust": "rust",
    "leaf-spot": "leaf spot",
    "powdery-mildew": "mildew",
    "leaf-miner-damage": "mine",
}

# Finer labels of class folders: more names of the same thing, and a colour where the label says one.
FINE_NAMES = {
    "Jute Hairy": ("hairy caterpillar", "woolly caterpillar"),
    "Black Hairy": ("hairy caterpillar", "black hairy caterpillar"),
    "Beet Armyworm": ("armyworm", "beet armyworm"),
    "Cutworm": ("cutworm", "cutworm caterpillar"),
    "Jute Red Mite": ("red mite", "red spider mite"),
    "Jute Stem Girdler": ("longhorn beetle", "stem girdler"),
    "Leaf Beetle": ("shiny beetle", "leaf beetle"),
    "Pod Borer": ("pod borer moth", "green moth"),
    "Jute Semilooper": ("semilooper moth", "brown moth"),
    "Scopula Emissaria": ("geometer moth", "pale moth"),
}

COLOURS = ("green", "yellow", "black", "pink", "brown", "red", "blue", "white", "grey", "orange", "purple", "pale")
MARKINGS = ("winged", "hairy", "striped", "spotted", "waxy", "curled", "metallic", "shiny", "young")
NUMBERS = {1: ("a single", "one"), 2: ("two",), 3: ("three",), 4: ("several", "many", "a group of", "a colony of")}
STAGES = {"egg": "egg of {}", "larva": "{} larva", "nymph": "young {}", "pupa": "{} pupa", "adult": "adult {}"}
POSTURES = {"walking": "walking", "flying": "in flight", "resting": "resting"}
PLACES = {
    "leaf": ("on a leaf", "on a green leaf"),
    "crop-row": ("in a crop row", "on a plant"),
    "sticky-trap": ("on a yellow sticky trap", "on a sticky trap"),
    "light-trap": ("in a light trap", "on a white sheet"),
    "flower-strip": ("on a flower", "in a flower strip"),
}
# What a scene shows where nothing lives.
SCENE_GROUND = {"leaf": "leaf", "crop-row": "crop row", "sticky-trap": "trap", "light-trap": "sheet", "flower-strip": "flower strip"}

# Colour and kind that training never shows together, neither as a picture nor in words: they measure composition.
HELD_OUT_COMBINATIONS = frozenset(
    {("green", "beetle"), ("black", "weevil"), ("yellow", "ladybird"), ("grey", "caterpillar"), ("brown", "cricket")}
)

# What the model was taught to call what is no target: its manifest hands these to the product as background prompts.
MODEL_NEGATIVES = (
    "part of an insect", "a piece of an insect", "an insect leg", "an empty leaf", "a row of crop plants", "an empty yellow sticky trap",
    "an empty white sheet", "a flower strip", "a flower petal", "a tag with printed words", "a printed label", "a sign with text",
    "a soil crumb", "a dead leaf", "a weed",
    "a water drop", "a human hand", "a leaf with powdery mildew", "a leaf with pale winding tracks", "a leaf with dark spots",
    "a leaf with orange rust spots", "bare soil",
)  # fmt: skip

TEMPLATES = (
    "{}",
    "a photo of {}.",
    "a close-up photo of {}.",
    "a macro photo of {}.",
    "a photo of {} in a field.",
    "a picture of {}.",
    "a blurry photo of {}.",
    "a camera picture of {}.",
    "{}, seen from above.",
)
INSECT_TEMPLATES = (
    "a photo of {}, a type of insect.",
    "a photo of {}, a type of pest.",
    "a photo of {} on a plant.",
    "a photo of {} on a leaf.",
    "a macro photo of {} on a plant.",
)
# The product's own templates: what the towers are measured with.
PROMPT_TEMPLATES = ("a photo of {}.", "a close-up photo of {}.", "a macro photo of {}.", "a photo of {} in a field.")


def with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
