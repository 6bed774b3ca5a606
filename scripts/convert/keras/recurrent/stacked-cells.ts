import { FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import { groupNames, type LayerConfig, type Shape } from '#keras';
import { innerContext } from '../layer.ts';
import { innerLayer } from '../options.ts';
import type { Cell } from './cell.ts';
import { gruCell } from './gru-cell.ts';
import { lstmCell } from './lstm-cell.ts';
import { simpleRNNCell } from './simple-rnn-cell.ts';

const CELLS = [simpleRNNCell, lstmCell, gruCell] as unknown as readonly Cell[];

/** A cell with its options read. */
export interface ResolvedCell {
  readonly cell: Cell;
  readonly config: unknown;
}

/** One cell of a config, or several on top of each other; other classes are an issue of the config. */
export const cell = z.unknown().transform((value, context): ResolvedCell => {
  try {
    return resolveCell(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

function resolveCell(value: unknown): ResolvedCell {
  if (Array.isArray(value)) return stacked(value.map(resolveCell));
  const { class_name, config } = innerLayer.parse(value) as LayerConfig;
  if (class_name === 'StackedRNNCells') return stacked((config.cells as unknown[]).map(resolveCell));
  const found = CELLS.find(({ className }) => className === class_name);
  if (!found) throw new FreezeframeError('unsupported-layer', `the cell class ${class_name} is not known`);
  return { cell: found, config: found.config.parse(config) };
}

/** Each cell's output is the next one's input; weights are named `cells/lstm_cell/kernel`, `cells/lstm_cell_1/kernel`. */
function stacked(cells: readonly ResolvedCell[]): ResolvedCell {
  const steps = (step: Shape): Shape[] => {
    const inputs = [step];
    for (const { cell, config } of cells) {
      inputs.push(outputShapeOf({ cell, config }, inputs.at(-1) as Shape));
    }
    return inputs;
  };
  const names = groupNames();
  const parts = cells.map((one) => ({ ...one, name: `cells/${names({ class_name: one.cell.className })}` }));
  const each = (step: Shape) => parts.map((part, i) => ({ ...part, step: steps(step)[i] as Shape }));
  return {
    config: undefined,
    cell: {
      className: 'StackedRNNCells',
      layerName: 'RNN',
      config: z.unknown(),
      weights: (_, step) =>
        each(step).flatMap(({ cell, config, name, step: own }) =>
          cell.weights(config, own).map((spec) => ({ ...spec, name: `${name}/${spec.name}` })),
        ),
      states: (_, step) => each(step).flatMap(({ cell, config, step: own }) => cell.states(config, own)),
      step: (context, _, x, states) => {
        const left = [...states];
        const next: string[] = [];
        let current = x;
        for (const { cell, config, name, step } of each(x.shape)) {
          const own = left.splice(0, cell.states(config, step).length);
          const result = cell.step(innerContext(context, name), config, current, own);
          next.push(...result.states);
          current = { ...x, name: result.output, shape: outputShapeOf({ cell, config }, step) };
        }
        return { output: current.name, states: next };
      },
    },
  };
}

/** Reads the options of a layer and those of its one cell, which stand side by side in its config. */
export function layerOf<C, O extends object>(
  cell: Cell<C>,
  options: z.ZodType<O>,
): z.ZodType<O & { resolved: ResolvedCell }> {
  return z.looseObject({}).transform((value, context) => {
    const [own, inner] = [options.safeParse(value), cell.config.safeParse(value)];
    for (const { error } of [own, inner]) {
      for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
    }
    if (!own.success || !inner.success) return z.NEVER;
    return { ...own.data, resolved: { cell: cell as unknown as Cell, config: inner.data } };
  }) as unknown as z.ZodType<O & { resolved: ResolvedCell }>;
}

/** The shape of a stack's output: that of its last cell. */
export function outputShapeOf({ cell, config }: ResolvedCell, step: Shape): Shape {
  if (cell.className !== 'StackedRNNCells') return cell.states(config, step)[0] as Shape;
  const specs = cell.states(config, step);
  return specs.at(-1) as Shape;
}
