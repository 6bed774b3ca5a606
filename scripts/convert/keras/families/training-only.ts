import { z } from 'zod';
import { type LayerDefinition, single } from '../layer.ts';

/** A layer that does something to what it is given only while a model is trained: left out of a frozen one. */
export function trainingOnlyLayer(className: string): LayerDefinition<object> {
  return {
    className,
    config: z.object({}),
    outputShape: (_, inputs) => single(inputs),
    emit: (_context, _config, inputs) => single(inputs),
    trainingOnly: true,
  };
}
