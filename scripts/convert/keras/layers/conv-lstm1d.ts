import { convLSTM } from '../recurrent/conv-lstm-cell.ts';

/** A convolutional LSTM over lines in time. */
export const convLSTM1d = convLSTM(1);
