import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import { parseOnnx, TensorProto_DataType } from '#onnx';
import { type FloatGraph, openFloatGraph } from './graph/float-graph.ts';
import { type Answer, distance, holds, type Judgement, judge } from './judge/answers.ts';
import { type Deal, dealPictures } from './judge/deal.ts';
import { type FloatPass, floatPass, tooFew } from './judge/float-pass.ts';
import { answersTo } from './judge/int8-pass.ts';
import { leastExact } from './judge/sensitivity.ts';
import type { Calibration } from './ranges/calibration.ts';
import { METHODS, type Method, merged, rangesOf } from './ranges/methods.ts';
import type { QuantizeSubject } from './subject.ts';
import { type Rewritten, rewrite } from './write/rewrite.ts';

/** How a graph was quantized, and how it answers. */
export interface Quantized {
  readonly rewritten: Rewritten;
  readonly method: Method;
  readonly judgement: Judgement;
  readonly holds: boolean;
  readonly judgedBy: Deal['kind'];
  /** Pictures that ranges were taken from. */
  readonly calibratedOn: number;
  /** Layers that were left in float because they round too much. */
  readonly left: readonly string[];
  /** Layers that compute with stored numbers, and all that could. */
  readonly stored: number;
  readonly layers: number;
  /** A net that multiplies by sigmoids. */
  readonly gated: boolean;
}

/** Pictures that the way of taking ranges is chosen by. */
const CHOOSING = 128;

/**
 * Quantizes a float graph to int8 by the ranges that its values have over pictures, and judges it by pictures that were not used
 * for that. Where it does not answer as the float graph does, the layers that round most stay in float.
 * @throws FreezeframeError `precision-not-possible` where nothing can be quantized, `calibration-unusable`
 */
export async function quantize(subject: QuantizeSubject): Promise<Quantized> {
  const { pictures } = subject;
  const [sample] = (await firstSamples(subject, 1)) as [Samples];
  const graph = await openFloatGraph(subject, sample);
  checkQuantizable(subject.onnx, graph);
  const deal = dealPictures(pictures);
  const pass = await floatPass(graph, deal, subject);
  const all = merged(pass.calibrations.filter((one) => one !== undefined));
  const method = await chooseMethod(graph, pass, all, subject);
  const task = { graph, deal, pass, all, method, subject };
  let judgement = await judged(task, new Set());
  let left: readonly string[] = [];
  if (!holds(judgement)) {
    const order = await leastExact(graph, rangesOf(all, method), chosenBy(pass, deal), pass.answers, subject);
    for (let count = 1; count <= order.length / 2 && !holds(judgement); count *= 2) {
      left = order.slice(0, count);
      judgement = await judged(task, new Set(left));
    }
  }
  const rewritten = rewrite(graph.model, rangesOf(all, method), new Set([...graph.left, ...left]));
  return {
    rewritten,
    method,
    judgement,
    holds: holds(judgement),
    judgedBy: deal.kind,
    calibratedOn: calibrationParts(pass, deal).length,
    left,
    stored: graph.units.filter((name) => rewritten.stored.includes(name)).length,
    layers: graph.units.length,
    gated: graph.gated,
  };
}

interface Task {
  readonly graph: FloatGraph;
  readonly deal: Deal;
  readonly pass: FloatPass;
  readonly all: Calibration;
  readonly method: Method;
  readonly subject: QuantizeSubject;
}

/** By pictures that the ranges were not taken from. */
async function judged(task: Task, left: ReadonlySet<string>): Promise<Judgement> {
  const { graph, deal, pass, all, method, subject } = task;
  const float = new Set([...graph.left, ...left]);
  const judging = deal.kind === 'held-out' ? pass.parts.slice(1) : pass.parts;
  const order = judging.flat();
  let done = 0;
  const onPicture = () => subject.onProgress?.('Comparing int8', ++done, order.length);
  const answers: Answer[] = [];
  for (const [number, part] of judging.entries()) {
    const others = pass.calibrations.filter((one, i) => one !== undefined && i !== number);
    const calibration = deal.kind === 'held-out' ? all : merged(others as Calibration[]);
    const { onnx } = rewrite(graph.model, rangesOf(calibration, method), float);
    answers.push(...(await answersTo(onnx, part, subject, onPicture)));
  }
  const wanted = order.map((picture) => pass.answers.get(picture) as Answer);
  return judge(
    wanted,
    answers,
    order.map((picture) => subject.pictures.label(picture)),
  );
}

/** The one with which more first choices are the same; of two alike, the one whose numbers are nearer. */
async function chooseMethod(graph: FloatGraph, pass: FloatPass, all: Calibration, subject: QuantizeSubject) {
  const some = pass.parts[0]?.slice(0, CHOOSING) ?? [];
  const wanted = some.map((picture) => pass.answers.get(picture) as Answer);
  const tried = [];
  for (const method of METHODS) {
    const { onnx } = rewrite(graph.model, rangesOf(all, method), graph.left);
    const answers = await answersTo(onnx, some, subject);
    tried.push({ method, ...judge(wanted, answers, []), off: distance(wanted, answers) });
  }
  tried.sort((a, b) => b.same - a.same || b.identical - a.identical || a.off - b.off);
  return (tried[0] as (typeof tried)[number]).method;
}

function calibrationParts({ parts }: FloatPass, { kind }: Deal): number[] {
  return kind === 'held-out' ? [...(parts[0] ?? [])] : parts.flat();
}

function chosenBy(pass: FloatPass, deal: Deal): number[] {
  return calibrationParts(pass, deal).slice(0, CHOOSING);
}

/** The first pictures that can be read: some may be damaged. */
export async function firstSamples({ pictures }: QuantizeSubject, count: number): Promise<Samples[]> {
  const samples: Samples[] = [];
  for (let picture = 0; picture < pictures.count && samples.length < count; picture++) {
    const sample = await pictures.read(picture);
    if (sample) samples.push(sample);
  }
  if (samples.length === 0) throw tooFew(0);
  return samples;
}

function checkQuantizable(onnx: Uint8Array, { model, units }: FloatGraph): void {
  // onnxruntime itself may have put steps to bytes around what moves those of a picture.
  const own = parseOnnx(onnx).graph?.node.some(({ opType }) => QUANTIZED.test(opType));
  const halves = model.graph?.initializer.some(({ dataType }) => dataType === TensorProto_DataType.FLOAT16);
  if (!own && !halves && units.length > 0) return;
  const received = own ? 'one that is quantized already' : halves ? 'one with weights in float16' : 'one without';
  throw new FreezeframeError(
    'precision-not-possible',
    expected('a graph with convolutions or matrix products in float32', '--precision int8', received),
    { remedy: 'Leave out --precision: the model is saved as it is.' },
  );
}

/** Operators that make bytes, or compute with them. */
const QUANTIZED = /^(Dynamic)?QuantizeLinear$|^QLinear|Integer$/;
