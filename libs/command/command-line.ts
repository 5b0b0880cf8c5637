import { parseArgs } from 'node:util';

import { ExplainedError } from '#libs/explained-error';

import type { Option } from './option.js';

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The options of a program's command line, and its help text. */
export interface Command<O extends OptionTable> {
  /** What a person types, such as `npm run bench --`. */
  readonly name: string;
  /** What may follow the name, where it is more than the options; one line of the help text each. */
  readonly forms?: readonly string[];
  /** What the program does. */
  readonly about: readonly string[];
  readonly options: O;
  /** The part of the help text after the options. */
  readonly notes?: readonly string[];
}

export type OptionValues<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

export interface CommandLine<O extends OptionTable> {
  readonly options: OptionValues<O>;
  /** The options that were given, by name. */
  readonly given: readonly (keyof O)[];
  /** What was given beside the options; empty unless the command has forms of its own. */
  readonly operands: readonly string[];
}

/** The command line is not one that the program takes. */
export class UsageError extends ExplainedError {
  override readonly name = 'UsageError';
}

/** Infers the type of each option from the command's table. */
export function defineCommand<O extends OptionTable>(command: Command<O>): Command<O> {
  return command;
}

export function asksForHelp(argv: readonly string[]): boolean {
  return argv.includes('--help') || argv.includes('-h');
}

/** @throws UsageError with the fault, and the usage of the program */
export function parseCommandLine<O extends OptionTable>(
  command: Command<O>,
  argv: readonly string[],
): CommandLine<O> {
  const { values, operands } = split(command, argv);
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(command.options)) {
    const read = option.read((values[name] ?? []).map(String));
    if ('fault' in read) throw usageError(command, `--${name} ${read.fault}.`);
    options[name] = read.value;
  }
  return { options: options as OptionValues<O>, given: Object.keys(values), operands };
}

/** @param fault a sentence */
export function usageError<O extends OptionTable>(command: Command<O>, fault: string): UsageError {
  return new UsageError(`${fault}\n${helpText(command)}`);
}

export function helpText<O extends OptionTable>({ name, forms, about, options, notes }: Command<O>): string {
  const rows = Object.entries(options).map(([option, { takes, help }]) => ({
    start: named(option, takes),
    help,
  }));
  const width = Math.max(0, ...rows.map(({ start }) => start.length));
  const usages = forms ?? [Object.entries(options).map(usageOf).join(' ')];
  return [
    ...usages.map((form, index) => `${index === 0 ? 'Usage:' : '      '} ${name} ${form}`.trimEnd()),
    ...about,
    ...rows.map(({ start, help }) => `  ${start.padEnd(width)}  ${help}`),
    ...(notes ?? []),
  ].join('\n');
}

function split<O extends OptionTable>(command: Command<O>, argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { takes }]) => {
      const type = takes === null ? ('boolean' as const) : ('string' as const);
      return [name, { type, multiple: true as const }];
    }),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: command.forms !== undefined,
    });
    return { values, operands: positionals };
  } catch (error) {
    // Node goes on to explain how an operand is written, which few of the commands take.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw usageError(command, `${sentence}.`);
  }
}

const named = (option: string, takes: string | null) =>
  takes === null ? `--${option}` : `--${option} ${takes}`;

function usageOf([name, { takes, isRequired, isRepeatable }]: [string, Option<unknown>]): string {
  const one = named(name, takes);
  return `${isRequired ? one : `[${one}]`}${isRepeatable ? '…' : ''}`;
}
