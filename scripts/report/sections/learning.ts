import { type LearningPoint, learningSentence } from '#evaluate';
import { figure } from '../charts/draw.ts';
import { learningChart } from '../charts/learning.ts';
import { html } from '../html.ts';
import { count, share } from '../words.ts';
import { absent, type Section, table } from './section.ts';

const HEAD = { id: 'learning', title: 'Would more pictures help?' };

export function learning(curve: readonly LearningPoint[] = []): Section {
  if (curve.length === 0)
    return absent(HEAD, 'Not measured here: only a training on a pretrained network also learns from fewer pictures.');
  const sentence = learningSentence(curve) ?? 'It was measured at one size only, so this is not known.';
  return {
    ...HEAD,
    body: html`<div class="split"><div class="words"><p class="lead">${sentence}</p></div>${figure(
      learningChart(curve),
      'Accuracy of models trained on fewer pictures, with its 95 % interval.',
      table(
        'Accuracy by number of pictures',
        ['Pictures of each label', '>Accuracy', '>From', '>To'],
        curve.map((point) => [
          count(point.count),
          share(point.accuracy),
          share(point.accuracyLow),
          share(point.accuracyHigh),
        ]),
      ),
    )}</div>`,
  };
}
