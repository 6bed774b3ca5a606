import type { Flag, Place, Value } from './places.ts';
import { quotedForFish as quoted, words } from './quote.ts';

/** For `~/.config/fish/completions/freezeframe.fish`, or to be sourced. */
export function fishCompletion(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = places.flatMap(({ path, commands, flags, values }) => {
    const here = `complete -c freezeframe -n ${quoted(`test (__freezeframe_place) = ${quoted(`at${path}`)}`)}`;
    return [
      ...commands.map(({ name, summary }) => `${here} -a ${quoted(name)} -d ${quoted(summary)}`),
      ...flags.map((flag) => `${here} ${flagWords(flag)} -d ${quoted(flag.summary)}`),
      ...values.map((value) => `${here} ${offer(value)}`),
    ];
  });
  return `# freezeframe completion fish
function __freezeframe_place
  set -l place ''
  for word in (commandline -opc)[2..]
    if contains -- "$place $word" ${paths.join(' ')}
      set place "$place $word"
    end
  end
  echo "at$place"
end
function __freezeframe_models
  set -l store .freezeframe
  test -n "$FREEZEFRAME_STORE"; and set store $FREEZEFRAME_STORE
  for folder in $store/models/*/
    basename $folder
  end
end
complete -c freezeframe -f
${lines.join('\n')}
`;
}

function flagWords({ names, value }: Flag): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...flags, ...(value ? ['-r', offer(value)] : [])].join(' ');
}

function offer(value: Value): string {
  if (value.kind === 'choices') return `-f -a ${quoted(words(value.choices))}`;
  if (value.kind === 'files') return '-F';
  return value.kind === 'models' ? "-f -a '(__freezeframe_models)'" : '-f';
}
