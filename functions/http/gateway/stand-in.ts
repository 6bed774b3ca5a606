/**
 * Makes a class stand in for one of the web's: instances pass for the other's, and what they do not answer themselves is
 * asked of a real one.
 * @param own properties that the class answers itself; symbols are left alone
 * @param realOf a real one for an instance, made when it is first needed
 */
export function standInFor<T extends object>(
  standIn: new (...values: never[]) => T,
  original: { readonly prototype: object },
  own: ReadonlySet<PropertyKey>,
  realOf: (instance: T) => object,
): void {
  for (const name of Reflect.ownKeys(original.prototype)) {
    if (own.has(name) || typeof name === 'symbol') continue;
    Object.defineProperty(standIn.prototype, name, {
      get(this: T) {
        const real = realOf(this);
        const value: unknown = Reflect.get(real, name);
        return typeof value === 'function' ? value.bind(real) : value;
      },
    });
  }
  // `instanceof` holds, and the original's static members are there.
  Object.setPrototypeOf(standIn.prototype, original.prototype);
  Object.setPrototypeOf(standIn, original);
}
