import { type Place, type Value, valuesBehind } from './places.ts';
import { quoted, words } from './quote.ts';

/** Works in bash 3.2 (that of macOS) too. */
export function bashCompletion(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const behind = valuesBehind(places).map(({ ends, value }) => arm(ends, `${offer(value)}return`));
  const flags = places.map(({ path, flags: all }) =>
    arm([path], `_freezeframe_words ${quoted(all.flatMap(({ names }) => names).join(' '))}`),
  );
  const rest = places.map(({ path, commands, values }) => {
    const names = commands.length > 0 ? `_freezeframe_words ${quoted(words(commands.map(({ name }) => name)))}; ` : '';
    return arm([path], names + values.map(offer).join(''));
  });
  return `# freezeframe completion bash
_freezeframe_words() {
  local word
  for word in $1; do
    case "$word" in "$cur"*) COMPREPLY+=("$word") ;; esac
  done
}
_freezeframe_models() {
  local folder
  for folder in "\${FREEZEFRAME_STORE:-.freezeframe}"/models/*/; do
    [ -d "$folder" ] && _freezeframe_words "$(basename "$folder")"
  done
}
_freezeframe_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$cur")
}
_freezeframe() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" place='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$place \${COMP_WORDS[i]}" in
      ${paths.join(' | ')}) place="$place \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$place \${COMP_WORDS[COMP_CWORD - 1]}" in
${behind.join('\n')}
  esac
  case "$cur" in
    -*)
      case "$place" in
${flags.join('\n')}
      esac
      return
      ;;
  esac
  case "$place" in
${rest.join('\n')}
  esac
}
complete -F _freezeframe freezeframe
`;
}

function arm(patterns: readonly string[], work: string): string {
  return `    ${patterns.map(quoted).join(' | ')}) ${work || ':'} ;;`;
}

function offer(value: Value): string {
  if (value.kind === 'choices') return `_freezeframe_words ${quoted(words(value.choices))}; `;
  return value.kind === 'free' ? '' : `_freezeframe_${value.kind}; `;
}
