import { describe, expect, it } from 'vitest';
import { withTodaysNames } from '../../../scripts/keras/old-configs.ts';

const today = (class_name: string, config: object) => withTodaysNames({ class_name, config });

describe('a config of an older Keras', () => {
  it.each([
    ['Convolution2D', {}, 'Conv2D', {}],
    ['AvgPool2D', {}, 'AveragePooling2D', {}],
    ['GroupedQueryAttention', { head_dim: 4 }, 'GroupQueryAttention', { head_dim: 4 }],
    ['Dense', { output_dim: 3, bias: false, init: 'uniform' }, 'Dense', { units: 3, use_bias: false, init: 'uniform' }],
    ['Embedding', { output_dim: 3 }, 'Embedding', { output_dim: 3 }],
    ['Dropout', { p: 0.5 }, 'Dropout', { rate: 0.5 }],
    [
      'Convolution2D',
      { nb_filter: 8, nb_row: 3, nb_col: 5, border_mode: 'same', subsample: [2, 2], dim_ordering: 'tf', bias: true },
      'Conv2D',
      {
        filters: 8,
        kernel_size: [3, 5],
        padding: 'same',
        strides: [2, 2],
        data_format: 'channels_last',
        use_bias: true,
        nb_col: 5,
      },
    ],
    [
      'Convolution1D',
      { nb_filter: 8, filter_length: 3, subsample_length: 2 },
      'Conv1D',
      { filters: 8, kernel_size: 3, strides: 2 },
    ],
    ['MaxPooling1D', { pool_length: 2, stride: 1 }, 'MaxPooling1D', { pool_size: 2, strides: 1 }],
    ['MaxPooling2D', { dim_ordering: 'th' }, 'MaxPooling2D', { data_format: 'channels_first' }],
    [
      'LSTM',
      { output_dim: 4, inner_activation: 'hard_sigmoid' },
      'LSTM',
      { units: 4, recurrent_activation: 'hard_sigmoid' },
    ],
    ['Merge', { mode: 'sum' }, 'Add', { mode: 'sum' }],
    ['Merge', { mode: 'concat', concat_axis: 1 }, 'Concatenate', { mode: 'concat', concat_axis: 1, axis: 1 }],
    ['Merge', { mode: 'cos' }, 'Merge', { mode: 'cos' }],
  ])('%s %j is read as %s %j', (from, config, className, options) => {
    expect(today(from, config)).toEqual({ class_name: className, config: options });
  });

  it('has the activations that cuDNN computes, whatever it says', () => {
    const lstm = today('CuDNNLSTM', { units: 4 });
    expect(lstm).toEqual({
      class_name: 'LSTM',
      config: { units: 4, activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true },
    });
    expect(today('CuDNNGRU', { units: 4 })).toMatchObject({ class_name: 'GRU', config: { reset_after: true } });
  });

  it('is read at every depth, and options of today are left as they are', () => {
    const layer = { class_name: 'Convolution1D', config: { nb_filter: 2, filters: 3 } };
    expect(withTodaysNames({ class_name: 'TimeDistributed', config: { layer } })).toEqual({
      class_name: 'TimeDistributed',
      config: { layer: { class_name: 'Conv1D', config: { nb_filter: 2, filters: 3 } } },
    });
    expect(withTodaysNames([null, 'Merge', 3])).toEqual([null, 'Merge', 3]);
  });
});
