import type { Dataset } from '#datasets';
import { splitPictures } from '#evaluate';
import { writeReport } from '#report';
import { defaultStore } from '#store';
import type { TrainReport } from '#train';
import { performanceOf } from '../report/performance.ts';
import { reportFile, writeVersionPage } from '../report/report-file.ts';
import { trainedReport } from '../report/trained-report.ts';

const SAMPLES = 5;

/** Writes the page of a training from scratch. @returns where it is */
export async function writeTrainedReport(report: TrainReport, dataset: Dataset): Promise<string> {
  const { stored } = report.frozen;
  const samples =
    dataset.kind === 'pictures'
      ? splitPictures(dataset, 'test')
          .slice(0, SAMPLES)
          .map(({ read, path }) => (path === undefined ? { read } : { path }))
      : [];
  const what = `the trained weights, run by ${report.backend}, in the process that trained them and holds the data set`;
  const performance = await performanceOf(stored, { ...report.before, what }, samples);
  const page = reportFile(defaultStore(), report.frozen);
  await writeVersionPage(stored, page, () => writeReport(trainedReport(report, dataset, performance), page));
  return page;
}
