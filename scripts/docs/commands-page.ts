import type { Argument, Command, Option } from 'commander';
import { COMMANDS } from '#commands';
import { capitalized } from '#terminal';

const HEAD = `# Commands

Written by \`npm run generate\` from the commands themselves; a test fails while this page is not what it writes. \`--help\` says
the same, with examples. Within a project the word before each is \`npx freezeframe\`.
`;

/** `docs/commands.md`: every command with its arguments and options. */
export async function commandsPage(): Promise<string> {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  return [HEAD, ...commands.flatMap((command) => sections(command, '##', ''))].join('\n');
}

/** A command's section, and those of its subcommands one level below. */
function sections(command: Command, level: string, parents: string): string[] {
  const name = `${parents}${command.name()}`;
  const section = [`${level} ${name}`, sentence(command.description()), table(command)].filter(Boolean).join('\n\n');
  return [`${section}\n`, ...command.commands.flatMap((inner) => sections(inner, `${level}#`, `${name} `))];
}

function table({ registeredArguments, options }: Command): string {
  const shown = options.filter(({ hidden }) => !hidden);
  if (registeredArguments.length + shown.length === 0) return '';
  const rows = [
    ...registeredArguments.map((argument) => row(placeholder(argument), argument)),
    ...shown.map((option) => row(option.flags, option, option.mandatory ? 'must be given' : envOf(option))),
  ];
  return ['| | |', '|---|---|', ...rows].join('\n');
}

/** What is said about one argument or option: its text, its choices, its default. */
function row(written: string, { description, argChoices, defaultValue, defaultValueDescription }: Shown, more = '') {
  const notes = [
    argChoices && !argChoices.every((choice) => description.includes(choice))
      ? `one of ${argChoices.map(code).join(', ')}`
      : '',
    defaultValue === undefined ? '' : `default ${defaultValueDescription ?? code(defaultValue)}`,
    more,
  ].filter(Boolean);
  return `| ${code(written)} | ${escaped([description, ...notes].filter(Boolean).join('; '))} |`;
}

type Shown = Pick<Argument & Option, 'description' | 'argChoices' | 'defaultValue' | 'defaultValueDescription'>;

function placeholder(argument: Argument): string {
  const inner = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${inner}>` : `[${inner}]`;
}

function envOf({ envVar }: Option): string {
  return envVar ? `or ${code(envVar)}` : '';
}

function code(value: unknown): string {
  return `\`${Array.isArray(value) ? value.join(',') : value}\``;
}

function sentence(text: string): string {
  const flat = text.replaceAll(/\s*\n\s*/g, ' ');
  return `${capitalized(flat)}${/[.!?]$/.test(flat) ? '' : '.'}`;
}

/** Bars would end a cell, `<` outside of code would begin an element. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/<(?=\w)/g, '&lt;');
}
