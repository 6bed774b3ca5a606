import { floorSubject, tfjsNodeSubject, wasmSubject } from './node.ts';
import { floatSubject, int8Subject } from './own.ts';
import { pythonSubjects } from './python.ts';
import type { Subject } from './subject.ts';

/** What all others are held against. */
export const FLOOR = floorSubject.name;

/** Everything that is measured, in the order of the table. */
export const SUBJECTS: readonly Subject[] = [
  floatSubject,
  int8Subject,
  floorSubject,
  wasmSubject,
  tfjsNodeSubject,
  ...pythonSubjects,
];
