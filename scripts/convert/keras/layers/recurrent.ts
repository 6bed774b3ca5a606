import * as z from 'zod';
import type { LayerDefinition } from '../layer.ts';
import type { Cell } from '../recurrent/cell.ts';
import { convLSTMCell } from '../recurrent/conv-lstm-cell.ts';
import { gruCell } from '../recurrent/gru-cell.ts';
import { lstmCell } from '../recurrent/lstm-cell.ts';
import { recurrentLayer, sequenceOptions } from '../recurrent/recurrent-layer.ts';
import { simpleRNNCell } from '../recurrent/simple-rnn-cell.ts';
import { cell, layerOf } from '../recurrent/stacked-cells.ts';

const options = z.object(sequenceOptions);

/** A layer that runs one kind of cell, whose options stand beside its own. */
function running<C>(own: Cell<C>, summary: string): LayerDefinition {
  return recurrentLayer(own.layerName, summary, layerOf(own, options));
}

/** Layers that run a cell over time. */
export const RECURRENT_LAYERS = [
  running(convLSTMCell(1), 'A convolutional LSTM over lines in time.'),
  running(convLSTMCell(2), 'A convolutional LSTM over pictures in time.'),
  running(convLSTMCell(3), 'A convolutional LSTM over volumes in time.'),
  running(gruCell, 'Gated recurrent units.'),
  running(lstmCell, 'Long short-term memory.'),
  running(simpleRNNCell, 'A recurrent layer of one product and one activation.'),
  recurrentLayer(
    'RNN',
    'Any cell, or several on top of each other, run over time.',
    options.extend({ cell }).transform(({ cell: resolved, ...rest }) => ({ ...rest, resolved })),
  ),
];
