import { z } from 'zod';
import { gruCell } from '../recurrent/gru-cell.ts';
import { recurrentLayer, sequenceOptions } from '../recurrent/recurrent-layer.ts';
import { layerOf } from '../recurrent/stacked-cells.ts';

/** Gated recurrent units. */
export const gru = recurrentLayer('GRU', layerOf(gruCell, z.object(sequenceOptions)));
