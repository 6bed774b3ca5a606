/**
 * Makes something when it is first asked for, and keeps it. Schemas of requests and answers are made so: all of them would take
 * 10 ms of the processor at each start, and a request needs a few.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
