/** A head that was cross-validated. */
interface Tried {
  readonly pictures: readonly { readonly digest: string }[];
  /** 1 for each picture that is called what it is. */
  readonly outOfFold: { readonly right: Uint8Array };
}

/** Standard errors by which a cheaper network must be ahead where few pictures were asked. */
const CLEARLY = 1.5;
/** Networks that are closer are as good: half a point. */
const AS_GOOD = 0.005;

/**
 * The network that a head is trained on. The dearest is the best one on most pictures, and few pictures say little: a cheaper one
 * is taken where it is clearly better on these, or where they are enough to say that it is as good.
 * @param candidates the cheapest first
 */
export function chooseBest<C extends Tried>(candidates: readonly C[]): C {
  return candidates.reduceRight((taken, cheaper) => (isPreferred(cheaper, taken) ? cheaper : taken));
}

/** Both were asked about the same pictures: those count that only one of them calls what they are (McNemar). */
function isPreferred(cheaper: Tried, dearer: Tried): boolean {
  const rightOf = new Map(dearer.pictures.map(({ digest }, row) => [digest, dearer.outOfFold.right[row]]));
  let [gains, losses, count] = [0, 0, 0];
  for (const [row, { digest }] of cheaper.pictures.entries()) {
    const [own, other] = [cheaper.outOfFold.right[row], rightOf.get(digest)];
    if (other === undefined) continue;
    count++;
    gains += Number(own === 1 && other === 0);
    losses += Number(own === 0 && other === 1);
  }
  if (gains - losses > CLEARLY * Math.sqrt(gains + losses)) return true;
  const difference = Math.abs(gains - losses) / count;
  // That none was seen does not mean that there is none.
  const error = Math.sqrt(gains + losses + 1) / count;
  return difference < AS_GOOD && difference <= error && error < AS_GOOD;
}
