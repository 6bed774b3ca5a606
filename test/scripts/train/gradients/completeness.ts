/** Class names, as they stand in each place. */
export interface TrainedPlaces {
  readonly layers: readonly string[];
  readonly rules: readonly string[];
  readonly cases: readonly string[];
  /** Layers of each architecture, by its name. */
  readonly architectures: Readonly<Record<string, readonly string[]>>;
  /** Activations that can be trained, and those that have a gradient. */
  readonly activations: readonly string[];
  readonly activationGradients: readonly string[];
}

/** What is left out somewhere, one sentence each. */
export function leftOut(places: TrainedPlaces): string[] {
  const { layers, rules, cases, architectures, activations, activationGradients } = places;
  const without = (names: readonly string[], list: readonly string[]) => names.filter((name) => !list.includes(name));
  return [
    ...without(rules, layers).map(
      (name) => `${name} has a gradient rule and is no layer of scripts/convert/keras/layers`,
    ),
    ...without(rules, cases).map((name) => `${name} has no case in test/scripts/train/gradients/cases.ts`),
    ...without(cases, rules).map((name) => `${name} has a case and no rule in scripts/train/gradients/index.ts`),
    ...without(activations, activationGradients).map(
      (name) => `${name} has no gradient in scripts/train/gradients/activations.ts`,
    ),
    ...without(activationGradients, activations).map((name) => `${name} has a gradient and is no activation`),
    ...Object.entries(architectures).flatMap(([architecture, classes]) =>
      without([...new Set(classes)], rules).map(
        (name) => `${name} of ${architecture} has no rule in scripts/train/gradients/index.ts`,
      ),
    ),
  ];
}
