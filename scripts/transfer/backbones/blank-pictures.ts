import { loadSharp } from '@freezeframe/inference';
import { stream } from '#system';

const SIDE = 96;

type Colour = readonly [number, number, number];
/** The colour at a place; both from 0 to 1. */
type Painter = (x: number, y: number) => Colour;

/** Black, greys and white; then what walls, skies, lawns, skins and cloths look like from too near. */
const PLAIN: readonly Colour[] = [
  [0, 0, 0],
  [70, 70, 70],
  [140, 140, 140],
  [200, 200, 200],
  [255, 255, 255],
  [190, 50, 45],
  [225, 150, 50],
  [230, 220, 90],
  [70, 150, 70],
  [60, 110, 190],
  [140, 190, 230],
  [120, 70, 150],
  [195, 150, 120],
  [60, 40, 25],
];

/**
 * Pictures that show nothing, as PNG: a covered lens, a white wall, a gradient, noise. No photograph in a bank is like them, so
 * that without them they lie as near to twenty photographs of dogs as to everything else.
 */
export async function blankPictures(): Promise<Uint8Array[]> {
  const random = stream(1, 'blank');
  const grey = (value: number): Colour => [value, value, value];
  const painters: Painter[] = [
    ...PLAIN.map((colour) => () => colour),
    (x) => grey(255 * x),
    (_, y) => [140 + 80 * y, 180 + 40 * y, 230 - 60 * y],
    (x, y) => grey(255 - 255 * Math.hypot(x - 0.5, y - 0.5)),
    () => [random.below(256), random.below(256), random.below(256)],
    () => grey(random.below(256)),
    () => grey(random.below(24)),
  ];
  return Promise.all(painters.map(paint));
}

async function paint(colourAt: Painter): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) pixels.set(colourAt(x / (SIDE - 1), y / (SIDE - 1)), (y * SIDE + x) * 3);
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}
