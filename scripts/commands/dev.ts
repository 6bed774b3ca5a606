import { Command, Option } from 'commander';
import type { LocalAuthMode } from '#local';
import { printable, reportResult } from '#terminal';
import { takesStore } from './models/store-option.ts';

interface DevFlags {
  port?: string;
  host?: string;
  watch?: string;
  auth?: LocalAuthMode;
  json?: boolean;
}

export function devCommand(): Command {
  return takesStore(new Command('dev'))
    .description('Run the built functions on this machine, as Lambda and API Gateway would.')
    .option('--port <number>', 'where to listen; PORT or 3000 if left out, 0 for a free one')
    .option('--host <address>', 'address to listen on; only this machine reaches the default', '127.0.0.1')
    .option('--watch <folder>', 'pictures that land here go to the uploads function; uploads/ in the store if left out')
    .addOption(
      new Option(
        '--auth <mode>',
        'key: whoever has one (freezeframe keys create NAME --local); public: everybody, if left out only with a --host of this machine',
      ).choices(['public', 'key']),
    )
    .option('--json', 'print JSON lines: where it listens, then one for each answered upload')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe bundle && freezeframe dev
  $ curl --data-binary @picture.jpg -H 'content-type: image/jpeg' http://127.0.0.1:3000/classify
  $ freezeframe dev --port 8080 --watch ~/Pictures/incoming
  $ freezeframe keys create me --local && freezeframe dev --auth key
`,
    )
    .action(async (flags: DevFlags) => {
      const local = await import('#local');
      const { choosePort, defaultAuth, startLocalAuth, startLocalGateway, untilSignal, uploadFolders } = local;
      const json = flags.json === true;
      const folders = uploadFolders(flags.watch);
      const port = choosePort(flags.port);
      const mode = flags.auth ?? defaultAuth(flags.host ?? 'localhost');
      const auth = await startLocalAuth(mode);
      const gateway = await startLocalGateway({
        port,
        environment: auth.environment,
        credentials: auth.credentials,
        folders,
        reload: true,
        ...(flags.host ? { host: flags.host } : {}),
        log: (line) => process.stderr.write(`${printable(line)}\n`),
        onUpload: (report) => reportResult(report, json, () => local.uploadLine(report)),
        // With --json stdout is for whoever reads results.
        onRequest: (report) => process[json ? 'stderr' : 'stdout'].write(`${printable(local.requestLine(report))}\n`),
      }).catch((error) => {
        auth.close();
        throw error;
      });
      const { url } = gateway;
      const keyed = mode === 'key';
      const key = keyed ? "-H 'authorization: Bearer KEY' " : '';
      reportResult({ url, auth: mode, docs: `${url}/docs`, ...folders }, json, () =>
        [
          `Listening on ${url}${keyed ? ', for whoever has a key (freezeframe keys list --local)' : ''}`,
          `Page:    ${url}/`,
          `API:     ${url}/docs`,
          `Try:     curl ${key}-H 'content-type: image/jpeg' --data-binary @picture.jpg ${url}/classify`,
          `Pictures that land in ${folders.uploads} are answered in ${folders.results}`,
          'What is bundled from now on is taken up. Ctrl-C ends it.',
        ].join('\n'),
      );
      await untilSignal({
        close: async () => {
          await gateway.close();
          auth.close();
        },
      });
    });
}
