import sharp from 'sharp';

const COLOURS = { red: '#e01010', green: '#10e010', blue: '#1010e0', grey: '#808080' } as const;

/** A picture of one colour. */
export function plainPicture(
  colour: keyof typeof COLOURS,
  format: 'png' | 'jpeg' | 'webp' = 'png',
  size = { width: 40, height: 30 },
): Promise<Buffer> {
  return sharp({ create: { ...size, channels: 3, background: COLOURS[colour] } })
    .toFormat(format)
    .toBuffer();
}

/** The header of a PNG that says it is 30,000 x 30,000 pixels large: 2.7 GB, if anyone believed it. */
function hugePng(): Buffer {
  const header = Buffer.alloc(33);
  header.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
  header.write('IHDR', 12, 'latin1');
  header.writeUInt32BE(30_000, 16);
  header.writeUInt32BE(30_000, 20);
  header.set([8, 2, 0, 0, 0], 24);
  return header;
}

const SVG_WITH_ENTITY = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><text>&x;</text></svg>`;

/** What people and attackers send as pictures, by what it is. */
export async function garbagePictures(): Promise<Record<string, Buffer>> {
  const jpeg = await plainPicture('red', 'jpeg', { width: 600, height: 400 });
  return {
    empty: Buffer.alloc(0),
    'one byte': Buffer.from([0xff]),
    text: Buffer.from('This is not a picture.'),
    html: Buffer.from('<!doctype html><script>alert(1)</script>'),
    'zeros and nothing else': Buffer.alloc(4096),
    'truncated JPEG': jpeg.subarray(0, Math.floor(jpeg.length / 3)),
    '30,000 x 30,000 PNG header': hugePng(),
    'SVG with an external entity': Buffer.from(SVG_WITH_ENTITY),
    'polyglot of GIF and JavaScript': Buffer.from('GIF89a=1;/*\0\0\0*/alert(document.cookie)//'),
    'polyglot of PDF and JPEG': Buffer.concat([Buffer.from('%PDF-1.7\n'), jpeg]),
  };
}
