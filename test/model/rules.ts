import fc from 'fast-check';

/** What the API may be started with: the rules of the orders it takes from then on. */
export const RULES = {
  'the usual rules': {},
  'a window for remorse': { GRACE_BEFORE_CHARGE: '700ms' },
  'little time to pay in': { RESERVATION_TTL: '1500ms', PAYMENT_WINDOW: '1200ms', DECLINE_WINDOW: '1200ms' },
  'no second chance': { DECLINE_WINDOW: '0s' },
  'money that is held until there is a label': { CAPTURE_MODE: 'on_shipment' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type RulesName = keyof typeof RULES;
const NAMES = Object.keys(RULES) as RulesName[];

/** Any of them. */
export const anyRules = fc.constantFrom(...NAMES);

/** The rules that every run of a seed begins with: starting an API with others takes a while. */
export const rulesOf = (seed: number): RulesName =>
  seed % 2 === 0 ? 'the usual rules' : 'money that is held until there is a label';
