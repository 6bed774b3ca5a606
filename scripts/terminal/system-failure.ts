import { FreezeframeError } from '@freezeframe/inference';

const ROOM = 'Make room on that disk, or keep everything elsewhere: set FREEZEFRAME_STORE to a folder on another one.';
const RIGHTS = 'Give this user the rights, or set FREEZEFRAME_STORE to a folder that can be written.';
const PATH = 'Move what stands in the way, or set FREEZEFRAME_STORE to another folder.';

/** Refusals of the operating system that no change of the program would have prevented, and what to do about each. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: ROOM,
  EDQUOT: ROOM,
  EFBIG:
    'Raise the limit of what a program may write into one file (ulimit -f), or keep it on a disk that takes larger files.',
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EROFS: RIGHTS,
  EEXIST: PATH,
  ENOTDIR: PATH,
  EISDIR: PATH,
  ENAMETOOLONG: 'Choose shorter names of files and folders.',
  EIO: 'The disk or the network behind it fails; try again, or elsewhere.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n) or end other programs.',
  ENFILE: 'Too many files are open on this machine: end other programs.',
  ENOMEM: 'The memory is used up: end other programs, or take a smaller --size or --batch-size.',
};

/**
 * A full disk, a missing right and the like as a failure with a remedy, in the place of a stack; every other error as it is.
 * @returns FreezeframeError `system-refused`
 */
export function describeSystemFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof FreezeframeError) return error;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  // A folder that cannot be made on a read-only file system: Node says that there is none.
  const remedy = code === 'ENOENT' && syscall === 'mkdir' ? RIGHTS : REMEDIES[code];
  if (remedy === undefined) return error;
  return new FreezeframeError('system-refused', `The system refused: ${error.message}`, {
    cause: error,
    remedy,
    details: { code, ...(path === undefined ? {} : { path }) },
  });
}
