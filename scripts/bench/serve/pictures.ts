import { toEvent } from '#local';
import { photograph } from '../setups/photograph.ts';

/** A picture on its way: API Gateway's event as JSON. */
export interface Case {
  readonly name: string;
  readonly payload: string;
}

/**
 * Made by a formula, the same on every machine. 12 MP are 3.7 MB, near what an event of 6 MB holds in base64, and 2.0 MB where
 * they are stored with less quality: half of what is decoded then, which some subjects hardly notice.
 */
const PICTURES = {
  '320x240 PNG': () => photograph(320, 240).png().toBuffer(),
  '1280x960 JPEG': () => photograph(1280, 960).jpeg({ quality: 90 }).toBuffer(),
  '2 MB 12 MP JPEG': () => photograph(4000, 3000).jpeg({ quality: 90 }).toBuffer(),
  '12 MP JPEG': () => photograph(4000, 3000).jpeg({ quality: 95 }).toBuffer(),
} as const;

export async function makeCases(): Promise<Case[]> {
  const made = Object.entries(PICTURES).map(async ([name, make]) => {
    const body = await make();
    const headers = {
      'content-type': `image/${name.split(' ').at(-1)?.toLowerCase()}`,
      'content-length': String(body.length),
    };
    return {
      name,
      payload: JSON.stringify(toEvent({ method: 'POST', url: '/classify', headers, body, sourceIp: '127.0.0.1' })),
    };
  });
  return Promise.all(made);
}
