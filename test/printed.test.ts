import { describe, expect, it } from 'vitest';
import { expectPrinted, refusePrinted } from './printed.ts';

describe('a test that prints', () => {
  it('fails, with what it printed', () => {
    console.log('to stdout');
    process.stderr.write(Buffer.from('to stderr\n'));
    expect(refusePrinted).toThrow(/received:\nto stdout\nto stderr\n/);
    expect(refusePrinted).not.toThrow();
  });

  it('may say what it prints, and nothing else', () => {
    console.warn('provoked');
    expectPrinted(/^provoked$/);
    console.warn('provoked\nsurprising');
    expect(() => expectPrinted(/^provoked$/)).toThrow(/surprising/);
    expect(() => expectPrinted(/^provoked$/), 'nothing was printed').toThrow();
  });
});
