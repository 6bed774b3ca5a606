import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handleInvocation } from '../../../functions/classify/handler.ts';
import { useModels } from '../models.ts';
import { plainPicture } from '../pictures.ts';
import { useS3 } from '../s3-stub.ts';

useModels();
const s3 = useS3();
beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const model = { name: 'colours', version: '1' };
const base64 = async (colour: 'red' | 'green' | 'blue') => (await plainPicture(colour)).toString('base64');

describe('handleInvocation', () => {
  it('answers a picture, several, and one in S3 with the same result object', async () => {
    s3.objects.set('b/a+b c.png', await plainPicture('red'));
    const fromPicture = await handleInvocation({ picture: await base64('red') });
    expect(fromPicture).toMatchObject({ model, predictions: [{ label: 'red' }, {}, {}] });
    expect(await handleInvocation({ bucket: 'b', key: 'a+b c.png' })).toEqual(fromPicture);
    expect(await handleInvocation({ pictures: [await base64('red')] })).toEqual({ results: [fromPicture] });
  });

  it('takes the options of every other way in', async () => {
    const result = await handleInvocation({ picture: await base64('red'), top_k: 1, model: 'colours', version: '1' });
    expect(result).toMatchObject({ predictions: [{ label: 'red' }] });
    expect((result as { predictions: unknown[] }).predictions).toHaveLength(1);
  });

  it('answers tensors in their unit, and Open Inference Protocol requests with its response', async () => {
    const tensor = { name: 'house', shape: [1, 2], datatype: 'FP32', data: [100, 4] };
    expect(await handleInvocation({ tensors: [tensor], model: 'prices' })).toEqual({
      model: { name: 'prices', version: '1' },
      values: [{ name: 'price', value: 100_200, unit: 'dollars' }],
    });
    const pixels = { name: 'pixels', shape: [1, 8, 8, 3], datatype: 'UINT8', data: new Array(192).fill(0) };
    expect(await handleInvocation({ id: 'x', inputs: [pixels] })).toMatchObject({
      model_name: 'colours',
      id: 'x',
      outputs: [{ name: 'colours', shape: [1, 3], datatype: 'FP32' }],
    });
  });

  it('takes encoded pictures as BYTES, as behind HTTP', async () => {
    const data = [await base64('red'), await base64('blue')];
    const input = { name: 'pixels', shape: [2, 1], datatype: 'BYTES', data };
    const answer = (await handleInvocation({ inputs: [input] })) as { outputs: { shape: number[]; data: number[] }[] };
    const red = [expect.closeTo(0.997, 2), expect.closeTo(0, 2), expect.closeTo(0, 2)];
    expect(answer.outputs).toMatchObject([{ shape: [2, 3], data: [...red, ...red.toReversed()] }]);
    expect(await handleInvocation({ tensors: [input], top_k: 1 })).toMatchObject({
      results: [{ predictions: [{ label: 'red' }] }, { predictions: [{ label: 'blue' }] }],
    });
    for (const [wrong, name] of [
      [{ ...input, data: ['no base64!', data[0]] }, 'tensor-value'],
      [{ ...input, shape: [3] }, 'tensor-length'],
      [{ ...input, name: 'picture' }, 'tensor-unknown'],
      [{ ...input, data: undefined }, 'request-invalid'],
      [{ ...input, data: [Buffer.from('text').toString('base64'), data[0]] }, 'picture-type-unsupported'],
    ]) {
      await expect(handleInvocation({ inputs: [wrong] })).rejects.toMatchObject({ name });
    }
    await expect(handleInvocation({ model: 'prices', inputs: [input] })).rejects.toMatchObject({
      name: 'picture-not-taken',
    });
  });

  it('asks the model that a request of the Open Inference Protocol names', async () => {
    const house = { name: 'house', shape: [1, 2], datatype: 'FP32', data: [100, 4] };
    const answer = await handleInvocation({
      model: 'prices',
      version: '1',
      inputs: [house],
      outputs: [{ name: 'price' }],
    });
    expect(answer).toMatchObject({ model_name: 'prices', outputs: [{ name: 'price', data: [100_200] }] });
    // Else the default model would answer.
    for (const wrong of [{ model_name: 'prices' }, { model: 'nobody' }, { version: 'x' }]) {
      await expect(handleInvocation({ ...wrong, inputs: [house] })).rejects.toMatchObject({
        name: expect.stringMatching(/^(request-invalid|model-not-found)$/),
      });
    }
  });

  it.each([
    ['aws:s3', 'queue of uploads', { Records: [{ eventSource: 'aws:s3', s3: {} }] }],
    ['aws:sqs', 'function uploads', { Records: [{ eventSource: 'aws:sqs', messageId: '1', body: '{}' }] }],
    ['aws:sqs', 'function uploads', [{ eventSource: 'aws:sqs', messageId: '1', body: '{}' }]],
    ['aws:sns', 'Subscribe', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }],
    ['aws:kinesis', 'invoke classify', { Records: [{ eventSource: 'aws:kinesis', kinesis: {} }] }],
    ['aws:dynamodb', 'invoke classify', { Records: [{ eventSource: 'aws:dynamodb', dynamodb: {} }] }],
    ['aws:kafka', 'invoke classify', { eventSource: 'aws:kafka', records: {} }],
    ['aws:logs', 'invoke classify', { awslogs: { data: '' } }],
    ['aws:firehose', 'invoke classify', { deliveryStreamArn: 'arn', records: [] }],
    ['an HTTP request', 'function http', { version: '2.0', rawPath: '/classify', headers: {} }],
    ['an HTTP request', 'function http', { httpMethod: 'POST', path: '/classify' }],
  ])('says where an event of %s belongs: %s', async (sender, where, event) => {
    const error = await handleInvocation(event).catch((reason: Error) => reason);
    expect(error).toMatchObject({ name: 'request-invalid' });
    const { detail, remedy } = JSON.parse((error as Error).message);
    expect(detail).toContain(sender);
    expect(remedy).toContain(where);
  });

  it('says so where an answer is more than Lambda takes', async () => {
    const house = { name: 'house', datatype: 'FP32', shape: [1_100_000, 2], data: new Array(2_200_000).fill(1) };
    await expect(handleInvocation({ tensors: [house], model: 'prices' })).rejects.toMatchObject({
      name: 'answer-too-large',
      message: expect.stringContaining('name the outputs'),
    });
  });

  it.each([
    [{}, 'request-invalid'],
    [null, 'request-invalid'],
    ['text', 'request-invalid'],
    [{ bucket: 'b' }, 'request-invalid'],
    [{ bucket: 'b', key: 'k', picture: '' }, 'request-invalid'],
    [{ picture: '***' }, 'request-invalid'],
    [{ picture: '' }, 'picture-empty'],
    [{ picture: 'bm8=' }, 'picture-type-unsupported'],
    [{ picture: '', model: '../..' }, 'request-invalid'],
    [{ bucket: 'b', key: 'nothing here' }, 'object-absent'],
    [{ inputs: 7 }, 'request-invalid'],
  ])('throws an error whose name is the code: %j', async (event, code) => {
    const error: Error = await handleInvocation(event).then(
      () => expect.fail('answered'),
      (thrown) => thrown,
    );
    expect(error.name).toBe(code);
    expect(JSON.parse(error.message)).toMatchObject({ type: `/errors#${code}` });
    // Lambda sends the stack to the caller.
    expect(error.stack).not.toMatch(/\n|handler\.ts/);
  });

  it('says nothing of failures that nobody foresaw', async () => {
    s3.objects.set('b/k', { status: 400, code: 'SecretInternalThing' });
    const error: Error = await handleInvocation({ bucket: 'b', key: 'k' }).catch((thrown) => thrown);
    expect(error.name).toBe('internal');
    expect(`${error.message} ${error.stack}`).not.toMatch(/Secret/);
  });
});
