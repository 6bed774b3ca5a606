import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseManifest } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../scripts/store/index.ts';
import { node, onnxOf } from '../onnx/hostile-models.ts';
import { pictureModel, tableModel } from '../onnx/models.ts';
import { useStore } from './models-store.ts';
import { run, spawnCommand } from './run.ts';

const scratch = useStore();
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/keras/${name}`, import.meta.url));

async function storeListing(): Promise<string[]> {
  return (await readdir(join(scratch.folder, 'store'), { recursive: true })).sort();
}

describe('freezeframe import', () => {
  it('--json ends with one line that says what was imported and what it was compared with', async () => {
    const path = await scratch.write('model.onnx', pictureModel());
    const { code, stdout } = await run(['import', path, '--name', 'tiles', '--preprocess', 'tf', '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    const keys = ['name', 'version', 'format', 'task', 'input', 'output', 'seconds', 'verified', 'production'];
    expect(Object.keys(result)).toEqual(keys);
    expect(result).toMatchObject({
      name: 'tiles',
      version: '1',
      format: 'onnx',
      task: 'classification',
      production: '1',
    });
    expect(Object.keys(result.verified)).toEqual(['against', 'maxDifference']);
    expect(result.verified.maxDifference).toBeLessThan(1e-5);

    const { manifest } = await openStore().resolve('tiles');
    expect(parseManifest(manifest)).toEqual(manifest);
    expect(manifest.provenance).toMatchObject({
      source: 'model.onnx',
      format: 'onnx',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(manifest.metrics.verification).toMatchObject({ batches: [1, 3] });
  });

  it('answers pictures with the labels of a file, as many as are asked for', async () => {
    const path = await scratch.write('model.onnx', pictureModel());
    const labels = await scratch.write('labels.txt', '0 north\n1 east\n2 south\n3 west\n');
    const outcome = await run(['import', path, '--name', 'winds', '--labels', labels]);
    expect(outcome.stdout).toContain('difference at most');
    expect(outcome.stdout).toMatch(
      /^Next:\n {2}freezeframe predict winds PICTURE .*\n {2}freezeframe bundle --model winds/m,
    );
    const picture = await scratch.picture('red.png', 'red');
    const { stdout } = await run(['predict', 'winds', picture, '--top-k', '2', '--json']);
    const { predictions } = JSON.parse(stdout);
    expect(predictions).toHaveLength(2);
    expect(['north', 'east', 'south', 'west']).toContain(predictions[0].label);
  });

  describe('--evaluate', () => {
    /** A model of four classes, of which it calls every picture the same, and a CSV with so many right ones. */
    async function files(right: number, wrong: number) {
      const path = await scratch.write('model.onnx', pictureModel());
      const labels = await scratch.write('labels.txt', '0 north\n1 east\n2 south\n3 west\n');
      await run(['import', path, '--name', 'asked', '--labels', labels]);
      const picture = await scratch.picture('red.png', 'red');
      const { stdout } = await run(['predict', 'asked', picture, '--json']);
      const [first, other] = JSON.parse(stdout).predictions.map(({ label }: { label: string }) => label);
      const rows = [...Array(right).fill(first), ...Array(wrong).fill(other)].map((label) => `red.png,${label}`);
      return { path, labels, csv: await scratch.write('measured.csv', ['file,label', ...rows].join('\n')) };
    }

    it('measures before it saves: the figures are in the manifest and on a page', async () => {
      const { path, labels, csv } = await files(3, 5);
      const words = ['import', path, '--name', 'measured', '--labels', labels, '--evaluate', csv];
      const { code, stdout } = await run([...words, '--json']);
      expect(code).toBe(0);
      const result = JSON.parse(stdout);
      expect(result.metrics).toMatchObject({ accuracy: 3 / 8, accuracyLow: expect.any(Number), count: 8 });
      expect(result.constant).toMatchObject({ accuracy: 5 / 8, verdict: 'not-better' });
      // As a training that has learnt nothing.
      expect(result).toMatchObject({
        version: '1',
        production: null,
        warnings: [expect.stringContaining('not better')],
      });
      const { manifest } = await openStore().resolve('measured@1');
      expect(manifest.metrics).toMatchObject({
        after: result.metrics,
        constant: result.constant,
        data: { name: 'measured.csv', count: 8, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
        verification: { batches: [1, 3] },
      });
      const page = await readFile(result.report, 'utf8');
      expect(page).toContain('Import report');
      expect(page).toContain('<bdi>measured@1</bdi>');
      expect(page).toContain('Guessing among 4 labels');
      expect(page).toMatch(/Size<\/th><td class="number">[\d.]+ k?B<\/td><td class="number">[\d.]+ k?B/);
      const text = (await run(words)).stdout;
      expect(text).toMatch(/^Accuracy 37\.5 % \(95 % interval [\d.]+-[\d.]+ %, 8 pictures\)$/m);
      expect(text).toMatch(/^ {2}always answering \w+: 62\.5 %; guessing among 4 labels: 25\.0 %$/m);
      // The same content is the same version.
      expect(text).toContain('measured@1');
      expect(await readdir(join(scratch.folder, 'store', 'temporary'))).toEqual([]);
    });

    it('saves nothing where it cannot be measured', async () => {
      const { path } = await files(1, 1);
      const csv = await scratch.write('unknown.csv', 'file,label\nred.png,up\n');
      const before = await storeListing();
      const wrong = await run(['import', path, '--name', 'never', '--evaluate', csv, '--json']);
      expect([wrong.code, JSON.parse(wrong.stdout).error.code]).toEqual([1, 'labels-unknown']);
      const alone = await run(['import', path, '--name', 'never', '--target', 'price']);
      expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('Expected --evaluate for --target')]);
      expect(await storeListing()).toEqual(before);
    });

    it('measures a model of numbers on a table', async () => {
      const path = await scratch.write('table.onnx', tableModel());
      const { manifest } = await importTable(path);
      const { input } = manifest;
      const width = input.kind === 'tensors' ? (input.tensors[0]?.shape[1] ?? 0) : 0;
      const names = Array.from({ length: width }, (_, column) => `f${column}`);
      const rows = Array.from({ length: 6 }, (_, row) => [...names.map((_, column) => row + column), row].join(','));
      const table = await scratch.write('rows.csv', [[...names, 'answer'].join(','), ...rows].join('\n'));
      const words = [
        'import',
        path,
        '--name',
        'rows',
        '--evaluate',
        table,
        '--target',
        'answer',
        '--task',
        'regression',
      ];
      const { code, stdout, stderr } = await run([...words, '--json']);
      expect([code, stderr.includes('freezeframe:')]).toEqual([0, false]);
      const { metrics, report } = JSON.parse(stdout);
      expect(metrics).toMatchObject({ meanAbsoluteError: expect.any(Number), count: 6 });
      expect(await readFile(report, 'utf8')).toContain('Largest errors');
    });

    async function importTable(path: string) {
      await run(['import', path, '--name', 'plain', '--task', 'regression']);
      return openStore().resolve('plain');
    }
  });

  it('evaluates what was imported on a CSV, with the figure for the first five left out of four classes', async () => {
    const picture = await scratch.picture('red.png', 'red');
    const csv = await scratch.write('labels.csv', `file,label\n${picture},north\n`);
    const { code, stdout } = await run(['evaluate', 'winds', csv, '--json']);
    const result = JSON.parse(stdout);
    expect([code, result.count, result.classes.length]).toEqual([0, 1, 4]);
    expect(result).not.toHaveProperty('top5Accuracy');
  });

  it('answers requests of numbers in their own units', async () => {
    const path = await scratch.write('table.onnx', tableModel());
    const words = ['--feature-names', 'a, b, c', '--target-name', 'price', '--target-unit', 'USD'];
    expect((await run(['import', path, '--name', 'sums', ...words])).code).toBe(0);
    const { manifest } = await openStore().resolve('sums');
    const name = manifest.input.kind === 'tensors' ? manifest.input.tensors[0]?.name : undefined;
    const inputs = [{ name, shape: [1, 3], datatype: 'FP32', data: [2, 4, 8] }];
    const request = await scratch.write('request.json', JSON.stringify({ inputs }));
    const { stdout } = await run(['predict', 'sums', '--request', request, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ model_name: 'sums', outputs: [{ shape: [1, 1], data: [8] }] });
    expect(manifest.output).toMatchObject({ kind: 'regression', values: [{ name: 'price', unit: 'USD' }] });
  });

  it.each([
    ['refuse-lambda.k3.keras', 'custom-object', /Lambda/],
    ['refuse-weights-only.weights.h5', 'weights-only', /weights/],
  ])('refuses %s with --json and exit 1, and leaves the store as it was', async (file, code, message) => {
    const before = await storeListing();
    const outcome = await spawnCommand(['import', fixture(file), '--name', 'refused', '--json']);
    expect(outcome.code).toBe(1);
    const { error } = JSON.parse(outcome.stdout);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), details: expect.any(Object) });
    expect(outcome.stderr).not.toMatch(/ at .*\.ts:\d+/);
    expect(await storeListing()).toEqual(before);
  });

  it.each(['--json', '--task'])('never sends names from a file to the terminal as they are (%s)', async (flag) => {
    const hostile = 'Sin\u001b[2J\u009b31m\u202e';
    const path = await scratch.write(
      '\u001b[2J.onnx',
      onnxOf({ node: [node(hostile, ['x'], ['y'], { domain: 'evil' })] }),
    );
    const words = flag === '--task' ? ['--task', 'tensors'] : ['--json'];
    const { code, stdout, stderr } = await run(['import', path, '--name', 'hostile', ...words]);
    expect(code).toBe(1);
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u);
    if (flag === '--task') expect(stderr).toContain('\\u001b[2J');
    else {
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
      expect(JSON.parse(stdout).error).toMatchObject({
        code: 'custom-object',
        message: expect.stringContaining(hostile),
      });
    }
  });

  it('saves nothing that does not answer as expected', async () => {
    const path = await scratch.write('model.onnx', pictureModel());
    const wrong = {
      input: { shape: [1, 3, 16, 16], formula: 'x[i] = ((i*7919 + 104729) % 1009) / 1008' },
      output: { shape: [1, 4], data: [1, 0, 0, 0] },
    };
    const expected = await scratch.write('wrong.json', JSON.stringify(wrong));
    const before = await storeListing();
    const { code, stdout } = await run(['import', path, '--name', 'wrong', '--expected', expected, '--json']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'verification-failed']);
    expect(await storeListing()).toEqual(before);
  });
});
