import { birdhouse } from './birdhouse.ts';
import { cone } from './cone.ts';
import { dog } from './dog.ts';
import { gnome } from './gnome.ts';
import { person } from './person.ts';
import { plant } from './plant.ts';
import type { Subject } from './subject.ts';
import { toadstool } from './toadstool.ts';

/** Everything that can stand in a drawn garden. A new file here needs a row here, nothing else. */
export const SUBJECTS = [gnome, person, cone, toadstool, plant, dog, birdhouse] as const satisfies readonly Subject[];

/** What could be taken for a gnome and is none. */
export const DECOYS: readonly Subject[] = SUBJECTS.filter((subject) => subject !== gnome);
