import { rm } from 'node:fs/promises';
import {
  closeModel,
  isOpen,
  loadOnnxruntime,
  loadSharp,
  ModelError,
  type ModelsIndex,
  openModel,
  readIndex,
  serveModels,
} from '@freezeframe/inference';
import { describeError, logLine } from '../observe/log.ts';
import { measure } from '../observe/metrics.ts';
import { isStartedAhead } from '../runtime/started-ahead.ts';
import { FailedVersions } from './failed-versions.ts';
import { fetchVersions, versionFolder } from './fetch-version.ts';
import { type Head, headSchema, keysOf } from './head.ts';
import { type Plan, planModels, type WantedModel } from './plan.ts';
import type { StoreReader } from './s3-reader.ts';

const OVERDUE_MS = 2_000;

export interface SharedModelsOptions {
  readonly reader: StoreReader;
  readonly prefix: string;
  /** None: every model's production version. */
  readonly wanted: readonly WantedModel[];
  /** So soon a moved tag is noticed. */
  readonly checkMs: number;
  /** So long the first fetch is waited for; then the layer answers, and the fetch goes on beside. */
  readonly patienceMs: number;
  /** So long an invocation waits for an overdue look: then it is answered by what is here. Two seconds if left out. */
  readonly overdueMs?: number;
  /** For files: `/tmp/...` */
  readonly folder: string;
  readonly now?: () => number;
}

/** Where answers come from, for whoever looks after the service. */
export interface ModelsState {
  readonly from: 'store' | 'layer';
  /** When the store was last found to be as it is here. */
  readonly checked?: string;
  /** What is wrong with the store, by its code. */
  readonly problem?: string;
}

/** What one set of models needs, and how many invocations use it. */
interface Generation {
  readonly plan: Plan;
  readonly folders: ReadonlyMap<string, string>;
  users: number;
}

/**
 * Models of a shared store, beside those of the layer. Tags are looked at beside invocations, and before one where the last
 * look is older than stated. What they point at now is loaded beside what is there, and answers from the next invocation on.
 * What is replaced is closed when the last invocation that began with it has ended.
 */
export class SharedModels {
  readonly #options: SharedModelsOptions;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #heads = new Map<string, { head: Head; eTag: string }>();
  readonly #retired = new Set<Generation>();
  readonly #failed: FailedVersions;
  /** Folders that what is being loaded needs. */
  #needed: ReadonlySet<string> = new Set();
  #discarding: Promise<unknown> = Promise.resolve();
  #current: Generation | undefined;
  #next: Generation | undefined;
  /** When the store was last looked at; when the look began after which one knew how it is, or gave up waiting for that. */
  #asked = Number.NEGATIVE_INFINITY;
  #known = Number.NEGATIVE_INFINITY;
  #checked: number | undefined;
  #problem: string | undefined;
  #checking: Promise<void> | undefined;

  constructor(options: SharedModelsOptions) {
    this.#options = options;
    this.#keys = keysOf(options.prefix);
    this.#failed = new FailedVersions(options.checkMs);
  }

  get state(): ModelsState {
    return {
      from: this.#current ? 'store' : 'layer',
      ...(this.#checked === undefined ? {} : { checked: new Date(this.#checked).toISOString() }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  /** Fetches what the tags point at and answers with it, if that works in time. Never fails: then the layer answers. */
  async start(): Promise<void> {
    // What a process that crashed in this environment has left.
    await rm(this.#options.folder, { recursive: true, force: true });
    const check = this.#checkFor(this.#options.patienceMs);
    // The engine is loaded while S3 is waited for; whoever needs it is told if that fails.
    for (const native of [loadOnnxruntime(), loadSharp()]) native.catch(() => undefined);
    await check;
    this.#swap();
    if (this.#current) return;
    if (this.#problem === undefined) {
      this.#problem = 'store-late';
      logLine('warn', 'models of the store are not here in time; the layer answers', { ms: this.#options.patienceMs });
    }
    measure('ModelsFallback', 1);
  }

  /** An invocation begins. Answers what to call when it has ended. */
  async enter(): Promise<() => void> {
    // Nobody asked for so long, or Lambda froze the look that began beside the last invocation: what is here may be of yesterday.
    if (this.#isOverdue) await this.#checkFor(this.#options.overdueMs ?? OVERDUE_MS);
    // Twice in the time in which a tag is to be noticed: half of it is there to load what it points at.
    else if (this.#now() - this.#asked >= this.#options.checkMs / 2) void this.#check();
    this.#swap();
    const generation = this.#current;
    if (generation) generation.users++;
    return () => {
      if (generation) generation.users--;
      this.#swap();
    };
  }

  get #isOverdue(): boolean {
    return this.#now() - this.#known >= this.#options.checkMs;
  }

  /** Waits for a look at the store, but not longer. */
  async #checkFor(patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, patienceMs, 'late');
    });
    // Twice where a look was under way already: Lambda may have frozen that one long ago.
    while (this.#isOverdue) if ((await Promise.race([this.#check(), late])) === 'late') this.#known = this.#now();
    clearTimeout(timer);
  }

  /** One at a time; its failures are logged. */
  #check(): Promise<void> {
    if (this.#checking) return this.#checking;
    const began = this.#now();
    this.#asked = began;
    this.#checking = this.#refresh()
      .then(() => {
        this.#checked = this.#now();
        this.#problem = undefined;
      })
      .catch((error: unknown) => {
        this.#problem = error instanceof ModelError ? error.code : 'store-unreachable';
        const instead = this.#current ? 'the ones that are here answer' : 'the layer answers';
        logLine('error', `models of the store cannot be had; ${instead}`, describeError(error));
        measure('ModelsStale', 1);
      })
      .finally(() => {
        this.#known = Math.max(this.#known, began);
        this.#checking = undefined;
      });
    return this.#checking;
  }

  /** Loads what the tags point at, where that is not what is served. */
  async #refresh(): Promise<void> {
    const { reader, wanted, folder } = this.#options;
    const names =
      wanted.length > 0 ? [...new Set(wanted.map(({ name }) => name))] : await reader.folders(this.#keys.models);
    const changed = await Promise.all(names.map((name) => this.#readHead(name)));
    // That is a policy, and no store without models.
    if (names.length > 0 && this.#heads.size === 0)
      throw new Error('S3 answers 403 or 404 for every head of the store');
    const gone = [...this.#heads.keys()].filter((name) => !names.includes(name));
    for (const name of gone) this.#heads.delete(name);
    const latest = this.#next ?? this.#current;
    if (latest && gone.length === 0 && !changed.includes(true)) return;
    try {
      const heads = new Map([...this.#heads].map(([name, { head }]) => [name, head]));
      const plan = planModels(wanted, heads, await layerIndex());
      if (latest && JSON.stringify(latest.plan) === JSON.stringify(plan)) return;
      const folders = new Map(
        plan.versions.map((version) => [`${version.name}@${version.version}`, versionFolder(folder, version)]),
      );
      for (const version of plan.versions) this.#failed.check(version, this.#now());
      const began = performance.now();
      this.#needed = new Set(folders.values());
      await this.#discarding;
      await fetchVersions(reader, this.#keys, folder, plan.versions);
      await this.#open(plan);
      const ms = Math.round(performance.now() - began);
      logLine('info', 'models of the store are here', { models: [...folders.keys()], ms });
      if (this.#next) this.#retired.add(this.#next);
      this.#next = { plan, folders, users: 0 };
    } catch (error) {
      // Heads that are known would not be read again.
      this.#heads.clear();
      throw error;
    }
  }

  /** The default model, and others that were asked before: their next answers do not wait. @throws what opening them throws */
  async #open({ index, versions }: Plan): Promise<void> {
    const used = new Set(
      [...(this.#current?.folders ?? [])].filter(([, at]) => isOpen(at)).map(([key]) => nameOf(key)),
    );
    for (const version of versions) {
      const isDefault = version.name === index.default && version.version === index.models[index.default]?.default;
      if (!isDefault && !used.has(version.name)) continue;
      const folder = versionFolder(this.#options.folder, version);
      // What takes the place of others is loaded beside requests, and nobody waits for it.
      const warmed = this.#current !== undefined || isStartedAhead();
      await openModel(folder, { warmed }).catch(async (error: unknown) => {
        this.#failed.add(version, error, this.#now());
        // What answers now may need it for its next request.
        if (!this.#servedFolders().includes(folder)) await rm(folder, { recursive: true, force: true });
        throw error;
      });
      this.#failed.delete(version);
    }
  }

  async #readHead(name: string): Promise<boolean> {
    const found = await this.#options.reader.read(this.#keys.head(name), this.#heads.get(name)?.eTag);
    if (found === 'same') return false;
    // A model that is being saved for the first time has files and no head yet; one whose saver was killed keeps them for a day.
    if (found === 'absent') {
      // One that was there does not go: whoever removes a model by hand removes its name too.
      if (this.#heads.has(name)) throw new Error(`The head of ${name} cannot be read any more`);
      return false;
    }
    this.#heads.set(name, { head: headSchema.parse(JSON.parse(found.text)), eTag: found.eTag });
    return true;
  }

  /** Between two invocations: answers with what was loaded, and gives back what nobody uses any more. */
  #swap(): void {
    if (this.#next) {
      if (this.#current) this.#retired.add(this.#current);
      this.#current = this.#next;
      this.#next = undefined;
      serveModels({ index: this.#current.plan.index, folders: this.#current.folders });
    }
    for (const old of this.#retired) {
      if (old.users > 0) continue;
      this.#retired.delete(old);
      const kept = new Set([...this.#servedFolders(), ...this.#needed]);
      const gone = [...old.folders.values()].filter((folder) => !kept.has(folder));
      this.#discarding = Promise.all([this.#discarding, ...gone.map(discard)]);
    }
  }

  /** What answers, and what invocations that began before are still answered by. */
  #servedFolders(): string[] {
    return [...(this.#current ? [this.#current] : []), ...this.#retired].flatMap(({ folders }) => [
      ...folders.values(),
    ]);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** @param key `NAME@VERSION` */
function nameOf(key: string): string {
  return key.slice(0, key.indexOf('@'));
}

/** What the layer has: nothing is no reason not to answer with the store's. */
function layerIndex(): Promise<ModelsIndex | undefined> {
  return readIndex(process.env.MODELS_DIR || '/opt/models').catch(() => undefined);
}

async function discard(folder: string): Promise<void> {
  try {
    await closeModel(folder);
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    logLine('warn', 'a replaced model cannot be discarded', describeError(error));
  }
}
