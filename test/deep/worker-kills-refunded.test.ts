import { isRefunded, WAYS } from './kill-table.js';
import { describeKills } from './worker-kills.js';

describeKills(WAYS.filter(isRefunded));
