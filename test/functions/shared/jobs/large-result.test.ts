import { expect, it, vi } from 'vitest';
import { createJob } from '../../../../functions/shared/jobs/job.ts';
import { settleJob } from '../../../../functions/shared/jobs/settle.ts';
import { useAws } from '../../../aws/use-aws.ts';

vi.mock('../../../../functions/shared/answer.ts', () => ({
  answer: async () => ({
    model: { name: 'm', version: '1' },
    predictions: Array.from({ length: 5_000 }, (_, i) => ({ label: `the label ${i}`, probability: 0.0002 })),
  }),
}));
const aws = useAws({ RESULTS_TABLE: 'results', EVENT_BUS: 'bus' });

it('a result that no event would take is a problem that says so, and is announced', async () => {
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
  aws.objects.set('b/k', Buffer.from('any'));
  await settleJob(createJob({ object: { bucket: 'b', key: 'k' }, sequencer: '0A' }, 'm'));
  expect(aws.events).toMatchObject([
    { detail: { problem: { type: '/errors#result-too-large', status: 422, remedy: expect.stringContaining('topK') } } },
  ]);
});
