import { type ErrorCode, FreezeframeError } from './errors.ts';

/** RFC 9457 problem document (`application/problem+json`). */
export interface Problem {
  /** Stable: `/errors#<code>`, an address of the API itself. */
  type: string;
  title: string;
  status: number;
  /** What was wrong in this case. Only where the sender can change it: never on a status from 500. */
  detail?: string;
  /** What the sender can do. */
  remedy?: string;
  /** Which request. */
  instance?: string;
}

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

const BASE = '/errors#';

const NOT_LOADED = { status: 503, title: 'The model cannot be loaded' } as const;

/** Every code that may reach a client. An error whose code is not here is answered as `internal`. */
export const PROBLEMS = {
  'request-invalid': { status: 400, title: 'The request is not well formed' },
  'request-malformed': { status: 400, title: 'The request cannot be read' },
  'json-invalid': { status: 400, title: 'The request is not valid JSON' },
  'key-invalid': { status: 400, title: 'The object key is not URL-encoded' },
  'top-k-invalid': { status: 400, title: 'top_k is not a whole number from 1' },
  'threshold-invalid': { status: 400, title: 'The threshold is not a number from 0 to 1' },
  'picture-empty': { status: 400, title: 'There is no picture' },
  'key-missing': { status: 401, title: 'A key is needed' },
  'key-refused': { status: 401, title: 'The key is not accepted' },
  'token-missing': { status: 401, title: 'The caller is not known' },
  'scope-missing': { status: 403, title: 'This is not among what the caller may do' },
  'bucket-not-allowed': { status: 403, title: 'Pictures are not read from this bucket' },
  'object-denied': { status: 403, title: 'The object may not be read' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'feature-off': { status: 404, title: 'This service was set up without it' },
  'result-absent': { status: 404, title: 'There is no such result' },
  'object-absent': { status: 404, title: 'The object does not exist' },
  'model-not-found': { status: 404, title: 'There is no such model' },
  'method-not-allowed': { status: 405, title: 'The address does not take this method' },
  'object-overtaken': { status: 409, title: 'The object was replaced before it was read' },
  'result-gone': { status: 410, title: 'The result is no longer kept' },
  'request-too-large': { status: 413, title: 'The request is too large' },
  'object-too-large': { status: 413, title: 'The object is too large' },
  'picture-too-large': { status: 413, title: 'The picture is too large' },
  'media-type-unsupported': { status: 415, title: 'The content type is not supported' },
  'encoding-unsupported': { status: 415, title: 'The content encoding is not supported' },
  'picture-type-unsupported': { status: 415, title: 'The picture format is not supported' },
  'picture-truncated': { status: 422, title: 'The picture is cut off' },
  'picture-unreadable': { status: 422, title: 'The picture cannot be decoded' },
  'picture-not-taken': { status: 422, title: 'The model takes tensors, not pictures' },
  'answer-too-large': { status: 422, title: 'The answer is too large' },
  'result-too-large': { status: 422, title: 'The result is too large' },
  'task-has-no-result': { status: 422, title: 'The model answers tensors only' },
  'heatmap-absent': { status: 404, title: 'The model has no heat map' },
  'label-absent': { status: 404, title: 'The model has no such label' },
  'tensor-missing': { status: 422, title: 'A tensor is missing' },
  'tensor-unknown': { status: 422, title: 'The model has no such input' },
  'tensor-datatype': { status: 422, title: 'A tensor has the wrong datatype' },
  'tensor-shape': { status: 422, title: 'A tensor has the wrong shape' },
  'tensor-length': { status: 422, title: 'A tensor has the wrong number of values' },
  'tensor-value': { status: 422, title: 'A value does not fit its datatype' },
  'tensor-refused': { status: 422, title: 'The model cannot be run with these tensors' },
  'output-unknown': { status: 422, title: 'The model has no such output' },
  internal: { status: 500, title: 'Something went wrong here' },
  'model-run-failed': { status: 500, title: 'The model could not be run' },
  'model-output-invalid': { status: 500, title: 'The model gave no usable answer' },
  'auth-unavailable': { status: 503, title: 'Callers cannot be checked' },
  'service-busy': { status: 503, title: 'The service is busy' },
  'time-short': { status: 503, title: 'There was not enough time left' },
  'model-closed': { status: 503, title: 'The model is being replaced' },
  'model-unavailable': { status: 503, title: 'No model is loaded' },
  'models-missing': { status: 503, title: 'No model is installed' },
  'manifest-unreadable': NOT_LOADED,
  'manifest-invalid': NOT_LOADED,
  'manifest-version': NOT_LOADED,
  'manifest-mismatch': NOT_LOADED,
  'model-file-missing': NOT_LOADED,
  'model-corrupt': NOT_LOADED,
  'model-unreadable': NOT_LOADED,
  'model-datatype': NOT_LOADED,
  // Of a store of models; the layer answers instead.
  'store-not-valid': NOT_LOADED,
  'reference-not-valid': NOT_LOADED,
  'tag-not-found': NOT_LOADED,
  'model-damaged': NOT_LOADED,
  'models-too-large': NOT_LOADED,
  'engine-unavailable': { status: 503, title: 'The inference engine cannot be loaded' },
  'decoder-unavailable': { status: 503, title: 'The picture decoder cannot be loaded' },
  'telemetry-on': { status: 503, title: 'The inference engine cannot be loaded' },
} as const satisfies Partial<Record<ErrorCode, ProblemKind>>;

type ProblemCode = keyof typeof PROBLEMS;

/** The code of a problem document, for metrics, names of errors and counts. */
export function problemCode({ type }: Pick<Problem, 'type'>): string {
  // Documents of earlier versions end in `/<code>`.
  return type.replace(/^.*[/#]/, '');
}

/**
 * Any error as a problem document. What the sender cannot change (status from 500) carries a title and nothing else:
 * the log has the rest.
 */
export function toProblem(error: unknown, instance?: string): Problem {
  const known = error instanceof FreezeframeError && Object.hasOwn(PROBLEMS, error.code);
  const code = known ? (error.code as ProblemCode) : 'internal';
  const { status, title } = PROBLEMS[code];
  const problem: Problem = { type: `${BASE}${code}`, title, status };
  if (known && status < 500) {
    problem.detail = error.message;
    if (error.remedy) problem.remedy = error.remedy;
  }
  if (instance !== undefined) problem.instance = instance;
  return problem;
}
