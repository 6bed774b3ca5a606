/** A share in words. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A warning where the pictures could not show a difference. */
export function notesOnChoices(choices: number): string[] {
  if (choices > 1) return [];
  return ['Float gives all these pictures the same answer, so their agreement says little: calibrate with others too.'];
}
