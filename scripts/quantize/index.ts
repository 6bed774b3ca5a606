export type { AnswerOutputs, Judgement } from './judge/answers.ts';
export { type Quantized, quantize } from './quantize.ts';
export type { CalibrationPictures, QuantizeSubject } from './subject.ts';
