import { expected, FreezeframeError } from '@freezeframe/inference';

/** Processor families that Lambda runs on, in Node's words. */
export const ARCHITECTURES = ['x64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** What the natives of an inference layer are made for. Lambda is `linux`; the others are for trying things locally. */
export interface Target {
  readonly platform: NodeJS.Platform;
  readonly arch: Architecture;
}

/** The same architectures in the words of Lambda, CloudFormation and `serverless.yml`. */
export const LAMBDA_ARCHITECTURE: Record<Architecture, string> = { x64: 'x86_64', arm64: 'arm64' };

/** This machine. @throws FreezeframeError `used-wrongly` where no native engine exists for its processor. */
export function hostTarget(): Target {
  return { platform: process.platform, arch: parseArchitecture(process.arch) };
}

/** @throws FreezeframeError `used-wrongly` for anything but `x64` and `arm64`. */
export function parseArchitecture(text: string): Architecture {
  const arch = ARCHITECTURES.find((known) => known === text);
  if (arch) return arch;
  throw new FreezeframeError('used-wrongly', expected(ARCHITECTURES.join(' or '), 'the architecture', text), {
    remedy: `Say --arch ${ARCHITECTURES.join(' or --arch ')}.`,
  });
}
