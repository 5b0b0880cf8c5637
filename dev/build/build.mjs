/** `npm run build`, and what every other command begins with. The version of Node comes first: what follows needs it. */
import './node-version.cjs';

// Without await, which old versions cannot read.
void import('./products.mjs');
