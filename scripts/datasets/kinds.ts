import { csv } from './csv/csv.ts';
import type { DatasetKind } from './dataset.ts';
import { folder } from './folder/folder.ts';
import { gnomes } from './gnomes/gnomes.ts';
import { housePrices } from './house-prices/house-prices.ts';
import { mnist } from './mnist/mnist.ts';

/** Every kind of data set. Names come before paths: a folder called `mnist` is `./mnist`. */
export const DATASET_KINDS: readonly DatasetKind[] = [gnomes, mnist, housePrices, csv, folder];
