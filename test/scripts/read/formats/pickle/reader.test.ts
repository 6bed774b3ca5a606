import { createEngine } from '@freezeframe/inference';
import { expect, it } from 'vitest';
import { freezeModel } from '../../../../../scripts/convert/freeze.ts';
import type { KerasModel } from '../../../../../scripts/keras/model.ts';
import { pickleReader } from '../../../../../scripts/read/formats/pickle/reader.ts';
import { openBytes } from '../../../../../scripts/read/source.ts';
import { EXPECTED, fixture } from '../../pickle/assemble.ts';

const open = (name: string) => openBytes(name, fixture(name));

async function answers(model: KerasModel, rows: number[][]): Promise<number[]> {
  const { onnx } = freezeModel(model, { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
  const engine = await createEngine(onnx);
  try {
    const shape = [rows.length, rows[0]?.length as number];
    const data = new Float32Array(rows.flat());
    const result = await engine.run({ [engine.inputs[0]?.name as string]: { datatype: 'FP32', shape, data } });
    return Array.from(Object.values(result)[0]?.data as Float32Array);
  } finally {
    await engine.close();
  }
}

it.each(Object.entries(EXPECTED).filter(([, { answers }]) => answers))(
  'reads a model that answers as in Keras: %s',
  async (name, { rows, answers: wanted }) => {
    const source = await open(name);
    expect(await pickleReader.recognises(source)).toBe(true);
    const imported = await pickleReader.read(source);
    if (imported.kind !== 'keras') throw new Error('not a Keras model');
    expect(imported.format).toBe('pickle');
    expect(imported.notes[0]).toContain('The pickle holds');
    const received = await answers(imported.model, rows);
    wanted.flat().forEach((value, i) => {
      expect(received[i]).toBeCloseTo(value, 5);
    });
  },
);

it.each([
  ['weights-only.pkl', 'weights-only', 'get_config'],
  ['keras-2.saved-model.pkl', 'format-unknown', 'model.keras'],
  ['standard.pkl', 'option-mismatch', '--scaler'],
  ['one-hot.pkl', 'option-mismatch', '--label-encoder'],
  ['class-indices.pkl', 'format-unknown', 'model.save'],
  ['pipeline.pkl', 'pickle-refused', 'Pipelines'],
])('says what %s is, and what to do', async (name, code, remedy) => {
  const source = await open(name);
  expect(await pickleReader.recognises(source)).toBe(true);
  const error = await pickleReader.read(source).catch((e) => e);
  expect(error).toMatchObject({ name: 'ImportError', code });
  expect(error.remedy).toContain(remedy);
});

it.each([0, 1, 2, 3, 4, 5])('recognises protocol %i', async (protocol) => {
  for (const name of ['min-max', 'arrays']) {
    expect(await pickleReader.recognises(await open(`${name}.protocol-${protocol}.pkl`)), name).toBe(true);
  }
});

it('recognises no other files', async () => {
  const others = [
    '{"a": 1}',
    'cat\ndog\npig\n',
    'iguana\nlion\n',
    '(Vector)',
    '(hello)',
    '\x89HDF\r\n\x1a\n',
    'x\x9cnot zlib',
    '\x80\x09',
    '',
  ];
  for (const content of others) {
    const source = await openBytes('file.pkl', new Uint8Array(Buffer.from(content, 'latin1')));
    expect(await pickleReader.recognises(source), content).toBe(false);
  }
  expect(await pickleReader.recognises(await open('make.py'))).toBe(false);
});
