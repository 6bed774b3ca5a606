// Loaded into each function that MiniStack starts. It unpacks layers into folders of its own, where Lambda has them at /opt:
// the models are found there, as deployed.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const layers = (process.env._LAMBDA_LAYERS_DIRS ?? '').split(delimiter).filter(Boolean);
const models = layers.map((layer) => join(layer, 'models')).find((folder) => existsSync(folder));
if (models) process.env.MODELS_DIR = models;
