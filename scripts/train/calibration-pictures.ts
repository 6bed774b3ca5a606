import type { TensorData } from '@freezeframe/inference';
import type { Dataset, PictureDataset } from '#datasets';
import { GRAPH_NAMES } from '#frozen';
import type { CalibrationPictures } from '#quantize';

type Split = PictureDataset['splits']['test'];

/** Fewer of the validation split judge together with the test split. */
const ENOUGH = 200;

/** What ranges for int8 are taken from: the training split. The validation split judges. A table has none. */
export function calibrationPictures(dataset: Dataset): CalibrationPictures {
  if (dataset.kind !== 'pictures') return { count: 0, label: () => undefined, read: async () => undefined };
  const { height, width, channels } = dataset.input;
  const { train, validation, test } = dataset.splits;
  const splits = validation.count >= ENOUGH ? [train, validation] : [train, validation, test];
  const size = height * width * channels;
  const find = (picture: number): [split: Split, row: number] => {
    let row = picture;
    for (const split of splits) {
      if (row < split.count) return [split, row];
      row -= split.count;
    }
    throw new Error(`there is no picture ${picture}`);
  };
  return {
    count: splits.reduce((sum, { count }) => sum + count, 0),
    judgeFrom: train.count,
    label: (picture) => {
      const [{ classes }, row] = find(picture);
      return classes[row];
    },
    read: async (picture) => {
      const [{ pixels }, row] = find(picture);
      const data = Uint8Array.from(pixels.subarray(row * size, (row + 1) * size));
      const tensor: TensorData = { datatype: 'UINT8', shape: [1, height, width, channels], data };
      return { [GRAPH_NAMES.picture]: tensor };
    },
  };
}
