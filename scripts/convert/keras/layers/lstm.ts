import { z } from 'zod';
import { lstmCell } from '../recurrent/lstm-cell.ts';
import { recurrentLayer, sequenceOptions } from '../recurrent/recurrent-layer.ts';
import { layerOf } from '../recurrent/stacked-cells.ts';

/** Long short-term memory. */
export const lstm = recurrentLayer('LSTM', layerOf(lstmCell, z.object(sequenceOptions)));
