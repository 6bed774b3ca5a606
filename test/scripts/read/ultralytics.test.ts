import { describe, expect, it } from 'vitest';
import { ultralyticsHints } from '../../../scripts/read/ultralytics.ts';

const metadata = { description: 'Ultralytics YOLO11n-cls model trained on photos', task: 'classify' };

describe('ultralyticsHints', () => {
  it('knows how Ultralytics prepares pictures that are classified', () => {
    expect(ultralyticsHints(metadata)).toMatchObject({
      normalization: { mean: [0], deviation: [255] },
      resize: 'cover',
    });
  });

  it('knows nothing of others', () => {
    expect(ultralyticsHints({ ...metadata, task: 'detect' })).toBeUndefined();
    expect(ultralyticsHints({ ...metadata, description: 'a model' })).toBeUndefined();
    expect(ultralyticsHints({ task: 'classify' })).toBeUndefined();
  });
});
