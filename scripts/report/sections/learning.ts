import { figure } from '../charts/draw.ts';
import { learningChart } from '../charts/learning.ts';
import { html } from '../html.ts';
import { learningSentence } from '../numbers/learning.ts';
import type { LearningPoint } from '../report-input.ts';
import { count, share } from '../words.ts';
import { type Section, table } from './section.ts';

export function learning(curve: readonly LearningPoint[]): Section {
  const sentence = learningSentence(curve) ?? 'It was measured at one size only, so this is not known.';
  return {
    id: 'learning',
    title: 'Would more pictures help?',
    body: html`<div class="split"><div class="words"><p class="lead">${sentence}</p></div>${figure(
      learningChart(curve),
      'Accuracy of models trained on fewer pictures, with its 95 % interval.',
      table(
        'Accuracy by number of pictures',
        ['Pictures of each label', '>Accuracy', '>From', '>To'],
        curve.map((point) => [count(point.count), share(point.accuracy), share(point.low), share(point.high)]),
      ),
    )}</div>`,
  };
}
