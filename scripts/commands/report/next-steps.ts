import type { StoredModel } from '#store';
import { formatTable } from '#terminal';

interface Made {
  readonly stored: Pick<StoredModel, 'name' | 'version' | 'manifest'>;
  /** The version that the name alone means. */
  readonly production: string | null;
}

/** A word as a shell takes it. */
function word(text: string): string {
  return /^[\w./@:+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * What to type next, with the version's own name where the name alone means another one. A model that was kept out of production
 * is not to be packed.
 * @param data what it was measured on; nothing where it was not
 */
export function nextSteps({ stored, production }: Made, data?: string): string[] {
  const { name, version, manifest } = stored;
  const own = production === version ? name : `${name}@${version}`;
  const takesPictures = manifest.input.kind === 'picture';
  const asked: Step = [`predict ${own} ${takesPictures ? 'PICTURE' : '--request FILE.json'}`, 'ask it'];
  const first: Step =
    takesPictures || data === undefined
      ? asked
      : [`evaluate ${own} ${word(data)} --report report.html`, 'see where it errs'];
  const others: Step[] = [
    [`bundle --model ${own}`, 'pack it for AWS Lambda'],
    ['dev', 'serve it on this machine, with a page'],
  ];
  const steps = production === null ? [first] : [first, ...others];
  const table = formatTable(
    ['', ''],
    steps.map(([command, what]) => [`  freezeframe ${command}`, what]),
  );
  return [`Next:${table}`];
}

type Step = [command: string, what: string];
