import { Command } from 'commander';
import { reportResult } from '../terminal/report.ts';

interface DevFlags {
  port?: string;
  host?: string;
  watch?: string;
  json?: boolean;
}

export function devCommand(): Command {
  return new Command('dev')
    .description('Run the built functions on this machine, as Lambda and API Gateway would.')
    .option('--port <number>', 'where to listen; PORT or 3000 if left out, 0 for a free one')
    .option('--host <address>', 'address to listen on; only this machine reaches the default', '127.0.0.1')
    .option('--watch <folder>', 'pictures that land here go to the uploads function; uploads/ in the store if left out')
    .option('--json', 'print JSON lines: where it listens, then one for each answered upload')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe bundle && freezeframe dev
  $ curl --data-binary @picture.jpg -H 'content-type: image/jpeg' http://127.0.0.1:3000/classify
  $ freezeframe dev --port 8080 --watch ~/Pictures/incoming
`,
    )
    .action(async (flags: DevFlags) => {
      const { startLocalGateway, uploadFolders } = await import('../dev/local.ts');
      const { choosePort } = await import('../dev/port.ts');
      const { untilSignal } = await import('../dev/until-signal.ts');
      const { uploadLine } = await import('../dev/upload-line.ts');
      const json = flags.json === true;
      const folders = uploadFolders(flags.watch);
      const gateway = await startLocalGateway({
        port: choosePort(flags.port),
        folders,
        ...(flags.host ? { host: flags.host } : {}),
        log: (line) => process.stderr.write(`${line}\n`),
        onUpload: (report) => reportResult(report, json, () => uploadLine(report)),
      });
      reportResult({ url: gateway.url, ...folders }, json, () =>
        [
          `Listening on ${gateway.url}`,
          `Pictures that land in ${folders.uploads} are answered in ${folders.results}`,
        ].join('\n'),
      );
      await untilSignal(gateway);
    });
}
