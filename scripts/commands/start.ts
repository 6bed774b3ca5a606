import { Command } from 'commander';
import { reportResult, say } from '#terminal';
import { takesStore } from './models/store-option.ts';

interface StartFlags {
  port?: string;
  host?: string;
  json?: boolean;
}

const STEPS = {
  model: 'Model: trained unless that has been done',
  samples: 'Sample pictures',
  bundle: 'Functions and layers',
  gateway: 'Gateway, and a first try',
} as const;

export function startCommand(): Command {
  return takesStore(new Command('start'))
    .description('The whole way once: train on photos/, freeze, bundle, and answer pictures on this machine.')
    .option('--port <number>', 'where to listen; PORT or 3000 if left out, 0 for a free one')
    .option(
      '--host <address>',
      'address to listen on; only this machine reaches the default, and others need a key',
      '127.0.0.1',
    )
    .option('--json', 'print one JSON line when it listens, then one for each answered upload')
    .addHelpText(
      'after',
      `
Without a folder photos/ with one folder per class, a sample of drawn garden gnomes is trained.
What has been made before and has not changed is not made again: the second start takes seconds.

Examples:
  $ npm start
  $ PORT=8080 npm start
  $ freezeframe start --json
`,
    )
    .action(async (flags: StartFlags) => {
      const { choosePort, untilSignal, uploadLine } = await import('#local');
      // Said before a minute of training, not after it.
      const port = choosePort(flags.port);
      const { start } = await import('./start/start.ts');
      const { photosOf } = await import('./start/photos.ts');
      const { besideSample, describeStarted, startedResult } = await import('./start/describe.ts');
      const { defaultStore, openStore } = await import('#store');
      const json = flags.json === true;
      const store = openStore();
      const photos = await photosOf(process.cwd());
      if (!photos) for (const line of await besideSample(store)) say(line);
      const started = await start({
        store,
        storeRoot: defaultStore(),
        port,
        photos,
        ...(flags.host ? { host: flags.host } : {}),
        step: (name) => process.stderr.write(`${STEPS[name]}\n`),
        // A newcomer need not read that all went well; freezeframe dev shows every line.
        log: (line) => !line.includes('"level":"INFO"') && process.stderr.write(`${line}\n`),
        onUpload: (report) => reportResult(report, json, () => uploadLine(report)),
      });
      reportResult(startedResult(started), json, () => describeStarted(started));
      await untilSignal(started.gateway);
    });
}
