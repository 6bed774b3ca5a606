import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUBJECTS } from '../../../../scripts/bench/subjects/index.ts';

const FOLDER = join(import.meta.dirname, '../../../../scripts/bench/subjects');

describe('the subjects of the benchmark', () => {
  it('have names of their own', () => {
    const names = SUBJECTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('use every program that is there', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
    const texts = files.map((file) => readFileSync(join(FOLDER, file), 'utf8')).join('');
    const programs = readdirSync(join(FOLDER, 'programs'));
    // What the programs in Python have in common is imported by them.
    const started = programs.filter((file) => /\.(mjs|py)$/.test(file) && file !== 'runtime.py');
    expect(started.filter((file) => !texts.includes(`'${file}'`))).toEqual([]);
  });
});
