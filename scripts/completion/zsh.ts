import { type Place, type Value, valuesBehind } from './places.ts';
import { quoted } from './quote.ts';

/** For a file `_freezeframe` in a folder of `fpath`, or to be sourced after `compinit`. */
export function zshCompletion(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const behind = valuesBehind(places).map(({ ends, value }) => arm(ends, `${offer(value)}return`));
  const flags = places.map(({ path, flags: all }) =>
    arm(
      [path],
      `found=(${all.flatMap(({ names, summary }) => names.map((name) => described(name, summary))).join(' ')})`,
    ),
  );
  const commands = places.map(({ path, commands: all, values }) => {
    const list = all.map(({ name, summary }) => described(name, summary));
    return arm([path], (list.length > 0 ? `found=(${list.join(' ')}); ` : '') + values.map(offer).join(''));
  });
  return `#compdef freezeframe
# freezeframe completion zsh
_freezeframe_models() {
  local -a names
  names=(\${FREEZEFRAME_STORE:-.freezeframe}/models/*(N/:t))
  compadd -a names
}
_freezeframe() {
  local place=''
  local -a found
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    case "$place \${words[i]}" in
      (${paths.join('|')}) place="$place \${words[i]}" ;;
    esac
  done
  case "$place \${words[CURRENT - 1]}" in
${behind.join('\n')}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    case "$place" in
${flags.join('\n')}
    esac
  else
    case "$place" in
${commands.join('\n')}
    esac
  fi
  if (( \${#found} )); then _describe -t freezeframe freezeframe found; fi
}
if [ "$funcstack[1]" = '_freezeframe' ]; then
  _freezeframe "$@"
else
  compdef _freezeframe freezeframe
fi
`;
}

function arm(patterns: readonly string[], work: string): string {
  return `      (${patterns.map(quoted).join('|')}) ${work || ':'} ;;`;
}

/** The first colon is the one between a name and what it means. */
function described(name: string, summary: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${summary}`);
}

function offer(value: Value): string {
  if (value.kind === 'choices') return `compadd -- ${value.choices.map(quoted).join(' ')}; `;
  if (value.kind === 'files') return '_files; ';
  return value.kind === 'models' ? '_freezeframe_models; ' : '';
}
