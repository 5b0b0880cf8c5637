/** `npm run check:migrations`: whether the version before can run while and after the migrations are applied. */
import { checkedMigrations, findingsIn } from './migration-check.js';

const files = checkedMigrations();
const findings = findingsIn(files, 'tty');
if (findings === '') {
  console.log(`Migrations since v0.1.0 that were checked: ${files.length}`);
} else {
  console.error(findings);
  console.error('docs/database.md, "Writing a migration", says what to do instead.');
}
process.exit(findings === '' ? 0 : 1);
