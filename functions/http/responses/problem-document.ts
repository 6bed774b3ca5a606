import { type Problem, toProblem } from '@freezeframe/inference';
import { shorten } from '../../shared/validate.ts';

/** Clients of these read `error` and nothing else: TensorFlow Serving, the Open Inference Protocol, MLflow. */
const WITH_ERROR = /^\/(v1|v2|invocations)(\/|$)/;

/** What is repeated of a request's path. Characters. */
const SHOWN_PATH = 200;

/** An error as the caller of a path reads it: https://www.rfc-editor.org/rfc/rfc9457. */
export function problemDocument(error: unknown, path?: string): Problem & { error?: string } {
  const problem = toProblem(error, path === undefined ? undefined : shorten(path, SHOWN_PATH));
  return WITH_ERROR.test(path ?? '') ? { ...problem, error: problem.detail ?? problem.title } : problem;
}
