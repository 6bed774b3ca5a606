import { z } from 'zod';
import { recurrentLayer, sequenceOptions } from '../recurrent/recurrent-layer.ts';
import { simpleRNNCell } from '../recurrent/simple-rnn-cell.ts';
import { layerOf } from '../recurrent/stacked-cells.ts';

/** A recurrent layer of one product and one activation. */
export const simpleRNN = recurrentLayer('SimpleRNN', layerOf(simpleRNNCell, z.object(sequenceOptions)));
