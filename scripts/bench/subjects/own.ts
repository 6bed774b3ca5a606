import { join } from 'node:path';
import { builtFunction, nodeProgram } from '#local';
import { serveModel } from '../setups/served-model.ts';
import type { Prepared, Subject } from './subject.ts';

export const floatSubject: Subject = {
  name: 'freezeframe',
  about: 'the built http function, float32',
  prepare: async ({ model }) => own(model.built),
};

export const int8Subject: Subject = {
  name: 'freezeframe int8',
  about: 'the same with --precision int8',
  async prepare({ work, cache }) {
    const calibrate = process.env.IMAGENET_SAMPLE_DIR;
    if (!calibrate) throw new Error('IMAGENET_SAMPLE_DIR names no photographs to take ranges from');
    const choices = { precision: 'int8', calibrate: join(calibrate, 'images') } as const;
    const { built } = await serveModel(join(work, 'int8'), choices, join(cache, 'int8'));
    return own(built);
  },
};

function own({ outDir, units }: { outDir: string; units: readonly { name: string; unzipped: number }[] }): Prepared {
  const deployed = units.filter(({ name }) => name.startsWith('layers/') || name === 'functions/http');
  return {
    program: nodeProgram(builtFunction(outDir, 'http', { API_AUTH: 'public' })),
    bytes: deployed.reduce((sum, { unzipped }) => sum + unzipped, 0),
  };
}
