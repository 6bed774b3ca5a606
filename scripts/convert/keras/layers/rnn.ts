import { z } from 'zod';
import { recurrentLayer, sequenceOptions } from '../recurrent/recurrent-layer.ts';
import { cell } from '../recurrent/stacked-cells.ts';

const config = z
  .object({ ...sequenceOptions, cell })
  .transform(({ cell: resolved, ...options }) => ({ ...options, resolved }));

/** Any cell, or several on top of each other, run over time. */
export const rnn = recurrentLayer('RNN', config);
