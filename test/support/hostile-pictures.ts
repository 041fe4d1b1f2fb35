import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Size } from '../../src/types.js';
import { blackPng, pngThatClaims } from './hostile-png.js';

/** One file that a camera's folder may hold, and what must become of it. */
export interface HostilePicture {
  /** Unique file name. */
  readonly name: string;
  /** `read`: a picture of this upright size. `refused`: one line. `either`: damage that a decoder may or may not see. */
  readonly fate: 'read' | 'refused' | 'either';
  readonly size?: Size;
  /** What the line of a refused one must say. */
  readonly says?: RegExp;
  /** Its bytes, or how it is made where a file of bytes will not do. */
  readonly content: Uint8Array | ((path: string) => Promise<void> | void);
}

const WIDTH = 64;
const HEIGHT = 48;

/** Writes every picture of the list into a folder. */
export async function writePictures(dir: string, pictures: readonly HostilePicture[]): Promise<void> {
  for (const picture of pictures) await writePicture(dir, picture);
}

export async function writePicture(dir: string, { name, content }: HostilePicture): Promise<void> {
  const path = join(dir, name);
  if (typeof content === 'function') await content(path);
  else await writeFile(path, content);
}

/** Every hostile picture, the same ones in the same order each time. */
export async function hostilePictures(): Promise<readonly HostilePicture[]> {
  const whole = await encodedForms();
  return [
    ...truncated(whole),
    ...flipped(whole),
    ...impostors(whole),
    ...notFiles(),
    ...oddNames(whole.jpg),
    ...(await oddForms()),
    ...oddSizes(),
    ...(await turned()),
  ];
}

type Forms = Readonly<Record<'jpg' | 'png' | 'webp' | 'tif' | 'gif' | 'avif', Buffer>>;

/** A picture with detail everywhere, so that a cut or a flipped bit matters: uint8[height, width, 3]. */
export function textured(width = WIDTH, height = HEIGHT) {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < data.length; i += 1) data[i] = (Math.imul(i + 1, 2654435761) >>> 24) & 0xff;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const flat = (width: number, height: number, background: string | { r: number; g: number; b: number } = '#3a7d2c') =>
  sharp({ create: { width, height, channels: 3, background }, limitInputPixels: false });

async function encodedForms(): Promise<Forms> {
  const [jpg, png, webp, tif, gif, avif] = await Promise.all([
    textured().jpeg().toBuffer(),
    textured().png().toBuffer(),
    textured().webp().toBuffer(),
    textured().tiff({ compression: 'lzw' }).toBuffer(),
    textured().gif().toBuffer(),
    textured().avif({ effort: 0 }).toBuffer(),
  ]);
  return { jpg, png, webp, tif, gif, avif };
}

const formsOf = (forms: Forms) => Object.entries(forms) as [keyof Forms, Buffer][];

function truncated(forms: Forms): readonly HostilePicture[] {
  return formsOf(forms).flatMap(([form, bytes]) =>
    Array.from({ length: 11 }, (_, i) => {
      const kept = Math.floor((bytes.length * (i + 1)) / 12);
      return {
        name: `truncated-${String(kept).padStart(5, '0')}.${form}`,
        fate: 'refused' as const,
        content: bytes.subarray(0, kept),
      };
    }),
  );
}

function flipped(forms: Forms): readonly HostilePicture[] {
  return formsOf(forms).flatMap(([form, bytes]) =>
    Array.from({ length: 6 }, (_, i) => {
      const place = Math.floor((bytes.length * (i + 1)) / 7);
      const damaged = Buffer.from(bytes);
      damaged[place] = (damaged[place] as number) ^ 0xff;
      return { name: `flipped-${String(place).padStart(5, '0')}.${form}`, fate: 'either' as const, content: damaged };
    }),
  );
}

const SVG = (inner: string) =>
  `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd">]>` +
  `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">${inner}</svg>`;

/** Files that are not what their ending says. */
function impostors({ jpg, png }: Forms): readonly HostilePicture[] {
  const refused = (name: string, content: string | Uint8Array, says?: RegExp): HostilePicture => ({
    name,
    fate: 'refused',
    content: typeof content === 'string' ? Buffer.from(content, 'latin1') : content,
    ...(says && { says }),
  });
  const heic = Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from('ftypheic\0\0\0\0mif1heic'),
    Buffer.alloc(400, 7),
  ]);
  return [
    refused('empty.jpg', '', /is empty/),
    refused('empty.png', '', /is empty/),
    refused('one-byte.jpg', '\xff'),
    refused('zeros.jpg', Buffer.alloc(4096)),
    refused('ones.png', Buffer.alloc(4096, 0xff)),
    refused('text.jpg', 'this is no picture\nat all\n'),
    refused('json.png', '{"picture": true}'),
    refused('html.jpg', '<!doctype html><title>404</title><p>not found'),
    refused('zip.jpg', 'PK\x03\x04\x14\0\0\0\x08\0garbage'),
    refused('elf.jpg', '\x7fELF\x02\x01\x01\0'),
    refused('pdf.png', '%PDF-1.7\n1 0 obj\n<<>>\nendobj\n'),
    refused('postscript.tif', '%!PS-Adobe-3.0\nshowpage\n'),
    refused('portable.jpg', 'P6\n2 1\n255\n\xff\0\0\0\xff\0'),
    refused('only-magic.jpg', jpg.subarray(0, 3)),
    refused('only-magic.png', png.subarray(0, 8)),
    refused('only-magic.gif', 'GIF89a'),
    refused('only-magic.webp', 'RIFF\x10\0\0\0WEBP'),
    refused('only-magic.tif', 'II*\0'),
    refused('tiff-directory-loop.tif', Buffer.from('49492a00080000000000080000000800', 'hex')),
    refused('heic.jpg', heic),
    refused('heic.avif', heic),
    refused('bitmap.png', 'BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0'),
    refused('drawing.jpg', SVG('<rect width="64" height="48" fill="red"/>'), /JPEG/),
    refused('drawing-entity.png', SVG('<text y="20">&secret;</text>')),
    refused('drawing-huge.jpg', '<svg xmlns="http://www.w3.org/2000/svg" width="9e9" height="9e9"/>'),
    refused('png-claims-4-gigapixels.png', pngThatClaims(65_535, 65_535)),
    refused('png-claims-no-width.png', pngThatClaims(0, 10)),
    { name: 'png-named.jpg', fate: 'read', size: { width: WIDTH, height: HEIGHT }, content: png },
    { name: 'jpeg-named.png', fate: 'read', size: { width: WIDTH, height: HEIGHT }, content: jpg },
    {
      name: 'with-a-tail.jpg',
      fate: 'read',
      size: { width: WIDTH, height: HEIGHT },
      content: Buffer.concat([jpg, Buffer.alloc(3000, 65)]),
    },
  ];
}

/** What a directory can hold besides files; reading some of these would never end. */
function notFiles(): readonly HostilePicture[] {
  const link = (target: string) => (path: string) => symlink(target, path);
  const refused = (name: string, says: RegExp, content: HostilePicture['content']): HostilePicture => ({
    name,
    fate: 'refused',
    says,
    content,
  });
  return [
    refused('folder.jpg', /a folder/, (path) => mkdir(path).then(() => undefined)),
    refused('fifo.jpg', /not a file/, (path) => void execFileSync('mkfifo', [path])),
    refused('endless.jpg', /not a file/, link('/dev/zero')),
    refused('nothing.jpg', /not a file/, link('/dev/null')),
    refused('terminal.jpg', /not a file|there is no such file/, link('/dev/tty')),
    refused('dangling.jpg', /there is no such file/, link('nowhere.jpg')),
    refused('loop.jpg', /its links lead in a circle/, link('loop.jpg')),
    refused('kernel.jpg', /not a picture/, link('/proc/self/status')),
  ];
}

function oddNames(jpg: Buffer): readonly HostilePicture[] {
  return [
    'a name with spaces.jpg',
    ' .jpg',
    '-rf.jpg',
    '--json.jpg',
    '%s%n%d.jpg',
    '$(touch owned).jpg',
    '`id`.jpg',
    'quote\'d "name".jpg',
    'back\\slash.jpg',
    'line\nbreak.jpg',
    'red\u001b[31m.jpg',
    '🐛🌿 чёрная тля.jpg',
    'e\u0301 combining.jpg',
    'right-to-left \u202egpj.jpg',
    'UPPER.JPEG',
    'a;b&c|d.jpg',
    '*.jpg',
    'null.undefined.NaN.jpg',
    `${'x'.repeat(200)}.jpg`,
    `${'й'.repeat(120)}.jpg`,
  ].flatMap((name) => [
    { name, fate: 'read' as const, size: { width: WIDTH, height: HEIGHT }, content: jpg },
    { name: `bad ${name}`.slice(0, 230), fate: 'refused' as const, content: Buffer.from('no picture') },
  ]);
}

/** Pictures of unusual kinds that are pictures all the same. */
async function oddForms(): Promise<readonly HostilePicture[]> {
  const frames = Buffer.concat(
    await Promise.all(
      [1, 2, 3].map((n) =>
        flat(WIDTH, HEIGHT, { r: n * 60, g: 0, b: 9 })
          .raw()
          .toBuffer(),
      ),
    ),
  );
  const animation = () => sharp(frames, { raw: { width: WIDTH, height: HEIGHT * 3, channels: 3, pageHeight: HEIGHT } });
  const forms: Readonly<Record<string, Promise<Buffer>>> = {
    'cmyk.jpg': textured().toColourspace('cmyk').jpeg().toBuffer(),
    'cmyk.tif': textured().toColourspace('cmyk').tiff().toBuffer(),
    'sixteen-bit.png': textured().toColourspace('rgb16').png().toBuffer(),
    'sixteen-bit-grey.png': textured().toColourspace('grey16').png().toBuffer(),
    'sixteen-bit.tif': textured().toColourspace('rgb16').tiff({ compression: 'deflate' }).toBuffer(),
    'float.tif': textured().toColourspace('scrgb').tiff({ compression: 'deflate' }).toBuffer(),
    'lab.tif': textured().toColourspace('lab').tiff({ compression: 'deflate' }).toBuffer(),
    'grey.jpg': textured().greyscale().jpeg().toBuffer(),
    'grey.png': textured().greyscale().png().toBuffer(),
    'grey-alpha.png': textured().greyscale().ensureAlpha(0.5).png().toBuffer(),
    'alpha.png': textured().ensureAlpha(0).png().toBuffer(),
    'alpha.webp': textured().ensureAlpha(0.3).webp().toBuffer(),
    'palette.png': textured().png({ palette: true, colours: 16 }).toBuffer(),
    'one-bit.png': textured().threshold().png({ palette: true, colours: 2 }).toBuffer(),
    'one-bit.tif': textured().greyscale().threshold().tiff({ bitdepth: 1, compression: 'deflate' }).toBuffer(),
    'interlaced.png': textured().png({ progressive: true }).toBuffer(),
    'progressive.jpg': textured().jpeg({ progressive: true }).toBuffer(),
    'lossless.webp': textured().webp({ lossless: true }).toBuffer(),
    'tiled.tif': textured().tiff({ tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    'animated.gif': animation().gif().toBuffer(),
    'animated.webp': animation().webp().toBuffer(),
    'pages.tif': sharp(
      await Promise.all(
        [1, 2, 3].map((n) =>
          flat(WIDTH, HEIGHT, { r: n * 60, g: 0, b: 9 })
            .png()
            .toBuffer(),
        ),
      ),
      { join: { animated: true } },
    )
      .tiff()
      .toBuffer(),
    'wide-gamut.jpg': textured().withIccProfile('p3').jpeg().toBuffer(),
    'comment.jpg': textured()
      .withExif({ IFD0: { ImageDescription: 'a'.repeat(60_000) } })
      .jpeg()
      .toBuffer(),
  };
  return Promise.all(
    Object.entries(forms).map(async ([name, bytes]) => ({
      name,
      fate: 'read' as const,
      size: { width: WIDTH, height: HEIGHT },
      content: await bytes,
    })),
  );
}

function oddSizes(): readonly HostilePicture[] {
  const sized = (width: number, height: number, fate: 'read' | 'refused'): HostilePicture => ({
    name: `size-${width}x${height}.png`,
    fate,
    size: { width, height },
    ...(fate === 'refused' && { says: new RegExp(`${width} x ${height} pixels`) }),
    content: blackPng(width, height),
  });
  return [
    sized(1, 1, 'read'),
    sized(2, 3, 'read'),
    sized(1, 40, 'read'),
    sized(40, 1, 'read'),
    sized(1, 2000, 'read'),
    sized(10_000, 1, 'read'),
    sized(30_000, 1200, 'read'),
    sized(30_001, 40, 'refused'),
    sized(40, 60_000, 'refused'),
    sized(20_000, 20_000, 'refused'),
  ];
}

/** EXIF orientations: 5 to 8 lie on their side, so that the upright picture is as wide as the file is high. */
function turned(): Promise<readonly HostilePicture[]> {
  return Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map(async (orientation) => ({
      name: `orientation-${orientation}.jpg`,
      fate: 'read' as const,
      size: orientation < 5 ? { width: WIDTH, height: HEIGHT } : { width: HEIGHT, height: WIDTH },
      content: await textured().jpeg().withMetadata({ orientation }).toBuffer(),
    })),
  );
}
