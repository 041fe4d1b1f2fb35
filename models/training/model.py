"""The two towers: a plain residual network for pictures, a small transformer for CLIP's token ids."""

import torch
from torch import nn
from torch.nn import functional as F

# Of a crop in pixels, as the product asks for it.
SIDE = 128
EMBEDDING_SIZE = 256
MAX_TOKENS = 32
VOCABULARY_SIZE = 49408
END_TOKEN = 49407
WIDTHS = (48, 96, 160, 256)
BLOCKS = (1, 1, 2, 2)
TEXT_WIDTH = 192


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut; the first one halves the sides where stride is 2."""

    def __init__(self, channels_in: int, channels: int, stride: int):
        super().__init__()
        self.first = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(channels)
        # The block begins as its shortcut, which lets a high learning rate work from the first step.
        nn.init.zeros_(self.second_norm.weight)
        self.shortcut = (
            nn.Identity()
            if stride == 1 and channels_in == channels
            else nn.Sequential(nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False), nn.Conv2d(channels_in, channels, 1, bias=False), nn.BatchNorm2d(channels))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.first_norm(self.first(x)), inplace=True)
        return F.relu(self.second_norm(self.second(y)) + self.shortcut(x), inplace=True)


class ImageTower(nn.Module):
    """float32[batch, 3, size, size] -> pooled features and L2-normalised float32[batch, 256]; size is a multiple of 32."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, WIDTHS[0], 4, 4, bias=False), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU(inplace=True))
        stages, width_in = [], WIDTHS[0]
        for stage, (width, blocks) in enumerate(zip(WIDTHS, BLOCKS)):
            for block in range(blocks):
                stages.append(ResidualBlock(width_in, width, 2 if block == 0 and stage > 0 else 1))
                width_in = width
        self.stages = nn.Sequential(*stages)
        # The mean knows the surface, the maximum a pest that fills an eighth of the tile, the middle whether the tile points at it.
        self.features = 3 * WIDTHS[-1]
        self.project = nn.Linear(self.features, EMBEDDING_SIZE)

    def pool(self, pixels: torch.Tensor) -> torch.Tensor:
        maps = self.stages(self.stem(pixels)).float()
        height, width = maps.shape[2:]
        middle = maps[:, :, (height - 1) // 2 : height // 2 + 1, (width - 1) // 2 : width // 2 + 1]
        return torch.cat([maps.mean((2, 3)), maps.amax((2, 3)), middle.mean((2, 3))], 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.project(self.pool(pixels)), dim=1)


class TextBlock(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.hidden_norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 3 * width)
        self.reduce = nn.Linear(3 * width, width)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(self.attention_norm(x)).reshape(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        weights = query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5 + mask
        mixed = (weights.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, width)
        x = x + self.merge(mixed)
        return x + self.reduce(F.gelu(self.expand(self.hidden_norm(x))))


class TextTower(nn.Module):
    """
    int64[batch, up to 32] of CLIP's token ids -> L2-normalised float32[batch, 256].

    Only tokens that occur in captions have a row of their own; all others share row 0, which training meets as a token
    that was hidden. It reads up to the first end token, so padding after it changes nothing.
    """

    def __init__(self, known_tokens: list[int], width: int = TEXT_WIDTH, layers: int = 2, heads: int = 4):
        super().__init__()
        rows = torch.zeros(VOCABULARY_SIZE, dtype=torch.int32)
        rows[torch.tensor(sorted(known_tokens))] = torch.arange(1, len(known_tokens) + 1, dtype=torch.int32)
        self.register_buffer("rows", rows)
        self.register_buffer("mask", torch.full((MAX_TOKENS, MAX_TOKENS), -1e4).triu(1))
        self.tokens = nn.Embedding(len(known_tokens) + 1, width)
        self.positions = nn.Parameter(torch.randn(MAX_TOKENS, width) * 0.02)
        nn.init.normal_(self.tokens.weight, std=0.05)
        self.layers = nn.ModuleList(TextBlock(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, EMBEDDING_SIZE)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        length = ids.shape[1]
        x = self.tokens(self.rows[ids].long()) + self.positions[:length]
        for layer in self.layers:
            x = layer(x, self.mask[:length, :length])
        is_end = (ids == END_TOKEN).float()
        first_end = is_end * (is_end.cumsum(1) < 1.5)
        pooled = (self.norm(x) * first_end.unsqueeze(-1)).sum(1)
        return F.normalize(self.project(pooled).float(), dim=1)


class Student(nn.Module):
    """Both towers, the learnt temperature, and the map onto the teacher's features that only training uses."""

    def __init__(self, known_tokens: list[int], teacher_size: int = 576):
        super().__init__()
        self.image = ImageTower()
        self.text = TextTower(known_tokens)
        self.log_scale = nn.Parameter(torch.tensor(14.0).log())
        self.to_teacher = nn.Linear(self.image.features, teacher_size)
