import { defineCommand, type OptionValues } from '#libs/command/command-line';
import { flag, wholeNumber, withDefault } from '#libs/command/option';

export const CONTAINERS = defineCommand({
  name: 'npm run test:containers --',
  about: [
    'Builds the image and runs docker-compose.yml: places orders, kills and upgrades containers, and checks that each',
    'order was delivered and charged once. Where no image can be pulled, stand-ins are made and named. Needs Docker, or',
    'root on Linux with debootstrap; ten minutes, the first time with stand-ins twenty.',
  ],
  options: {
    orders: withDefault(
      wholeNumber(4, 1_000),
      '100',
      'how many orders are placed while containers are killed',
    ),
    'stand-ins': flag('pull nothing'),
  },
});

export type ContainersOptions = OptionValues<typeof CONTAINERS.options>;
