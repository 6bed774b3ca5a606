import { type Architecture, sequential } from './architecture.ts';

/** Two dense layers for a table of numbers; answers a number. */
export const mlp: Architecture = {
  name: 'mlp',
  summary: 'three dense layers; for tables of numbers (regression)',
  data: 'table',
  defaults: { epochs: 60, batchSize: 32, learningRate: 0.003, patience: 15 },
  config: ({ shape, outputs }) =>
    sequential('mlp', shape, [
      ['Dense', { units: 50, activation: 'relu' }],
      ['Dense', { units: 100, activation: 'relu' }],
      ['Dense', { units: 50, activation: 'relu' }],
      ['Dense', { units: outputs, activation: 'linear' }],
    ]),
};
