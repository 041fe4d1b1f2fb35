import sharp from 'sharp';

/** A real JPEG of one colour, with an EXIF preview's worth of markers inside its header. */
export function jpegOf(red: number, width = 64, height = 48): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: 90, b: 40 } } })
    .jpeg()
    .withExif({ IFD0: { ImageDescription: 'preview \u00ff\u00d8 \u00ff\u00d9' } })
    .toBuffer();
}
