import type { GraphModel } from '#tensorflow';
import type { ImportedModel, ImportedOnnxModel } from '../../imported-model.ts';

/** A graph model, written as ONNX, and the graph it was made from for whoever verifies it. */
export interface ImportedGraphModel extends ImportedOnnxModel {
  readonly graphModel: GraphModel;
}

export function isGraphModel(imported: ImportedModel): imported is ImportedGraphModel {
  return 'graphModel' in imported;
}
