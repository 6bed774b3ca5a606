import { toBinary } from '@bufbuild/protobuf';
import { createEngine, expected, FreezeframeError } from '@freezeframe/inference';
import { type GraphProto, ModelProtoSchema, parseOnnx } from '#onnx';
import { formatBytes } from '#terminal';
import type { ChosenPrecision, PrecisionRequest } from './choose-precision.ts';
import { type Answer, answerOf, holds, judge, outputNames } from './judge/answers.ts';
import { dealPictures } from './judge/deal.ts';
import { tooFew } from './judge/float-pass.ts';
import { answersTo } from './judge/int8-pass.ts';
import { agreementOn, notesOnChoices, percent } from './judge/words.ts';
import type { QuantizeSubject } from './subject.ts';
import { storeWeightsSmall } from './weights/small-weights.ts';

/** Below it, a share of agreement says nothing. */
const LEAST_PICTURES = 10;

/**
 * A float graph with its weights stored as bytes, which onnxruntime turns back while it loads. It is judged by pictures as int8 is.
 * @throws FreezeframeError `precision-not-possible`, `precision-not-held`, `calibration-unusable`
 */
export async function chooseWeights(
  request: Omit<PrecisionRequest, 'wanted'>,
): Promise<Pick<ChosenPrecision, 'onnx' | 'figures' | 'notes'>> {
  const { onnx, manifest, pictures } = request;
  const { input, output } = manifest;
  if (input.kind !== 'picture' || output.kind !== 'classification')
    throw notPossible(`one of ${input.kind} that answers ${output.kind}`);
  const model = parseOnnx(onnx);
  const saved = storeWeightsSmall(model.graph as GraphProto);
  if (saved === 0) throw notPossible('one whose weights are few, or no float32');
  const small = toBinary(ModelProtoSchema, model);
  const { name, activation, unknown } = output;
  const subject: QuantizeSubject = { ...request, answers: { name, activation, unknown } };
  const { kind, parts } = dealPictures(pictures);
  const dealt = kind === 'held-out' ? (parts[1] ?? []) : parts.flat();
  const { readable, float } = await floatAnswers(subject, dealt);
  if (readable.length < LEAST_PICTURES) throw tooFew(readable.length);
  const judgement = judge(
    float,
    await answersTo(small, readable, subject),
    readable.map((picture) => pictures.label(picture)),
  );
  const { top1Float, top1Int8 } = judgement;
  const figures = { kept: 'int8', ...judgement, bytes: { float: onnx.byteLength, int8: small.byteLength } };
  const said = `the same first choice as with float weights on ${agreementOn(judgement)}`;
  if (!holds(judgement)) {
    const right =
      top1Float === undefined ? '' : `, right on ${percent(top1Int8 ?? 0)} instead of ${percent(top1Float)}`;
    throw new FreezeframeError('precision-not-held', `Weights of bytes do not hold: ${said}${right}`, {
      details: { figures },
      remedy: 'Nothing was saved. Leave out --weights int8.',
    });
  }
  return {
    onnx: small,
    figures,
    notes: [
      `Its weights are bytes: ${formatBytes(small.byteLength)} instead of ${formatBytes(onnx.byteLength)}, ${said}.`,
      ...notesOnChoices(judgement.choices),
    ],
  };
}

async function floatAnswers(subject: QuantizeSubject, pictures: readonly number[]) {
  const engine = await createEngine(subject.onnx);
  const [readable, float]: [number[], Answer[]] = [[], []];
  let done = 0;
  try {
    for (const picture of pictures) {
      subject.onProgress?.('Comparing small weights', ++done, pictures.length);
      const sample = await subject.pictures.read(picture);
      if (!sample) continue;
      readable.push(picture);
      float.push(answerOf(subject.answers, await engine.run(sample, outputNames(subject.answers))));
    }
    return { readable, float };
  } finally {
    await engine.close();
  }
}

function notPossible(received: string): FreezeframeError {
  const message = expected('a picture classifier with weights in float32', '--weights int8', received);
  return new FreezeframeError('precision-not-possible', message, { remedy: 'Leave out --weights.' });
}
