/** Pairs beyond these are not read: hand-written letters have 26. */
const TOLD = 3;

/**
 * What may be odd about names of class folders, in sentences. Names that Unicode calls the same are one label: nobody sees
 * their difference. `Cat` beside `cat` may be two, as letters are.
 * @param spellings how the folders of each label are written
 */
export function labelNotes(spellings: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const merged = [...spellings].filter(([, names]) => names.size > 1).map(([label]) => label);
  const groups = new Map<string, string[]>();
  for (const label of spellings.keys())
    groups.set(label.toLowerCase(), [...(groups.get(label.toLowerCase()) ?? []), label]);
  const alike = [...groups.values()].filter(({ length }) => length > 1).map((labels) => labels.sort().join(' and '));
  const list = (all: readonly string[]) => `${all.slice(0, TOLD).join(', ')}${all.length > TOLD ? ', …' : ''}`;
  return [
    ...(merged.length > 0
      ? [`Folders of the same name in two forms of Unicode are taken as one label: ${list(merged)}`]
      : []),
    ...(alike.length > 0
      ? [`Labels that differ in upper and lower case alone: ${list(alike)}. If they are one class, use one folder.`]
      : []),
  ];
}
