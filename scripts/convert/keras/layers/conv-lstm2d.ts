import { convLSTM } from '../recurrent/conv-lstm-cell.ts';

/** A convolutional LSTM over pictures in time. */
export const convLSTM2d = convLSTM(2);
