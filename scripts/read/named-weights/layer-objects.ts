import { weightSpecs } from '#convert';
import { groupNames, isModel, type LayerConfig, layerName, layersOf, type WeightSpec } from '#keras';
import type { PlannedConfig } from '../config/planned-config.ts';
import { type StoredForm, storedForm } from './stored-form.ts';

/** One layer as Keras makes it: variables of its own, and the layers in it. Models are layers too. */
export interface LayerObject {
  /** What its weights are called before their own names: `outer/conv`, `wrapper/layer/layers/conv2d`. */
  readonly path: string;
  /** Where Keras 3 keeps its variables: `layers/functional/layers/conv2d`. */
  readonly group: string;
  /** Undefined for parts that no config names: cells, the products of an attention. */
  readonly name: string | undefined;
  /** Empty for parts that no config names. */
  readonly className: string;
  readonly isModel: boolean;
  /** The layer's own flag. Keras 3 hands a change on to the parts, and configs show the parts' flags. */
  readonly trainable: boolean;
  /** No output needs it, or its class is not known, so that its variables are nobody's. */
  readonly unneeded: 'known' | 'unknown' | undefined;
  /** Its own variables as files keep them, in the order in which Keras makes them. */
  readonly stored: StoredForm;
  readonly inside: readonly LayerObject[];
}

type Place = Pick<LayerObject, 'path' | 'group'> & { readonly trainable: boolean };

/** The layers of a model, as objects. @param merged LoRA's products are part of the kernels already, as in `.keras` files */
export function layerObjects({ config, plan }: PlannedConfig, merged: boolean): LayerObject[] {
  const wanted = weightSpecs(plan);

  /** Models inside models stand in the topology by name, so that each of their layers has specs of its own. */
  const opened = (layer: LayerConfig, place: Place): LayerObject => {
    if (!isModel(layer.class_name)) {
      const unneeded = wanted.has(place.path) || !plan.unneeded.has(place.path) ? undefined : 'known';
      const specs = wanted.get(place.path) ?? plan.unneeded.get(place.path);
      const object = objectOf(layer, layerName(layer), place, specs ?? [], merged);
      return unneeded ? { ...object, unneeded: specs ? 'known' : 'unknown' } : object;
    }
    const groups = groupNames();
    const inside = layersOf(layer.config, place.path).map((inner) =>
      opened(inner, {
        path: place.path === '' ? layerName(inner) : `${place.path}/${layerName(inner)}`,
        group: `${place.group === '' ? '' : `${place.group}/`}layers/${groups(inner)}`,
        trainable: flagOf(inner) ?? true,
      }),
    );
    const name = place.path === '' ? undefined : layerName(layer);
    const { class_name: className } = layer;
    return {
      ...place,
      name,
      className,
      isModel: true,
      unneeded: undefined,
      stored: storedForm(layer, [], merged),
      inside,
    };
  };
  return [...opened(config, { path: '', group: '', trainable: true }).inside];
}

/** All of them, each after what it is in. */
export function withInside(objects: readonly LayerObject[]): LayerObject[] {
  return objects.flatMap((object) => [object, ...withInside(object.inside)]);
}

function flagOf(layer: LayerConfig | undefined): boolean | undefined {
  return typeof layer?.config.trainable === 'boolean' ? layer.config.trainable : undefined;
}

/** A layer whose parts' weights stand among its own, as `forward_layer/cell/kernel`. */
function objectOf(
  layer: LayerConfig | undefined,
  name: string | undefined,
  place: Place,
  specs: readonly WeightSpec[],
  merged: boolean,
): LayerObject {
  const given = layer ? partsOf(layer) : [];
  const isGiven = (spec: WeightSpec) => given.some(({ part }) => spec.name.startsWith(`${part}/`));
  const others = specs.filter((spec) => spec.name.includes('/') && !isGiven(spec)).map(firstPart);
  const parts = [...given, ...[...new Set(others)].map((part) => ({ part, layer: undefined, name: undefined }))];
  return {
    ...place,
    name,
    className: layer?.class_name ?? '',
    isModel: isModel(layer?.class_name ?? ''),
    unneeded: undefined,
    stored: storedForm(
      layer,
      specs.filter((spec) => !spec.name.includes('/')),
      merged,
    ),
    inside: parts.map(({ part, layer: inner, name: own }) => {
      const below = specs.filter((spec) => spec.name.startsWith(`${part}/`));
      const named = below.map((spec) => ({ ...spec, name: spec.name.slice(part.length + 1) }));
      const at = { path: `${place.path}/${part}`, group: `${place.group}/${part}` };
      return objectOf(inner, own, { ...at, trainable: flagOf(inner) ?? place.trainable }, named, merged);
    }),
  };
}

function firstPart({ name }: WeightSpec): string {
  return name.slice(0, name.indexOf('/'));
}

interface Part {
  /** As weights are called here: `layer`, `layers/dense_1`, `cells/lstm_cell`. */
  readonly part: string;
  readonly layer: LayerConfig;
  readonly name: string | undefined;
}

/** The layers that a config names inside a layer, in the order in which Keras tracks them. */
function partsOf(layer: LayerConfig): Part[] {
  const { class_name, config } = layer;
  if (isModel(class_name)) {
    const groups = groupNames();
    return layersOf(config, layerName(layer)).map((inner) => ({
      part: `layers/${groups(inner)}`,
      layer: inner,
      name: layerName(inner),
    }));
  }
  if (class_name === 'Bidirectional' && isLayer(config.layer)) {
    const forward = config.layer;
    const backward = isLayer(config.backward_layer) ? config.backward_layer : forward;
    const base = String(forward.config.name ?? '').replace(/^forward_/, '');
    const given = String(config.backward_layer ? backward.config.name : '');
    return [
      { part: 'forward_layer', layer: forward, name: `forward_${base}` },
      // Keras makes the name where no layer was given, and keeps a given one's.
      { part: 'backward_layer', layer: backward, name: given || `backward_${base}` },
    ];
  }
  const single = ['layer', 'cell'].flatMap((part) => {
    const inner = config[part];
    if (isLayer(inner)) return [{ part, layer: inner, name: nameIn(inner) }];
    return Array.isArray(inner) ? [{ part, layer: stackOf(inner), name: undefined }] : [];
  });
  if (single.length > 0 || !Array.isArray(config.cells)) return single;
  const groups = groupNames();
  return config.cells
    .filter(isLayer)
    .map((cell) => ({ part: `cells/${groups(cell)}`, layer: cell, name: nameIn(cell) }));
}

function stackOf(cells: readonly unknown[]): LayerConfig {
  return { class_name: 'StackedRNNCells', config: { cells } };
}

function nameIn({ config }: LayerConfig): string | undefined {
  return typeof config.name === 'string' ? config.name : undefined;
}

function isLayer(value: unknown): value is LayerConfig {
  const { class_name, config } = (value ?? {}) as Partial<LayerConfig>;
  return typeof class_name === 'string' && config !== null && typeof config === 'object' && !Array.isArray(config);
}
