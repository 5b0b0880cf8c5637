/** Whether a command is asked how it is used. */
export function asksForHelp(argv: readonly string[]): boolean {
  return argv.includes('--help') || argv.includes('-h');
}

/** Says how the program is used, where that is what it is asked, and ends it. */
export function answerHelp(usage: string, argv: readonly string[] = process.argv.slice(2)): void {
  if (!asksForHelp(argv)) return;
  console.log(usage);
  process.exit();
}
