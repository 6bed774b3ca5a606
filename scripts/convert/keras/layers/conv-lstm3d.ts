import { convLSTM } from '../recurrent/conv-lstm-cell.ts';

/** A convolutional LSTM over volumes in time. */
export const convLSTM3d = convLSTM(3);
