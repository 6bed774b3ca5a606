import type { Judgement } from './answers.ts';

/** A share in words. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** On how many pictures the first choice is that of float. Ties are counted, and named: their labels differ. */
export function agreementOn(judgement: Judgement, how = ''): string {
  const { agreement, agreementLow, agreementHigh, count, identical, same } = judgement;
  const between = `95 % interval ${percent(agreementLow)} to ${percent(agreementHigh)}`;
  const ties = same > identical ? `, ${same - identical} of them another label that float finds as probable` : '';
  return `${percent(agreement)} of ${count} pictures${how && ` ${how}`} (${between})${ties}`;
}

/** A warning where the pictures could not show a difference. */
export function notesOnChoices(choices: number): string[] {
  if (choices > 1) return [];
  return ['Float gives all these pictures the same answer, so their agreement says little: calibrate with others too.'];
}
