// Disks that can be full. A relay gets a mount namespace of its own, so that nothing stays mounted when it has ended.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getuid } from 'node:process';

/** Without root's rights it takes a namespace of users as well. */
const apart = ['unshare', '--mount', ...(getuid() === 0 ? [] : ['--map-root-user'])];

const script = `
cp -a "$1" "$1.files" && mount -t tmpfs -o "mode=700,size=$2" disk "$1" && cp -a "$1.files/." "$1" || exit
[ "$3" = rw ] || mount -o "remount,$3" "$1" || exit
shift 3
exec "$@"`;

/** What a relay's command begins with that shall find `directory` with its files on a disk of a size, to be written to ('rw') or not ('ro'). */
export const onDisk = (directory, size, how = 'rw') => [...apart, 'sh', '-c', script, 'sh', directory, size, how];

/** Where a file of a process's disk is for everyone else. */
export const seenFromOutside = (pid, ...path) => {
  readFileSync(`/proc/${pid}/mountinfo`); // a process that has ended is a better error than a file that is not there
  return join(`/proc/${pid}/root`, ...path);
};
