/** `npm run test:model`: the model test, for as long as one likes, or one run of it again. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const USAGE = `Usage: npm run test:model -- [--runs N] [--seed N] [--path N] [--times N]
  --runs N  how many stories are played, 1 to 100000; by default 50, with --path 1
  --seed N  what they are drawn from, a whole number; by default a new one each time
  --path N  which of them comes first, counted from 0, as a failing run says
  --times N how often a run that failed, or the one that --path names, is played again; by default 5`;

const OPTIONS = {
  runs: { type: 'string' },
  seed: { type: 'string' },
  path: { type: 'string' },
  times: { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** What each value must be, as the variable that carries it to the test. */
const VALUES = {
  runs: { variable: 'MODEL_RUNS', least: 1, most: 100_000 },
  seed: { variable: 'MODEL_SEED', least: -(2 ** 31), most: 2 ** 31 - 1 },
  path: { variable: 'MODEL_PATH', least: 0, most: 100_000 },
  times: { variable: 'MODEL_TIMES', least: 0, most: 1_000 },
};

process.exitCode = main();

function main() {
  let environment;
  try {
    const { values } = parseArgs({ options: OPTIONS });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    environment = environmentOf({
      seed: String(randomInt(2 ** 30)),
      ...(values.path === undefined ? {} : { runs: '1' }),
      ...values,
    });
  } catch (error) {
    console.error(`${error.message.split('. ')[0]}.\n${USAGE}`);
    return 1;
  }
  const build = run(['dev/build/build.mjs'], {});
  return build === 0 ? run(['node_modules/vitest/vitest.mjs', 'run', 'test/model'], environment) : build;
}

/** @param {Record<string, string | boolean | undefined>} values @returns {Record<string, string>} */
function environmentOf(values) {
  return Object.fromEntries(
    Object.entries(VALUES).flatMap(([name, { variable, least, most }]) => {
      const value = values[name];
      if (value === undefined) return [];
      const number = Number(value);
      if (value === '' || !Number.isInteger(number) || number < least || number > most)
        throw new Error(
          `--${name} is ${value || 'empty'}, and must be a whole number from ${least} to ${most}`,
        );
      return [[variable, String(number)]];
    }),
  );
}

/** @param {string[]} args @param {Record<string, string>} environment @returns {number} the exit code */
function run(args, environment) {
  const { status, error } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  if (error) throw error;
  return status ?? 1;
}
