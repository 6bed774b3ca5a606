import { spawn } from 'node:child_process';
import { FreezeframeError } from '@freezeframe/inference';

export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** The package manager that started this process; npm where none did. */
export function callingManager(agent = process.env.npm_config_user_agent ?? ''): PackageManager {
  return PACKAGE_MANAGERS.find((name) => agent.startsWith(`${name}/`)) ?? 'npm';
}

/** Installs the packages of a project. What it says goes to stderr. @throws FreezeframeError `package-not-installed` */
export async function install(folder: string, manager: PackageManager): Promise<void> {
  const child = spawn(manager, ['install'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    // A .cmd file on Windows, which only a shell starts.
    shell: process.platform === 'win32',
  });
  const ended = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message)).once('close', (code) => resolve(`exit code ${code}`));
  });
  if (ended === 'exit code 0') return;
  throw new FreezeframeError('package-not-installed', `${manager} install failed: ${ended}`, {
    remedy: `The project is written. Go to ${folder} and run ${manager} install again.`,
  });
}
