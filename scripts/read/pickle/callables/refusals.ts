import { ImportError } from '#guards';
import { PICKLE_LIMITS } from '../limits.ts';

export interface Refusal {
  /** `os.system` */
  readonly name: string;
  /** Byte in the (unpacked) pickle where it is named. */
  readonly position: number;
}

/** Everything of one pickle that was not done. */
export class Refusals {
  readonly #found = new Map<string, Refusal>();
  #count = 0;

  add(name: string, position: number): void {
    const shown = printable(name);
    this.#count++;
    if (this.#found.has(shown) || this.#found.size >= PICKLE_LIMITS.refusals) return;
    this.#found.set(shown, { name: shown, position });
  }

  get any(): boolean {
    return this.#count > 0;
  }

  error(): ImportError {
    const refused = [...this.#found.values()];
    const names = refused.slice(0, 10).map(({ name, position }) => `${name} (byte ${position})`);
    const more = refused.length > 10 ? `, and ${refused.length - 10} more` : '';
    const message = `The pickle asks for what is not on the list of known classes and functions: ${names.join(', ')}${more}`;
    return new ImportError('pickle-refused', `${message}. Nothing was run.`, {
      details: { refused },
      remedy: adviceFor(refused.map(({ name }) => name)),
    });
  }
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^((os|posix|nt|subprocess|sys|shutil|socket|runpy|pty|importlib|ctypes|webbrowser|operator|types|marshal)\.|(builtins|__builtin__)\.(eval|exec|execfile|compile|open|__import__|getattr|setattr|apply|map|globals|vars|input|breakpoint))/,
    'Models need no such thing: the file may have been made to run commands on whoever opens it in Python. Do not open it there.',
  ],
  [
    /^sklearn\.(pipeline|compose)\./,
    'Pipelines are not read: save the scaler itself, `pickle.dump(pipeline.named_steps["scaler"], file)`, and do the other steps before.',
  ],
  [
    /^(category_encoders|pandas|sklearn)\./,
    'Read are MinMaxScaler, StandardScaler, MaxAbsScaler, RobustScaler, LabelEncoder and OneHotEncoder of scikit-learn: save one of these, and prepare the other columns before asking the model.',
  ],
  [
    /NDArrayWrapper/,
    'Its arrays are in files beside it, as joblib before 0.10 wrote: load it in Python and joblib.dump() it again.',
  ],
  [
    /^(torch|xgboost|lightgbm|catboost)\b/,
    'This is no Keras model: export it to ONNX with its own tools, and import that.',
  ],
  [
    /^__main__\.|keras|tensorflow|tf_keras/i,
    'In Python, open it where it was made, and save the model with model.save("model.keras"); import that.',
  ],
];

function adviceFor(names: readonly string[]): string {
  const [, advice] = ADVICE.find(([pattern]) => names.some((name) => pattern.test(name))) ?? [];
  return advice ?? 'If it holds a Keras model, load it where it is trusted and save it with model.save("model.keras").';
}

/** Names come from the file: no control characters, no length. */
function printable(name: string): string {
  const clean = name.replace(/[^\x20-\x7e]/g, '?');
  return clean.length > 120 ? `${clean.slice(0, 120)}...` : clean;
}
